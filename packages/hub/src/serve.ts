import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Connector } from '@backhaul/sdk/connector'
import { CliError } from './cli/cli-error.ts'
import type { ServeOptions } from './cli/context.ts'
import { exitCodes } from './cli/exit-code.ts'
import { openDatabase } from './cli/open-database.ts'
import { announceFirstAdmin, announceFirstKey, announceReady } from './cli/serve/announce.ts'
import { catchUncaught, type Ending, listenForEnding } from './cli/serve/ending.ts'
import { makeFirstAdmin } from './cli/serve/first-admin.ts'
import { makeFirstKey } from './cli/serve/first-key.ts'
import { StartedParts } from './cli/serve/parts.ts'
import { whenDatabaseAnswers } from './cli/serve/wait-for-database.ts'
import { type Connections, createConnections } from './connect/connections.ts'
import { createGlossary, type Glossary } from './connect/glossary.ts'
import { createMasterData, type MasterData } from './connect/master-data.ts'
import { assertMasterKey } from './connect/master-key-check.ts'
import { createRules } from './connect/policies.ts'
import { createRegistry, type Registry } from './connect/registry.ts'
import { validateTables } from './domain/index.ts'
import type { HttpDeps } from './http/deps.ts'
import { startMetricsServer } from './http/metrics-server.ts'
import { createHttpServer } from './http/server.ts'
import { createAuditRecorder, type RecordAudit } from './pipeline/audit-recorder.ts'
import { auditSealKeys } from './pipeline/audit-seal.ts'
import { systemClock } from './platform/clock.ts'
import { loadConfig } from './platform/config/load-config.ts'
import type { HubConfig } from './platform/config/schema.ts'
import { type KeyRing, loadKeyRing } from './platform/crypto/key-ring.ts'
import { statusLinkKeys } from './platform/crypto/status-token.ts'
import { boundHeapGrowth } from './platform/heap.ts'
import { createLogger, type Logger } from './platform/logger.ts'
import { createMetrics } from './platform/metrics.ts'
import { isSystemError } from './platform/private-files.ts'
import { assertDurable, type Pool } from './store/database.ts'
import { migrate } from './store/migrate.ts'
import { type RunningHub, readsMessages, runHub } from './workers/run-hub.ts'

/** What the hub is built from, beside its configuration. */
export interface ServeDeps {
  readonly version: string
  readonly connectors: () => Promise<readonly Connector[]>
}

/** What every step of the start is given. */
interface Start extends ServeDeps {
  readonly config: HubConfig
  readonly log: Logger
  readonly parts: StartedParts
  readonly ending: Ending
}

/** Beyond the configured grace, for the steps of an orderly end that wait for nobody else. */
const extraGraceMs = 5_000
/** A process that has nothing left to do, and does not end by itself, is ended. */
const lingerMs = 2_000

/**
 * Runs the hub with the roles of its configuration until a signal asks it to end. When a part does not
 * start, what was started before it is stopped again.
 *
 * @returns the exit code: 0 after an orderly end.
 * @throws {ConfigError} before anything is started; whatever a part could not start for.
 */
export async function serve(options: ServeOptions, deps: ServeDeps): Promise<number> {
  boundHeapGrowth()
  const { config } = loadConfig(options)
  const log = createLogger({ level: config.log.level })
  const ending = listenForEnding({
    log,
    endAtOnce: (exitCode) => process.exit(exitCode),
    monotonicMs: systemClock.monotonicMs,
  })
  catchUncaught({ log, endForDefect: () => process.exit(exitCodes.error) })
  const parts = new StartedParts(log)
  try {
    await startAll({ ...deps, config, log, parts, ending })
    await ending.asked
  } finally {
    await stopAll(config, { log, parts })
    ending.dispose()
  }
  log.info('ended in order')
  return exitCodes.ok
}

async function stopAll(
  { shutdownGraceSeconds }: HubConfig,
  { log, parts }: { readonly log: Logger; readonly parts: StartedParts },
): Promise<void> {
  const late = setTimeout(
    () => {
      log.fatal(
        'the end took longer than its grace: what was under way is taken up after its lease',
      )
      process.exit(exitCodes.error)
    },
    shutdownGraceSeconds * 1_000 + extraGraceMs,
  )
  await parts.stop()
  clearTimeout(late)
  setTimeout(() => process.exit(), lingerMs).unref()
}

async function startAll(start: Start): Promise<void> {
  const { config, log, parts, ending } = start
  const { pool, database } = await startDatabase(start)
  if (ending.isAsked()) return
  const keyRing = await loadKeyRing({ masterKey: config.masterKey, dataDir: config.dataDir })
  const sealKeys = auditSealKeys(keyRing)
  const patient = { log, isAsked: ending.isAsked }
  await whenDatabaseAnswers(patient, () => assertMasterKey(pool, keyRing))
  validateTables()
  const registry = createRegistry(await start.connectors())
  const nodeName = config.nodeId ?? `${config.host}:${config.port}`
  const record = createAuditRecorder({
    writer: `${nodeName} admin`,
    sealKey: sealKeys.active,
    clock: systemClock,
  })
  const connections = await startConnections(start, { pool, registry, keyRing, record })
  const masterData = await startMasterData(start, pool)
  const glossary = await startGlossary(start, { pool, masterData })
  const metrics = createMetrics({ withProcessMetrics: config.metrics.enabled })
  const rules = createRules({ glossary, masterData, log })
  const common = {
    config,
    pool,
    connections,
    glossary,
    metrics,
    log,
    clock: systemClock,
    statusLinkKeys: statusLinkKeys(keyRing),
    ...rules,
  }
  const ring = { ...common, record, masterData, auditSealKey: sealKeys.active }
  const hub = await whenDatabaseAnswers(patient, () => runHub(ring))
  parts.add('ring', () => hub.stop())
  const voice = { stdout: process.stdout, log, env: process.env }
  if (config.roles.includes('api')) {
    const { dataDir } = config
    const firstKey = await whenDatabaseAnswers(patient, () =>
      makeFirstKey({ pool, record, clock: systemClock, dataDir }),
    )
    // At once: whatever fails after this, somebody has to have it.
    if (firstKey !== null) announceFirstKey(voice, firstKey)
    const firstAdmin = await whenDatabaseAnswers(patient, () =>
      makeFirstAdmin({ pool, record, dataDir }),
    )
    if (firstAdmin !== null) announceFirstAdmin(voice, firstAdmin)
  }
  const url = await startHttp(start, {
    ...common,
    hub,
    registry,
    record,
    auditSealKeys: sealKeys.all,
  })
  announceReady(voice, { version: start.version, url, database })
}

async function startDatabase({
  config,
  log,
  parts,
  ending,
}: Start): Promise<{ pool: Pool; database: string }> {
  const opened = await openDatabase({
    config,
    log,
    name: config.nodeId ?? 'hub',
    poolSize: config.database.poolSize,
    isWatched: true,
    onProgress: (step) => log.info(step),
  })
  parts.add('database', opened.close)
  await whenDatabaseAnswers({ log, isAsked: ending.isAsked }, async () => {
    await assertDurable(opened.pool)
    await migrate(opened.pool, { log: (line) => log.info(line) })
  })
  const database =
    config.database.url === undefined ? `embedded, in ${config.dataDir}` : 'the configured server'
  return { pool: opened.pool, database }
}

async function startConnections(
  { config, log, parts, ending }: Start,
  given: {
    readonly pool: Pool
    readonly registry: Registry
    readonly keyRing: KeyRing
    readonly record: RecordAudit
  },
): Promise<Connections> {
  const { allowedPrivateTargets } = config.outbound
  const { requestTimeoutMs, concurrencyPerConnection } = config.delivery
  const connections = createConnections({
    ...given,
    log,
    clock: systemClock,
    settings: { allowedPrivateTargets, requestTimeoutMs, concurrencyPerConnection },
    record: (tx, change) => given.record(tx, [change]),
  })
  parts.add('connections', () => connections.close())
  await whenDatabaseAnswers({ log, isAsked: ending.isAsked }, () => connections.refresh())
  for (const { code, subject, message } of connections.diagnose()) {
    log.warn({ code, subject }, message)
  }
  return connections
}

async function startGlossary(
  { log, ending }: Start,
  { pool, masterData }: { readonly pool: Pool; readonly masterData: MasterData },
): Promise<Glossary> {
  const glossary = createGlossary({ pool, log, masterData })
  await whenDatabaseAnswers({ log, isAsked: ending.isAsked }, () => glossary.refresh())
  return glossary
}

/** Read before the first message is: until then, every product would look unknown. */
async function startMasterData({ config, log, ending }: Start, pool: Pool): Promise<MasterData> {
  const masterData = createMasterData({ pool, limit: config.masterData.productsInMemory })
  if (readsMessages(config)) {
    await whenDatabaseAnswers({ log, isAsked: ending.isAsked }, () => masterData.refresh())
  }
  return masterData
}

/** @returns the address that the server listens on. */
async function startHttp(
  { config, version, parts }: Start,
  given: Omit<
    HttpDeps,
    'receiver' | 'read' | 'version' | 'canWrite' | 'wakeProcessor' | 'wakeDeliverer' | 'wakePoll'
  > & {
    readonly hub: RunningHub
  },
): Promise<string> {
  const { hub, ...deps } = given
  const { receiver, read, canWrite, wakeProcessor, wakeDeliverer, wakePoll } = hub
  const consoleDir = findConsole()
  const http = await createHttpServer({
    ...deps,
    version,
    receiver,
    read,
    canWrite,
    wakeProcessor,
    wakeDeliverer,
    wakePoll,
    consoleDir,
  })
  parts.add('http', () => http.close())
  parts.add('readiness', () => http.beginDrain())
  const { host, port: metricsPort } = { host: config.host, port: config.metrics.port }
  if (config.metrics.enabled && metricsPort !== undefined) {
    const at = { host, port: metricsPort, metrics: given.metrics }
    const server = await explainListening(at, () => startMetricsServer(at))
    parts.add('metrics', () => server.close())
  }
  return (await explainListening(config, () => http.listen(config))).url
}

/** The folder of the built console, where it is installed. */
function findConsole(): string | undefined {
  try {
    const folder = dirname(fileURLToPath(import.meta.resolve('@backhaul/console/index.html')))
    return existsSync(join(folder, 'index.html')) ? folder : undefined
  } catch {
    return undefined
  }
}

/** @throws {CliError} with what to do, when another program has the port, or nobody may have it. */
async function explainListening<T>(
  { host, port }: { readonly host: string; readonly port: number },
  listen: () => Promise<T>,
): Promise<T> {
  try {
    return await listen()
  } catch (cause) {
    if (isSystemError(cause, 'EADDRINUSE')) {
      const message = `Port ${port} on ${host} is taken by another program. Stop it, or set BACKHAUL_PORT to another port.`
      throw new CliError('error', message, { code: 'PORT_TAKEN', cause })
    }
    if (isSystemError(cause, 'EACCES')) {
      const message = `Port ${port} is not for this user. Set BACKHAUL_PORT to one from 1024 up.`
      throw new CliError('error', message, { code: 'PORT_FORBIDDEN', cause })
    }
    if (isSystemError(cause, 'EADDRNOTAVAIL', 'ENOTFOUND')) {
      const message = `${host} is not an address of this machine. Correct BACKHAUL_HOST.`
      throw new CliError('error', message, { code: 'HOST_UNKNOWN', cause })
    }
    throw cause
  }
}
