import { HubError } from '../platform/errors.ts'
import { endStoredMessages } from '../store/batch.ts'
import type { Tx } from '../store/database.ts'
import { findMessage, type StoredMessage } from '../store/inbox.ts'
import { lockParked } from '../store/message-queries.ts'
import { deleteParked } from '../store/parked.ts'
import { deleteParkedValues } from '../store/parked-values.ts'

/**
 * A parked message, whole, held until the transaction ends: against others who deal with it, and against the
 * processor, which leaves one alone that is parked no more.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when it is not parked (any more).
 */
export async function holdParkedMessage(tx: Tx, messageId: string): Promise<StoredMessage> {
  const parked = await lockParked(tx, messageId)
  const message = await findMessage(tx, messageId)
  if (message === null) throw new HubError('NOT_FOUND', 'There is no such message.')
  if (parked === null) {
    throw new HubError('CONFLICT', 'The message is not parked, or not any more.', {
      details: { outcome: message.outcome ?? 'waiting' },
    })
  }
  return message
}

/**
 * Ends a parked message without applying it. Its bytes stay as they came in, and its id stays known, so that its
 * sender's next try is a repeat of it. The exception of a word that only it waited for is resolved.
 *
 * @param how.action - by which the exceptions of its words are resolved.
 */
export async function endParkedMessage(
  tx: Tx,
  message: StoredMessage,
  how: { readonly code: string; readonly detail: string; readonly action: string },
): Promise<void> {
  const { messageId, receivedAt, caseId, result } = message
  const { code, detail, action } = how
  const ended = { message, receivedAt, outcome: 'refused' as const, code, caseId }
  await endStoredMessages(tx, [{ ...ended, result: { ...(result as object | null), detail } }])
  await deleteParked(tx, [messageId])
  await deleteParkedValues(tx, [messageId], action)
}
