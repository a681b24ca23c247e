import { header, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'
import { hubTopic } from './setup/topics.ts'

/**
 * A hint that something happened with a return: what the message says is too little to open a case (no product, no
 * currency, no customer) and may be hours old when it is repeated, so the return is read.
 *
 * The id is that of the delivery; `X-Shopify-Event-Id` is shared by several subscriptions. Source: shopify.dev, "Verify
 * webhook deliveries", read 2026-11-23.
 */
export const webhooks = {
  [hubTopic]: webhook({
    // Nothing is read of it, and what were refused would count against the subscription: a list or an object will do.
    payload: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
    verify: schemes.shopify.verify,
    secretAddress: true,
    secrets: ({ clientSecret, formerClientSecret }: Config) =>
      formerClientSecret === undefined ? [clientSecret] : [clientSecret, formerClientSecret],
    messageId: (_payload, { headers }) => header(headers, 'x-shopify-webhook-id') ?? '',
    wakesPoll: 'changes',
  }),
}
