import { webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'

const payload = z.looseObject({
  events: z.array(z.looseObject({ resourceId: z.string(), eventCategory: z.string() })),
  firstEventSequence: z.int(),
  lastEventSequence: z.int(),
  entropy: z.string().min(1).max(100),
})

/**
 * What Xero tells: ids of what has changed. It is a hint, and the poll reads what there is.
 *
 * The "intent to receive" of a new webhook is such a message too, in good and with a wrong signature: 200 for the one
 * and 401 for the other is all that it asks for.
 */
export const notifications = webhook({
  payload,
  verify: schemes.xero.verify,
  secrets: ({ webhookKeys }: Config) => webhookKeys,
  messageId: ({ firstEventSequence, lastEventSequence, entropy }) =>
    `${firstEventSequence}-${lastEventSequence}-${entropy}`.replaceAll(/[^\x20-\x7e]/g, '?'),
  wakesPoll: 'changes',
  accepted: { status: 200 },
})
