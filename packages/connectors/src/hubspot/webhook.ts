import { createHash } from 'node:crypto'
import { type AnyWebhookDefinition, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'

const event = z.looseObject({
  eventId: z.int(),
  objectId: z.int(),
  occurredAt: z.int(),
  subscriptionType: z.string().max(100),
  propertyName: z.string().max(200).optional(),
})

/**
 * What HubSpot posts: up to 100 events in one call, out of order, some of them twice, with ids that are not unique
 * (HubSpot, "Webhooks", read 2026-11-23). One call is one message to the hub, so that it only makes the poll look.
 */
const events = z.array(event).min(1).max(100)

export const ticketsChanged: AnyWebhookDefinition<Config> = webhook({
  payload: events,
  verify: schemes.hubspot.verify,
  secrets: ({ clientSecrets }: Config) => clientSecrets,
  messageId: (told) => {
    // The attempt is counted within an event, and is left out: a repeat is the same message.
    const names = told.map((one) => [one.eventId, one.objectId, one.occurredAt, one.propertyName])
    return createHash('sha256').update(JSON.stringify(names)).digest('hex')
  },
  wakesPoll: 'changes',
})
