import { type Connections, createConnections } from '../connect/connections.ts'
import { assertMasterKey, examineMasterKey } from '../connect/master-key-check.ts'
import { createRegistry } from '../connect/registry.ts'
import { noPolicies } from '../domain/index.ts'
import type { Mapper } from '../mapping/mapper.ts'
import { createAuditRecorder, type RecordAudit } from '../pipeline/audit-recorder.ts'
import { auditSealKeys } from '../pipeline/audit-seal.ts'
import type { Person } from '../pipeline/person-actions.ts'
import { CaseCache } from '../pipeline/process/case-cache.ts'
import { createReceiver, type Receiver } from '../pipeline/receive.ts'
import { systemClock } from '../platform/clock.ts'
import { type KeyRing, loadKeyRing } from '../platform/crypto/key-ring.ts'
import { statusLinkKeys } from '../platform/crypto/status-token.ts'
import { newId } from '../platform/ids.ts'
import type { Pool } from '../store/database.ts'
import { listActiveDocuments } from '../store/documents.ts'
import { CliError } from './cli-error.ts'
import { hasMasterKey } from './open-database.ts'
import type { Session } from './session.ts'
import { type CliDatabase, osUser, withDatabase } from './with-database.ts'
import type { CliHub } from './with-hub.ts'

/** How long a message waits for its case; what a command says always names its case. */
const graceMs = 0

function wakeNobody(): void {}

/** See `withHub`. */
export function withOpenHub<T>(session: Session, work: (hub: CliHub) => Promise<T>): Promise<T> {
  return withDatabase(session, { database: 'migrated' }, async (database) => {
    const keyRing = await commandKeyRing(database)
    const sealKey = auditSealKeys(keyRing).active
    const clock = systemClock
    const actor = `cli:${osUser()}`
    const record = createAuditRecorder({ writer: `${actor} changes`, sealKey, clock })
    const connections = await openConnections(session, { ...database, keyRing, record })
    const mapper = await activeMappings(database.pool)
    const receiver = commandReceiver({ database, connections, mapper, sealKey, actor })
    const by: Person = { actor, role: 'admin' }
    try {
      const { receive } = receiver
      return await work({
        ...database,
        clock,
        connections,
        record,
        statusLinkKeys: statusLinkKeys(keyRing),
        receive,
        by,
        wakeProcessor: wakeNobody,
        wakeDeliverer: wakeNobody,
      })
    } finally {
      await receiver.stop()
      await connections.close()
    }
  })
}

/** The hub's own key, never a new one: what that sealed would look forged to the hub. */
async function commandKeyRing({ config, pool }: CliDatabase): Promise<KeyRing> {
  const { masterKey, dataDir } = config
  const isSetUp = (await examineMasterKey(pool, null)) !== 'not_set_up'
  if (isSetUp && !(await hasMasterKey(config))) {
    throw new CliError(
      'auth',
      'This needs the hub’s master key: set BACKHAUL_MASTER_KEY, or run it where the hub’s data folder is.',
      { code: 'MASTER_KEY_MISSING' },
    )
  }
  const keyRing = await loadKeyRing({ masterKey, dataDir })
  await assertMasterKey(pool, keyRing)
  return keyRing
}

async function openConnections(
  session: Session,
  given: CliDatabase & { readonly keyRing: KeyRing; readonly record: RecordAudit },
): Promise<Connections> {
  const { config, pool, log, keyRing, record } = given
  const { allowedPrivateTargets } = config.outbound
  const { requestTimeoutMs, concurrencyPerConnection } = config.delivery
  const connections = createConnections({
    pool,
    registry: createRegistry(await session.context.connectors()),
    keyRing,
    log,
    clock: systemClock,
    settings: { allowedPrivateTargets, requestTimeoutMs, concurrencyPerConnection },
    record: (tx, change) => record(tx, [change]),
  })
  await connections.refresh()
  return connections
}

/** A command maps nothing: it only has to know what can be said to whom. */
async function activeMappings(pool: Pool): Promise<Pick<Mapper, 'speaks'>> {
  const active = await listActiveDocuments(pool, 'mapping')
  const names = new Set(active.map(({ name }) => name))
  return { speaks: (connectionId, type) => names.has(`${connectionId}/${type}`) }
}

function commandReceiver(given: {
  readonly database: CliDatabase
  readonly connections: Connections
  readonly mapper: Pick<Mapper, 'speaks'>
  readonly sealKey: Buffer
  readonly actor: string
}): Receiver {
  const { database, connections, mapper, sealKey, actor } = given
  return createReceiver({
    doors: 1,
    pool: database.pool,
    process: {
      connections,
      mapper,
      // Holds no lane, so that everything that is owed is left due for the running hub.
      lanes: { holds: () => false, hasRoom: () => false },
      lease: () => ({ nodeId: newId(), seconds: 0 }),
      cache: new CaseCache(),
      policies: noPolicies,
      graceMs,
      lookUpWaitMs: 0,
    },
    auditSealKey: sealKey,
    nodeName: actor,
    log: database.log,
    appliesAtOnce: true,
    onCommitted: () => undefined,
    clock: systemClock,
  })
}
