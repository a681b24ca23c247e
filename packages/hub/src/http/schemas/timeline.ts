import { entitySchemas } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { AttemptRecord, DeliveryRecord } from '../../store/delivery-queries.ts'
import type { EventOrigin, TimelineEvent } from '../../store/timeline.ts'
import { maskCustomer } from '../masking.ts'
import { iso, text, textOrNull } from './common.ts'
import { attempt, attemptView, delivery, deliveryView } from './deliveries.ts'
import { summaryValues } from './event-summary.ts'

const timelineDelivery = delivery.extend({ tries: z.array(attempt) }).meta({
  id: 'TimelineDelivery',
  description: 'What an event made the hub send, and how it went.',
})

export const timelineEvent = entitySchemas.status_event
  .extend({
    deliveries: z.array(timelineDelivery),
    summary: z
      .object({
        code: text.describe('The type of the event.'),
        values: z.record(text, z.union([text, z.number(), z.boolean(), z.array(z.int())])),
      })
      .describe('What it says, to be said in a sentence of any language. Names no person.'),
    isLate: z
      .boolean()
      .describe('It came after events that happened later, and was put in its place.'),
    ruleSet: z.object({ name: text, version: z.int() }).nullable(),
    mapping: z
      .object({ name: text, version: z.int() })
      .nullable()
      .describe('The mapping document in force for its message when it was applied.'),
    topic: textOrNull,
    traceId: textOrNull,
  })
  .meta({ id: 'TimelineEvent', description: 'A step of a return, and what it set off.' })

export function timelineEventView(
  event: TimelineEvent,
  given: {
    readonly deliveries: readonly DeliveryRecord[]
    readonly attempts: readonly AttemptRecord[]
    /** Null: its message has been dropped by its age. */
    readonly origin: EventOrigin | null
    readonly showsCustomer: boolean
  },
): z.infer<typeof timelineEvent> {
  const { seq, type, eventId, source, actor, messageId, effect } = event
  return {
    seq,
    type,
    eventId,
    source,
    actor,
    occurredAt: iso(event.occurredAt),
    recordedAt: iso(event.recordedAt),
    messageId,
    data: given.showsCustomer ? event.data : maskCustomer(event.data),
    effect,
    ...originView(event, given.origin),
    deliveries: given.deliveries.map((record) => ({
      ...deliveryView(record),
      tries: given.attempts
        .filter(({ deliveryNo }) => deliveryNo === record.deliveryNo)
        .map(attemptView),
    })),
  }
}

function originView(
  { type, data, effect }: TimelineEvent,
  origin: EventOrigin | null,
): Pick<
  z.infer<typeof timelineEvent>,
  'summary' | 'isLate' | 'ruleSet' | 'mapping' | 'topic' | 'traceId'
> {
  const { mapping = null, mappingVersion = null, topic = null, traceparent = null } = origin ?? {}
  return {
    summary: { code: type, values: { ...summaryValues(data) } },
    isLate: (effect as { readonly late?: boolean }).late === true,
    ruleSet: ruleSetOf(data),
    mapping:
      mapping !== null && mappingVersion !== null
        ? { name: mapping, version: mappingVersion }
        : null,
    topic,
    traceId: traceparent?.slice(3, 35) ?? null,
  }
}

/** Rules sign what they decide: `policy standard-returns v3`. */
function ruleSetOf(data: unknown): { name: string; version: number } | null {
  const { decidedBy } = data as { readonly decidedBy?: unknown }
  if (typeof decidedBy !== 'string') return null
  const [, name, version] = /^policy (.+) v(\d+)$/.exec(decidedBy) ?? []
  return name === undefined ? null : { name, version: Number(version) }
}
