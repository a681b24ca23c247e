import { z } from 'zod'
import { type FieldChange, verdicts } from '../../mapping/dry-run/compare-readings.ts'
import type { DryRunPage, DryRunSample } from '../../pipeline/dry-run.ts'
import { hideValues, maskBody } from '../personal-payload.ts'
import { iso, text, textOrNull, time, uuid } from './common.ts'

const fieldChange = z.object({
  pointer: text.describe('RFC 6901 pointer into the event.'),
  before: z
    .unknown()
    .optional()
    .describe('By the version in force; left out where there is nothing.'),
  after: z.unknown().optional().describe('By the draft.'),
})

const eventChange = z.object({
  kind: z.enum(['added', 'removed', 'changed']),
  type: text,
  eventId: text,
  fields: z.array(fieldChange),
})

const sample = z
  .object({
    messageId: uuid,
    receivedAt: time,
    caseId: uuid.nullable().describe('The return that the message led to.'),
    verdict: z.enum(verdicts),
    changes: z.array(eventChange),
    code: textOrNull.describe('Why the draft cannot read it; null where it can.'),
    problems: z.array(z.object({ pointer: text, message: text })),
    unmapped: z.array(z.object({ vocabulary: text, value: text })),
  })
  .meta({ id: 'DryRunSample', description: 'A recorded message that a draft reads otherwise.' })

export const dryRun = z
  .object({
    checked: z.int().describe('Messages of this page.'),
    same: z.int(),
    changed: z.int(),
    unreadable: z.int().describe('Neither the draft nor the version in force can read them.'),
    newlyReadable: z.int(),
    newlyUnreadable: z.int().describe('Only the version in force can read them.'),
    newlyUnmapped: z.int().describe('Of these, those for which the draft lacks a word.'),
    samples: z.array(sample).describe('All messages that are not the same.'),
    next_cursor: textOrNull.describe('For the next page; null when no message is left.'),
  })
  .meta({ id: 'DryRun', description: 'What a draft would change, on a page of recorded messages.' })

const mask = '[masked]'

/**
 * @param showsBody - whether values of messages are shown; otherwise only where they would change.
 * @param isMasked - whether fields that tell who the customer is are not.
 */
export function dryRunView(
  page: DryRunPage,
  {
    showsBody,
    isMasked,
    cursor,
  }: { readonly showsBody: boolean; readonly isMasked: boolean; readonly cursor: string | null },
): z.infer<typeof dryRun> {
  const { samples, next: _next, ...counts } = page
  return {
    ...counts,
    samples: samples.map((one) => sampleView(one, { showsBody, isMasked })),
    next_cursor: cursor,
  }
}

/** Fields of events that tell who the customer is. */
const customer =
  /^\/data\/(customer(\/(name|email|shipFrom|billTo)|Text|$)|lines(\/\d+)?($|\/(reason\/text|reason$|evidence)))/

/** Where nobody can say what in a message is personal, what was written freely may be. */
const free = /^\/data\/note/

function withoutPersons(body: Buffer | null): (field: FieldChange) => z.infer<typeof fieldChange> {
  const values = body && maskBody(body)?.values
  return (field) => {
    if (customer.test(field.pointer) || (!values && free.test(field.pointer))) return masked(field)
    const hide = (value: unknown): unknown =>
      value === undefined ? undefined : hideValues(value, values ?? [])
    return asIs({ ...field, before: hide(field.before), after: hide(field.after) })
  }
}

function sampleView(
  { messageId, receivedAt, caseId, verdict, changes, after, body }: DryRunSample,
  { showsBody, isMasked }: { readonly showsBody: boolean; readonly isMasked: boolean },
): z.infer<typeof sample> {
  const shown = showsBody ? (isMasked ? withoutPersons(body) : asIs) : masked
  return {
    messageId,
    receivedAt: iso(receivedAt),
    caseId,
    verdict,
    changes: changes.map(({ fields, ...change }) => ({ ...change, fields: fields.map(shown) })),
    code: after.code,
    problems: after.problems.map(({ pointer, message }) => ({ pointer, message })),
    unmapped: after.unmapped.map(({ vocabulary, value }) => ({ vocabulary, value })),
  }
}

function asIs({ pointer, before, after }: FieldChange): z.infer<typeof fieldChange> {
  return {
    pointer,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
}

/** A field that was mapped wrongly can hold anything: no value is safe to show. */
function masked({ pointer, before, after }: FieldChange): z.infer<typeof fieldChange> {
  return {
    pointer,
    ...(before === undefined ? {} : { before: mask }),
    ...(after === undefined ? {} : { after: mask }),
  }
}
