import { HubError } from '../platform/errors.ts'
import { internalSources } from '../store/connections.ts'
import { type Pool, type Tx, withTransaction } from '../store/database.ts'
import {
  type InboxMessage,
  insertWaitingMessages,
  type StoredMessage,
  takeMessageIds,
} from '../store/inbox.ts'
import { insertMessageEdit } from '../store/message-edits.ts'
import type { RecordAudit } from './audit-recorder.ts'
import { bodyHash, makeMessage } from './message.ts'
import { endParkedMessage, holdParkedMessage } from './parked-messages.ts'

export interface EditDeps {
  readonly pool: Pool
  readonly record: RecordAudit
  /** Told after the commit that there is something to do at once. */
  readonly wakeProcessor: () => void
}

/** A message that stands for a parked one. */
export interface Edited {
  readonly messageId: string
  readonly editOf: string
}

/**
 * Puts a new message in the place of a parked one, and queues it. The original keeps its bytes and its id, so that
 * its sender's next try is a repeat; it ends refused, as `EDITED`. Both know each other.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when it is not parked (any more), when part of it was applied, or when it
 *   is no message of a connection; VALIDATION_FAILED for a body that is empty or the same; PAYLOAD_TOO_LARGE.
 */
export async function editMessage(
  deps: EditDeps,
  what: {
    readonly messageId: string
    readonly body: Buffer
    readonly reason: string
    readonly limitBytes: number
  },
  { actor }: { readonly actor: string },
): Promise<Edited> {
  const { messageId, body, reason, limitBytes } = what
  if (body.length > limitBytes) {
    throw new HubError('PAYLOAD_TOO_LARGE', `A message has at most ${limitBytes} bytes.`)
  }
  if (body.length === 0) throw new HubError('VALIDATION_FAILED', 'The new body is empty.')
  const editedId = await withTransaction(deps.pool, async (tx) => {
    const original = await holdParkedMessage(tx, messageId)
    refuseUneditable(original, body)
    const { edited, now } = await storeEdited(tx, { original, body, actor })
    await endParkedMessage(tx, original, {
      code: 'EDITED',
      detail: `It was replaced by the message ${edited.messageId}.`,
      action: 'map_and_replay',
    })
    const link = { originalId: messageId, editedId: edited.messageId }
    await insertMessageEdit(tx, { ...link, editedBy: actor, editedAt: now, reason })
    const object = { objectType: 'message', objectId: messageId }
    const detail = { reason, editedAs: edited.messageId }
    await deps.record(tx, [{ actor, action: 'message.edited', ...object, detail }])
    return edited.messageId
  })
  deps.wakeProcessor()
  return { messageId: editedId, editOf: messageId }
}

const internal: ReadonlySet<string> = new Set(internalSources)

function refuseUneditable(original: StoredMessage, body: Buffer): void {
  if (internal.has(original.connectionId)) {
    // Edited, it would say what its editor may not say.
    throw new HubError('CONFLICT', 'Only messages of connections are edited: say it anew instead.')
  }
  if (original.caseId !== null) {
    // Events without ids of their own are known by the content of their message, which an edit changes.
    throw new HubError('CONFLICT', 'Part of it was applied: edited, that would happen twice.')
  }
  if (bodyHash(body) === original.bodyHash) {
    throw new HubError('VALIDATION_FAILED', 'The body is the same: replay the message instead.')
  }
}

const idsTried = 100

/** Stores the new message under the first free `<id of the original>#edit-<n>`, and queues it. */
async function storeEdited(
  tx: Tx,
  given: { readonly original: StoredMessage; readonly body: Buffer; readonly actor: string },
): Promise<{ edited: InboxMessage; now: Date }> {
  const { original, body, actor } = given
  const { connectionId, topic, owns, traceparent } = original
  const { root, edits } = splitId(original.externalId)
  for (let n = edits + 1; n <= edits + idsTried; n += 1) {
    const externalId = `${root}#edit-${n}`
    const told = { connectionId, topic, owns, traceparent }
    const edited = makeMessage({ ...told, externalId, body, actor })
    const { taken, now } = await takeMessageIds(tx, [edited])
    if (!taken.has(edited.messageId)) continue
    await insertWaitingMessages(tx, [edited], { now })
    return { edited, now }
  }
  throw new HubError('CONFLICT', 'Its sender has used all ids that an edit of it could have.')
}

/** The id that the sender gave, and how often what it named was edited. */
function splitId(externalId: string): { root: string; edits: number } {
  const found = /^(.+)#edit-(\d{1,6})$/s.exec(externalId)
  if (found === null) return { root: externalId, edits: 0 }
  return { root: found[1] ?? externalId, edits: Number(found[2]) }
}
