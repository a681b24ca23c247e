import type { Clock } from '../platform/clock.ts'
import { type AuditEntry, AuditWriter } from '../store/audit.ts'
import type { Tx } from '../store/database.ts'

/** Writes audit entries within a transaction, whoever runs it. */
export type RecordAudit = (tx: Tx, entries: readonly AuditEntry[]) => Promise<void>

/**
 * Makes the recorder for what people do: rarely, and in transactions that overlap. It keeps no head in
 * memory but reads it under a row lock each time, so that transactions take turns by themselves and one
 * that is rolled back leaves nothing to undo.
 *
 * @param options.writer - names the chain: the process and what it writes, such as `eu-1 admin`.
 */
export function createAuditRecorder(options: {
  readonly writer: string
  readonly sealKey: Buffer
  readonly clock: Clock
}): RecordAudit {
  const chain = new AuditWriter({ writer: options.writer, sealKey: options.sealKey })
  return (tx, entries) => {
    // Forgets the head before it appends; nothing can come in between these two calls.
    chain.uncertain()
    return chain.append(tx, entries, options.clock.now())
  }
}
