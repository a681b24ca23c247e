import type { Connections } from '../connect/connections.ts'
import type { Glossary } from '../connect/glossary.ts'
import type { Registry } from '../connect/registry.ts'
import type { ActivePolicies, FindProduct } from '../domain/index.ts'
import type { RecordAudit } from '../pipeline/audit-recorder.ts'
import type { ReadMessage } from '../pipeline/read-message.ts'
import type { Receiver } from '../pipeline/receive.ts'
import type { Clock } from '../platform/clock.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import type { StatusLinkKeys } from '../platform/crypto/status-token.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Pool } from '../store/database.ts'
import type { SourceName } from '../store/source-cursors.ts'

/** What the HTTP side needs of the rest of the hub. */
export interface HttpDeps {
  readonly config: HubConfig
  readonly pool: Pool
  readonly receiver: Pick<Receiver, 'receive' | 'receiveTogether'>
  readonly read: ReadMessage
  readonly connections: Connections
  readonly glossary: Glossary
  readonly registry: Registry
  /** Writes what people do to the audit log. */
  readonly record: RecordAudit
  /** Sign and verify the links to customers' status pages. */
  readonly statusLinkKeys: StatusLinkKeys
  /** Keys of which one has to have sealed each head of the audit log. */
  readonly auditSealKeys: readonly Buffer[]
  readonly metrics: Metrics
  readonly log: Logger
  readonly clock: Clock
  readonly version: string
  /** Whether this process could lately write to its database, which may answer and have no room. */
  readonly canWrite: () => boolean
  /** The rule sets in force. */
  readonly policies: ActivePolicies
  readonly findProduct: FindProduct
  readonly wakeProcessor: () => void
  readonly wakeDeliverer: () => void
  readonly wakePoll: (poll: SourceName) => void
  /** The built console's folder; without one there is none. */
  readonly consoleDir?: string | undefined
}
