import { type Pool, withTransaction } from '../store/database.ts'
import type { RecordAudit } from './audit-recorder.ts'
import { endParkedMessage, holdParkedMessage } from './parked-messages.ts'

/**
 * Gives a parked message up for good: it stays in the history as it came in, refused as `DISCARDED`, and is not
 * tried again.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when it is not parked (any more).
 */
export async function discardMessage(
  { pool, record }: { readonly pool: Pool; readonly record: RecordAudit },
  { messageId, reason }: { readonly messageId: string; readonly reason: string },
  { actor }: { readonly actor: string },
): Promise<void> {
  await withTransaction(pool, async (tx) => {
    const message = await holdParkedMessage(tx, messageId)
    const detail = `It was given up: ${reason}`
    await endParkedMessage(tx, message, { code: 'DISCARDED', detail, action: 'auto' })
    const object = { objectType: 'message', objectId: messageId }
    await record(tx, [{ actor, action: 'message.discarded', ...object, detail: { reason } }])
  })
}
