import { freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { MessageResult } from '../../pipeline/message.ts'
import { HubError } from '../../platform/errors.ts'
import {
  type MessageDetail,
  type MessageRecord,
  messageStates,
} from '../../store/message-queries.ts'
import { maskBody } from '../personal-payload.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull, uuid } from './common.ts'

const outcome = z.enum(['applied', 'repeated', 'refused', 'parked']).nullable()

/** What became of a message. */
export const messageResult = z
  .object({
    messageId: uuid,
    isRepeat: z.boolean().describe('It was taken in before; the rest tells how it ended then.'),
    outcome: outcome.describe('Null while it waits for the processor.'),
    code: textOrNull,
    caseId: textOrNull,
    caseNo: textOrNull,
    caseVersion: z.int().nullable(),
    detail: textOrNull,
  })
  .meta({ id: 'MessageResult', description: 'What became of a message.' })

export function messageResultView(result: MessageResult): z.infer<typeof messageResult> {
  return result
}

export const messageState = z.enum(messageStates)

const messageFields = {
  id: uuid,
  connectionId: text,
  topic: text,
  externalId: text.describe("The sender's own id of it."),
  receivedAt: time,
  actor: text,
  outcome: outcome.describe('Null while it waits for the processor.'),
  code: textOrNull,
  detail: textOrNull,
  caseId: textOrNull,
}

export const message = z
  .object({ ...messageFields, sizeBytes: z.int() })
  .meta({ id: 'Message', description: 'An inbound message.' })

export const messageDetail = z
  .object({
    ...messageFields,
    traceparent: textOrNull,
    editOf: uuid.nullable().describe('The message that it was put in the place of.'),
    editedAs: uuid.nullable().describe('The message that was put in its place.'),
    parked: z
      .object({
        parkedAt: time,
        retryAt: timeOrNull.describe('Null: it waits for a person.'),
        replays: z.int(),
      })
      .nullable(),
    body: textOrNull.describe('As it was sent; null for those who may not see it.'),
    bodyEncoding: z.enum(['utf8', 'base64']),
    isMasked: z
      .boolean()
      .describe(
        'For people who have signed in: the body without personal data, or none where it is not JSON.',
      ),
  })
  .meta({ id: 'MessageDetail', description: 'An inbound message with its body.' })

export function messageView(record: MessageRecord): z.infer<typeof message> {
  const { messageId, receivedAt, ...rest } = record
  return { ...rest, id: messageId, receivedAt: iso(receivedAt) }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function messageDetailView(
  found: MessageDetail,
  { showsBody, isMasked }: { readonly showsBody: boolean; readonly isMasked: boolean },
): z.infer<typeof messageDetail> {
  const { messageId, connectionId, topic, externalId, receivedAt, actor, parked } = found
  return {
    id: messageId,
    connectionId,
    topic,
    externalId,
    receivedAt: iso(receivedAt),
    actor,
    outcome: found.outcome,
    code: found.code,
    detail: found.detail,
    caseId: found.caseId,
    traceparent: found.traceparent,
    editOf: found.editOf,
    editedAs: found.editedAs,
    parked: parked && {
      parkedAt: iso(parked.parkedAt),
      retryAt: isoOrNull(parked.retryAt),
      replays: parked.replays,
    },
    ...bodyView(found.body, { showsBody, isMasked }),
  }
}

const hidden = { body: null, bodyEncoding: 'utf8' } as const

function bodyView(
  body: Buffer,
  { showsBody, isMasked }: { readonly showsBody: boolean; readonly isMasked: boolean },
) {
  if (!showsBody) return { ...hidden, isMasked: false }
  if (!isMasked) return { ...shownBody(body), isMasked }
  return { ...hidden, body: maskBody(body)?.text ?? null, isMasked }
}

/** A message's body, whole. */
export const revealedBody = z
  .object({ body: text, bodyEncoding: z.enum(['utf8', 'base64']) })
  .meta({ id: 'RevealedBody', description: 'The body of a message as it was sent.' })

/** What a message shall say in place of a parked one, and why. */
export const messageEdit = z.strictObject({
  body: text.min(1).describe('All of the new body.'),
  bodyEncoding: z.enum(['utf8', 'base64']).default('utf8'),
  reason: freeText(2_000).min(3),
})

export const editedMessage = z
  .object({
    messageId: uuid.describe('The new message, which waits for the processor.'),
    editOf: uuid.describe('The message that it was put in the place of.'),
  })
  .meta({ id: 'EditedMessage', description: 'A message that stands for a parked one.' })

/**
 * The bytes that a new body stands for.
 *
 * @throws {HubError} VALIDATION_FAILED for what is no base64.
 */
export function bytesOf({ body, bodyEncoding }: z.infer<typeof messageEdit>): Buffer {
  const bytes = Buffer.from(body, bodyEncoding)
  // The decoder skips what is no base64, and nothing else shall be skipped.
  if (bodyEncoding === 'base64' && bytes.toString('base64') !== body) {
    throw new HubError('VALIDATION_FAILED', 'The body is no base64.')
  }
  return bytes
}

/** The bytes as text; base64 for those that are none. */
export function shownBody(body: Buffer): { body: string; bodyEncoding: 'utf8' | 'base64' } {
  try {
    return { body: utf8.decode(body), bodyEncoding: 'utf8' }
  } catch {
    return { body: body.toString('base64'), bodyEncoding: 'base64' }
  }
}
