import { type AnyWebhookDefinition, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'

const number = z.int().min(1)

/**
 * What the scrip of `setup/backhaul.initialdata` sends: which ticket, and its last transaction. RT has no webhooks of
 * its own. The scrip runs within the request of whoever saves, waits two seconds at most and never tries again.
 */
const hint = z.looseObject({ ticket: number, transaction: number })

export const ticketChanged: AnyWebhookDefinition<Config> = webhook({
  payload: hint,
  verify: schemes.requestTracker.verify,
  secrets: ({ webhookSecrets }: Config) => webhookSecrets,
  messageId: ({ ticket, transaction }) => `ticket:${ticket}:${transaction}`,
  wakesPoll: 'changes',
})
