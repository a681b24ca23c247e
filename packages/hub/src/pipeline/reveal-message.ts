import { HubError } from '../platform/errors.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import { findMessageDetail } from '../store/message-queries.ts'
import type { RecordAudit } from './audit-recorder.ts'

/**
 * Gives the bytes of a message, and writes down who asked for them and why, before anything is shown.
 *
 * @throws {HubError} NOT_FOUND.
 */
export async function revealMessage(
  { pool, record }: { readonly pool: Pool; readonly record: RecordAudit },
  { messageId, reason }: { readonly messageId: string; readonly reason: string },
  { actor }: { readonly actor: string },
): Promise<Buffer> {
  const found = await findMessageDetail(pool, messageId)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such message.')
  const object = { objectType: 'message', objectId: messageId }
  await withTransaction(pool, (tx) =>
    record(tx, [{ actor, action: 'message.revealed', ...object, detail: { reason } }]),
  )
  return found.body
}
