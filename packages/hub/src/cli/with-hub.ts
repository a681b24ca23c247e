import type { Connections } from '../connect/connections.ts'
import type { RecordAudit } from '../pipeline/audit-recorder.ts'
import type { Person } from '../pipeline/person-actions.ts'
import type { Receiver } from '../pipeline/receive.ts'
import type { Clock } from '../platform/clock.ts'
import type { StatusLinkKeys } from '../platform/crypto/status-token.ts'
import type { Session } from './session.ts'
import type { CliDatabase } from './with-database.ts'

/** What a command has that changes something, as a hub process that sends nothing. */
export interface CliHub extends CliDatabase {
  readonly clock: Clock
  readonly connections: Connections
  readonly record: RecordAudit
  readonly statusLinkKeys: StatusLinkKeys
  readonly receive: Receiver['receive']
  /** Whoever has the database and its keys may do anything. */
  readonly by: Person
  /** The running hub looks by itself within half a second: there is nobody here to wake. */
  readonly wakeProcessor: () => void
  readonly wakeDeliverer: () => void
}

/** Opens the hub for the time of `work`, as `withDatabase` opens the database. */
export async function withHub<T>(session: Session, work: (hub: CliHub) => Promise<T>): Promise<T> {
  // What only looks into the database does not wait for all of this to load.
  const { withOpenHub } = await import('./open-hub.ts')
  return withOpenHub(session, work)
}
