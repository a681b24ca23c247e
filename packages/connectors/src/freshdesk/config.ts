import { type Headline, headlines } from '@backhaul/sdk/canonical'
import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const fieldName = z.string().regex(/^cf_[a-z0-9_]{1,80}$/)

/** Names of ticket fields, as Freshdesk makes them of the labels that the set-up gives. */
const fields = z.object({
  caseNo: fieldName.default('cf_return_case').describe('Text: the number of the return.'),
  status: fieldName.default('cf_return_status').describe('Drop-down: the state of the return.'),
  sentence: fieldName
    .default('cf_return_in_a_sentence')
    .describe('Text: the state of the return in a sentence.'),
  action: fieldName
    .default('cf_return_action')
    .describe('Drop-down: what the agent asks for: to start, to cancel.'),
  order: fieldName.default('cf_return_order_number').describe('Number of the order.'),
  sku: fieldName.default('cf_return_sku').describe('What comes back.'),
  quantity: fieldName.default('cf_return_quantity').describe('Whole number: how many come back.'),
  reason: fieldName.default('cf_return_reason').describe('Drop-down: why.'),
  resolution: fieldName
    .default('cf_return_resolution')
    .describe('Drop-down: what the customer wants for it.'),
})
export type FieldName = keyof z.output<typeof fields>

const usualStatuses: Partial<Record<Headline, string>> = {
  requested: 'Open',
  info_needed: 'Pending',
  exception_hold: 'Open',
  authorized: 'Pending',
  in_transit: 'Pending',
  delivered: 'Open',
  partially_received: 'Open',
  received: 'Open',
  in_inspection: 'Open',
  inspected: 'Open',
  approved: 'Open',
  rejected: 'Open',
  canceled: 'Resolved',
  expired: 'Resolved',
  refunded: 'Resolved',
  replaced: 'Resolved',
  repaired: 'Resolved',
  returned_to_customer: 'Resolved',
  closed: 'Resolved',
}

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .describe('Address of the account, without a path: https://acme.freshdesk.com.'),
  apiKey: secret(z.string().min(1).max(500)).describe('API key of an agent.'),
  fields: fields
    .prefault({})
    .describe('Names of ticket fields; `backhaul freshdesk setup` makes them.'),
  createTickets: z
    .enum(['when_missing', 'never'])
    .default('when_missing')
    .describe('Whether a return that no ticket is known of gets one.'),
  newTickets: z
    .object({
      requesterEmail: z
        .email()
        .optional()
        .describe('Whose ticket it is where the hub does not know the address of the customer.'),
      groupId: z.int().min(1).optional(),
      productId: z.int().min(1).optional(),
      tags: z.array(z.string().min(1).max(32)).max(20).default(['return']),
    })
    .prefault({})
    .describe('What tickets are made with.'),
  statuses: z
    .partialRecord(z.enum(headlines), z.string().min(1).max(100))
    .default(usualStatuses)
    .describe(
      'Status of a ticket, by its label, by the state of its return; others are left alone.',
    ),
  publicAt: z
    .array(z.enum(headlines))
    .default([])
    .describe('States that the customer is told by a public note; all other notes are private.'),
  quietAt: z
    .array(z.enum(headlines))
    .default([])
    .describe('States at which fields and status are set and no note is left.'),
})
export type Config = z.output<typeof config>
