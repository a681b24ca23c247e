import { connectors } from '@backhaul/connectors'
import { type UserRole, userRoles } from '@backhaul/sdk/canonical'
import type { Connector } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { type RecordingSink, startRecordingSink } from '@backhaul/simulator'
import { type Connections, createConnections } from '../../src/connect/connections.ts'
import { createGlossary } from '../../src/connect/glossary.ts'
import { createMasterData, type MasterData } from '../../src/connect/master-data.ts'
import { createRegistry } from '../../src/connect/registry.ts'
import { type ActivePolicies, noPolicies } from '../../src/domain/index.ts'
import type { HttpDeps } from '../../src/http/deps.ts'
import { createHttpServer, type HttpServer } from '../../src/http/server.ts'
import { createApiKey } from '../../src/pipeline/api-keys.ts'
import { createAuditRecorder, type RecordAudit } from '../../src/pipeline/audit-recorder.ts'
import { type Clock, systemClock } from '../../src/platform/clock.ts'
import { nothingSet } from '../../src/platform/config/load-config.ts'
import { configSchema, type HubConfig } from '../../src/platform/config/schema.ts'
import { parseKeyRing } from '../../src/platform/crypto/key-ring.ts'
import { statusLinkKeys } from '../../src/platform/crypto/status-token.ts'
import { newId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createMetrics } from '../../src/platform/metrics.ts'
import { createPool, type Pool } from '../../src/store/database.ts'
import { type RunningHub, runHub } from '../../src/workers/run-hub.ts'
import { until } from './ring.ts'
import { createTestDatabase } from './test-database.ts'

/** A hub in this process, on a database of its own and a free port, with neighbors that record what they get. */
export interface TestHub {
  readonly url: string
  readonly databaseUrl: string
  readonly pool: Pool
  readonly connections: Connections
  readonly masterData: MasterData
  readonly http: HttpServer
  /** What it was made with, for a second one that differs. */
  readonly httpDeps: HttpDeps
  readonly ring: RunningHub
  readonly record: RecordAudit
  /** Plays the role erp, and is told of everything. */
  readonly erp: RecordingSink
  /** Credentials, one for each role. */
  readonly keys: Readonly<Record<UserRole, string>>
  /** What the hub logged, one JSON text a line. */
  readonly logged: readonly string[]
  /** Sends a request. An object is sent as JSON. */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>
  /** Sends a body to the webhook of `erp` as its system would, signed. */
  webhook(body: string | Buffer, options?: WebhookOptions): Promise<Answer>
  /** Waits until nothing waits for the processor, and no delivery that could be sent. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface RequestOptions {
  /** Whose key; `null` for none. The admin's when left out. */
  readonly as?: UserRole | null
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

interface WebhookOptions {
  readonly id?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly secret?: string
  readonly connectionId?: string
  readonly now?: Date
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Json
}

/** A JSON object as tests look into it. */
export type Json = Readonly<Record<string, unknown>>

/** A text in a JSON object. @throws {TypeError} when it is none. */
export function textIn(json: Json | undefined, name: string): string {
  const value = json?.[name]
  if (typeof value !== 'string')
    throw new TypeError(`${name} is no text in ${JSON.stringify(json)}`)
  return value
}

/** The items of a list, as the API answers with lists. */
export function itemsIn<Item = Json>(json: Json): Item[] {
  const { data } = json as { readonly data: unknown }
  if (!Array.isArray(data)) throw new TypeError(`there is no list in ${JSON.stringify(json)}`)
  return data as Item[]
}

export function itemsOf<Item = Json>({ json }: Answer): Item[] {
  return itemsIn<Item>(json)
}

export const inboundSecret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`
const signingSecret = `whsec_${Buffer.alloc(32, 6).toString('base64')}`
const sealKey = Buffer.alloc(32, 7)

export interface TestHubOptions {
  /** Of another hub, to run beside it; a database of its own when left out. */
  readonly databaseUrl?: string
  readonly config?: Record<string, unknown>
  readonly clock?: Clock
  /** Beside those of the product. */
  readonly connectors?: readonly Connector[]
  /** What the erp is told of; everything when left out. */
  readonly subscriptions?: readonly string[]
  /** None when left out. */
  readonly policies?: ActivePolicies
}

/** Starts a hub. `config` is laid over the defaults, as a file would be. */
export async function startTestHub(options: TestHubOptions = {}): Promise<TestHub> {
  const { clock = systemClock, connectors: others = [], policies = noPolicies } = options
  const database = options.databaseUrl === undefined ? await createTestDatabase() : null
  const databaseUrl = options.databaseUrl ?? database?.url ?? ''
  const config = testConfig(options.config)
  const logged: string[] = []
  const log = createLogger({
    level: 'warn',
    destination: { write: (line) => void logged.push(line) },
  })
  const pool = createPool({ url: databaseUrl, size: 8, name: 'test', log })
  const record = createAuditRecorder({ writer: 'test admin', sealKey, clock })
  const registry = createRegistry([...connectors, ...others])
  const keyRing = parseKeyRing(Buffer.alloc(32, 1).toString('base64'))
  const connections = createConnections({
    pool,
    registry,
    keyRing,
    log,
    clock,
    settings: {
      allowedPrivateTargets: ['127.0.0.1'],
      requestTimeoutMs: config.delivery.requestTimeoutMs,
      concurrencyPerConnection: 8,
    },
    record: (tx, change) => record(tx, [change]),
  })
  const erp = await startRecordingSink()
  if (database !== null) await addErp(connections, erp, options.subscriptions ?? ['*'])
  const metrics = createMetrics()
  const masterData = createMasterData({ pool, limit: config.masterData.productsInMemory })
  const glossary = createGlossary({ pool, log, masterData })
  const ring = await runHub({
    config,
    pool,
    statusLinkKeys: statusLinkKeys(keyRing),
    connections,
    glossary,
    masterData,
    record,
    clock,
    log,
    metrics,
    auditSealKey: sealKey,
    policies,
    findProduct: () => null,
  })
  const httpDeps: HttpDeps = {
    config,
    pool,
    connections,
    statusLinkKeys: statusLinkKeys(keyRing),
    auditSealKeys: [sealKey],
    glossary,
    registry,
    record,
    log,
    clock,
    metrics,
    policies,
    findProduct: () => null,
    receiver: ring.receiver,
    read: ring.read,
    version: '0.0.0-test',
    wakeProcessor: ring.wakeProcessor,
    canWrite: ring.canWrite,
    wakeDeliverer: ring.wakeDeliverer,
    wakePoll: ring.wakePoll,
  }
  const http = await createHttpServer(httpDeps)
  const { url } = await http.listen({ host: '127.0.0.1', port: 0 })
  const keys = await makeKeys({ pool, record, clock })
  const request = requester(url, keys)
  return {
    url,
    databaseUrl,
    pool,
    connections,
    masterData,
    http,
    httpDeps,
    ring,
    record,
    erp,
    keys,
    logged,
    request,
    webhook: (body, sending) => sendWebhook(url, body, sending),
    settled: () => untilSettled(pool),
    async close() {
      http.beginDrain()
      await http.close()
      await ring.stop()
      await connections.close()
      await pool.end()
      await erp.close()
      await database?.drop()
    },
  }
}

async function untilSettled(pool: Pool): Promise<void> {
  await until(async () => {
    const { rows } = await pool.query<{ isSettled: boolean }>(
      `select not exists (select from inbox_ready)
         and not exists (select from policy_due)
         and not exists (select from outbox_ready r join connection c using (connection_id) where c.state = 'active') as "isSettled"`,
    )
    return rows[0]?.isSettled === true
  })
}

function testConfig(given: Record<string, unknown> = {}): HubConfig {
  return configSchema.parse({
    ...nothingSet(),
    host: '127.0.0.1',
    port: 0,
    shutdownGraceSeconds: 2,
    ...given,
  })
}

async function addErp(
  connections: Connections,
  erp: RecordingSink,
  subscriptions: readonly string[],
): Promise<void> {
  const by = { actor: 'test' }
  const config = { url: `${erp.url}/commands`, signingSecret, inboundSecrets: [inboundSecret] }
  const connection = { connectionId: 'erp', connector: 'webhook', title: 'ERP', config }
  await connections.createConnection(
    { ...connection, roles: ['erp', 'wms'], subscriptions: [...subscriptions] },
    by,
  )
  await connections.setRoute({ role: 'erp', connectionId: 'erp' }, by)
}

async function makeKeys(deps: {
  pool: Pool
  record: RecordAudit
  clock: Clock
}): Promise<Record<UserRole, string>> {
  const made: [string, string][] = []
  for (const role of userRoles) {
    const { key } = await createApiKey(deps, { name: `test ${role}`, role }, { actor: 'test' })
    made.push([role, key])
  }
  return Object.fromEntries(made) as Record<UserRole, string>
}

function requester(url: string, keys: Readonly<Record<UserRole, string>>): TestHub['request'] {
  return (method, path, { as = 'admin', headers = {}, body } = {}) => {
    const content = contentOf(body)
    return send(`${url}${path}`, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${keys[as]}` }),
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    })
  }
}

function contentOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) return body
  return JSON.stringify(body)
}

function sendWebhook(
  url: string,
  body: string | Buffer,
  options: WebhookOptions = {},
): Promise<Answer> {
  const { id = newId(), connectionId = 'erp', secret = inboundSecret, now = new Date() } = options
  const address = `${url}/webhooks/${connectionId}/canonical-events`
  const signed = schemes.standardWebhooks.sign({
    method: 'POST',
    url: address,
    body,
    secret,
    now,
    id,
  })
  return send(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed.headers, ...options.headers },
    body: signed.body,
  })
}

async function send(address: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(address, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: parse(text) }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return {}
  }
}
