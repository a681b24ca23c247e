import { type AnyWebhookDefinition, webhook } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from '../config.ts'

/**
 * What an automation of Odoo sends: the record's model and id, and fields as they were in the middle of the
 * transaction. Nothing of it is believed: it comes twice, out of order, and of records that `load()` had made and
 * undone (recordings 52 to 54).
 */
const hint = z.looseObject({
  _model: z.string().max(100).optional(),
  _id: z.int().optional(),
})

/** Odoo waits up to a second for the answer, in the call of whoever saved, and never tries again. */
const changed: AnyWebhookDefinition<Config> = webhook({
  unsigned: 'Odoo signs nothing; its address carries a secret, and what it says is read again.',
  secretAddress: true,
  secrets: () => [],
  payload: hint,
  messageId: ({ _model: model = 'record', _id: id = 0 }) => `${model}:${id}`,
  wakesPoll: 'changes',
  accepted: { status: 200 },
})

/** By the model whose records an automation watches. */
export const webhooks: Readonly<Record<string, AnyWebhookDefinition<Config>>> = {
  'stock.picking': changed,
  'stock.move': changed,
  'account.move': changed,
  'account.payment': changed,
  'repair.order': changed,
  'sale.order': changed,
}
