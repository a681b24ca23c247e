import { type AnyWebhookDefinition, webhook } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'

/** What an automation sends is what an administrator has written there; nothing of it is believed. */
const hint = z.looseObject({
  ticket_id: z.union([z.string().max(40), z.int()]).optional(),
})

/** An automation of Freshdesk calls it when a field of a return has changed: the poll then looks at once. */
export const webhooks: Readonly<Record<string, AnyWebhookDefinition<Config>>> = {
  'ticket-changed': webhook({
    unsigned:
      'Freshdesk signs nothing; the address carries a secret, and what it says is read again.',
    secretAddress: true,
    secrets: () => [],
    payload: hint,
    messageId: ({ ticket_id: id = 'unnamed' }) => `ticket:${id}`.replaceAll(/[^\x20-\x7e]/g, '?'),
    wakesPoll: 'tickets',
    accepted: { status: 200 },
  }),
}
