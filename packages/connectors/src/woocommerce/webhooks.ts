import { type AnyWebhookDefinition, header, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'

/** An order, or `{action, arg}`. Nothing of it is believed: it is read again. */
const hint = z.union([
  z.looseObject({ id: z.int().min(1) }),
  z.looseObject({ action: z.string().max(200), arg: z.union([z.int(), z.string().max(100)]) }),
])

/**
 * WooCommerce names a delivery by its webhook and the second, so that two of one second are one: it would drop news,
 * were it not only a hint.
 */
const changed: AnyWebhookDefinition<Config> = webhook({
  verify: schemes.woocommerce.verify,
  secretAddress: true,
  secrets: ({ webhookSecret }: Config) => (webhookSecret === undefined ? [] : [webhookSecret]),
  payload: hint,
  messageId: (payload, { headers }) => {
    const what = 'id' in payload ? String(payload.id) : String(payload.arg)
    return `${header(headers, 'x-wc-webhook-delivery-id') ?? 'delivery'}:${what}`
  },
  wakesPoll: 'changes',
  // At its creation a webhook sends this form, unsigned, and wants exactly 200.
  ping: {
    isSigned: false,
    answer: ({ headers, rawBody }) => {
      const isSigned = header(headers, 'x-wc-webhook-signature') !== undefined
      const isPing = /^webhook_id=\d{1,15}$/.test(Buffer.from(rawBody).toString('latin1'))
      return isPing && !isSigned ? { status: 200 } : null
    },
  },
  accepted: { status: 200 },
})

/** Topics of WooCommerce that the set-up subscribes to; they are topics of the hub as well. */
export const topics = ['order.updated', 'action.woocommerce_order_refunded'] as const

export const webhooks: Readonly<Record<string, AnyWebhookDefinition<Config>>> = Object.fromEntries(
  topics.map((topic) => [topic, changed]),
)
