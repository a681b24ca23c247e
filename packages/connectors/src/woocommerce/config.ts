import { headlines } from '@backhaul/sdk/canonical'
import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

const audience = z.enum(['customer', 'private', 'none'])

/** Customers hear what they wait for; the rest stands in the order for the shop's people. */
const usualNotes: Readonly<Record<string, z.output<typeof audience>>> = {
  authorized: 'customer',
  info_needed: 'customer',
  rejected: 'customer',
  received: 'customer',
  refunded: 'customer',
  replaced: 'customer',
  repaired: 'customer',
  returned_to_customer: 'customer',
  expired: 'customer',
  canceled: 'customer',
  '*': 'private',
}

const headline = z.enum([...headlines, '*'])
const orderStatus = z.string().regex(/^[a-z0-9_-]{1,40}$/, 'an order status without `wc-`')
/** These two are deeds: WooCommerce books a refund of all that is left by the one, and restocks by the other. */
const harmlessStatus = orderStatus.refine(
  (status) => !['refunded', 'cancelled'].includes(status),
  'this status makes WooCommerce refund or restock by itself',
)
const metaKey = z.string().regex(/^[\w-]{1,100}$/, 'a key of order meta')

export const config = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .refine((url) => !url.endsWith('/'), 'without a slash at its end')
    .describe('Address of the shop, as WordPress knows it, for example https://shop.example.com.'),
  consumerKey: secret(z.string().regex(/^ck_\w{8,100}$/, 'ck_…')),
  consumerSecret: secret(z.string().regex(/^cs_\w{8,100}$/, 'cs_…')),
  webhookSecret: secret(z.string().min(24).max(200))
    .optional()
    .describe('Signs webhooks; the set-up hands it to the shop. Without one only the poll reads.'),
  requests: z
    .object({
      statuses: z
        .array(orderStatus)
        .max(20)
        .default(['return-requested'])
        .describe('Order statuses that say that a return is asked for.'),
      meta: metaKey.default('_return_request').describe('Order meta that holds what is asked for.'),
      note: z
        .string()
        .min(3)
        .max(100)
        .optional()
        .describe('Beginning of an order note that says that a return is asked for.'),
    })
    .prefault({})
    .describe('By what an order says that a return is asked for: any one of them will do.'),
  orderNumbers: z
    .object({
      is: z.enum(['number', 'id']).default('number'),
      prefix: z.string().max(20).default('').describe('Stands before it in the order of the ERP.'),
    })
    .prefault({})
    .describe('What of an order the other systems know it by.'),
  notes: z
    .partialRecord(headline, audience)
    .default(usualNotes)
    .describe('Who reads of a headline: an order note to the customer, a private one, or none.'),
  orderStatuses: z
    .partialRecord(headline, harmlessStatus)
    .default({})
    .describe('Order status that a headline sets; left alone where there is none.'),
  apiRefund: z
    .boolean()
    .default(true)
    .describe('Whether the payment gateway pays a refund; else the shop only books it.'),
  restock: z
    .boolean()
    .default(false)
    .describe('Whether a refund puts goods back into the stock of the shop. The warehouse does.'),
  firstLookDays: z.int().min(0).max(90).default(1).describe('How far back the first look goes.'),
  overlapSeconds: z
    .int()
    .min(2)
    .max(3_600)
    .default(120)
    .describe('How far back each look reaches, for what was written late.'),
})
export type Config = z.output<typeof config>
