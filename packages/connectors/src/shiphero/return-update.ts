import { createHash } from 'node:crypto'
import { header, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'

const count = z.int().min(0)

/** Body of the webhook "Return Update": the return as it stands. Source: developer.shiphero.com, read 2026-11-23. */
const returnUpdate = z.object({
  webhook_type: z.literal('Return Update'),
  return_id: z.int(),
  return_uuid: z.string().min(1).max(200),
  status: z.string().min(1).max(100),
  items: z
    .array(
      z.object({
        sku: z.string().min(1).max(100),
        quantity: count,
        quantity_received: count,
        restock: count,
      }),
    )
    .max(1_000),
})

/**
 * Topic `return-update`. The sender wants to read that it succeeded, in its own words. A message without an id of its
 * own is known by what it says.
 */
export const returnUpdateWebhook = webhook({
  payload: returnUpdate,
  verify: schemes.shiphero.verify,
  secrets: ({ webhookSecrets }: Config) => webhookSecrets,
  messageId: ({ return_id: id, status, items }, { headers }) => {
    const said = createHash('sha256')
      .update(JSON.stringify([status, items]))
      .digest('hex')
    return header(headers, 'x-shiphero-message-id') ?? `return:${id}:${said.slice(0, 32)}`
  },
  accepted: {
    status: 200,
    contentType: 'application/json',
    body: '{"code":"200","Message":"Success"}',
  },
})
