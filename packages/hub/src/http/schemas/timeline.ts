import { entitySchemas } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { TimelineEvent } from '../../store/case-queries.ts'
import type { AttemptRecord, DeliveryRecord } from '../../store/delivery-queries.ts'
import { maskCustomer } from '../masking.ts'
import { iso } from './common.ts'
import { attempt, attemptView, delivery, deliveryView } from './deliveries.ts'

const timelineDelivery = delivery.extend({ tries: z.array(attempt) }).meta({
  id: 'TimelineDelivery',
  description: 'What an event made the hub send, and how it went.',
})

export const timelineEvent = entitySchemas.status_event
  .extend({ deliveries: z.array(timelineDelivery) })
  .meta({ id: 'TimelineEvent', description: 'A step of a return, and what it set off.' })

export function timelineEventView(
  event: TimelineEvent,
  given: {
    readonly deliveries: readonly DeliveryRecord[]
    readonly attempts: readonly AttemptRecord[]
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
    deliveries: given.deliveries.map((record) => ({
      ...deliveryView(record),
      tries: given.attempts
        .filter(({ deliveryNo }) => deliveryNo === record.deliveryNo)
        .map(attemptView),
    })),
  }
}
