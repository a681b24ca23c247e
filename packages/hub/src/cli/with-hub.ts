import { type Connections, createConnections } from '../connect/connections.ts'
import { createRegistry } from '../connect/registry.ts'
import { createAuditRecorder, type RecordAudit } from '../pipeline/audit-recorder.ts'
import { auditSealKeys, isSealedWithOneOf } from '../pipeline/audit-seal.ts'
import type { Person } from '../pipeline/person-actions.ts'
import { createReceiver, type Receiver } from '../pipeline/receive.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { type KeyRing, loadKeyRing } from '../platform/crypto/key-ring.ts'
import { HubError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { findNewestChain } from '../store/audit-scan.ts'
import { CliError } from './cli-error.ts'
import { hasMasterKey } from './open-database.ts'
import type { Session } from './session.ts'
import { type CliDatabase, osUser, withDatabase } from './with-database.ts'

/** What a command has that changes something, as a hub process that sends nothing. */
export interface CliHub extends CliDatabase {
  readonly clock: Clock
  readonly connections: Connections
  readonly record: RecordAudit
  readonly receive: Receiver['receive']
  /** Whoever has the database and its keys may do anything. */
  readonly by: Person
  /** The running hub looks by itself within half a second: there is nobody here to wake. */
  readonly wakeProcessor: () => void
  readonly wakeDeliverer: () => void
}

/** How long a message waits for its case; what a command says always names its case. */
const graceMs = 0

function wakeNobody(): void {}

export function withHub<T>(session: Session, work: (hub: CliHub) => Promise<T>): Promise<T> {
  return withDatabase(session, { database: 'migrated' }, async (database) => {
    const keyRing = await commandKeyRing(database)
    const sealKey = auditSealKeys(keyRing).active
    const clock = systemClock
    const actor = `cli:${osUser()}`
    const record = createAuditRecorder({ writer: `${actor} changes`, sealKey, clock })
    const connections = await openConnections(session, { ...database, keyRing, record })
    const receiver = commandReceiver({ database, connections, sealKey, actor })
    const by: Person = { actor, role: 'admin' }
    try {
      const { receive } = receiver
      return await work({
        ...database,
        clock,
        connections,
        record,
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

/** The hub's own key, never a new one: what it sealed would look forged to the hub. */
async function commandKeyRing({ config, pool }: CliDatabase): Promise<KeyRing> {
  const { masterKey, dataDir } = config
  const isFirst = (await findNewestChain(pool)) === null
  if (!isFirst && !(await hasMasterKey(config))) {
    throw new CliError(
      'auth',
      'This needs the hub’s master key: set BACKHAUL_MASTER_KEY, or run it where the hub’s data folder is.',
      { code: 'MASTER_KEY_MISSING' },
    )
  }
  const keyRing = await loadKeyRing({ masterKey, dataDir })
  if (await isSealedWithOneOf(pool, auditSealKeys(keyRing))) return keyRing
  throw new HubError(
    'SECRET_UNREADABLE',
    'The master key is not the one that this hub’s audit log is sealed with.',
  )
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

function commandReceiver(given: {
  readonly database: CliDatabase
  readonly connections: Connections
  readonly sealKey: Buffer
  readonly actor: string
}): Receiver {
  const { database, connections, sealKey, actor } = given
  return createReceiver({
    pool: database.pool,
    process: {
      connections,
      // Holds no lane, so that everything that is owed is left due for the running hub.
      lanes: { holds: () => false, hasRoom: () => false },
      lease: () => ({ nodeId: newId(), seconds: 0 }),
      graceMs,
    },
    auditSealKey: sealKey,
    nodeName: actor,
    log: database.log,
    appliesAtOnce: true,
    onCommitted: () => undefined,
    clock: systemClock,
  })
}
