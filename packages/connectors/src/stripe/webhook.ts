import { webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import type { Config } from './config.ts'
import { event } from './shapes.ts'

/**
 * What Stripe tells, signed over time and body. Events come late, twice and in any order, so they are a hint: the poll
 * reads the same events in theirs.
 */
export const events = webhook({
  payload: event,
  verify: schemes.stripe.verify,
  secrets: ({ webhookSecrets }: Config) => webhookSecrets,
  messageId: ({ id }) => id,
  wakesPoll: 'changes',
  accepted: { status: 200 },
})
