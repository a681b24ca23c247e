import { type AnyWebhookDefinition, webhook } from '@backhaul/sdk/connector'
import { headerSecretScheme } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'

/** What a subscriber in the shop sends: the event's name and the id of what it is about. */
const hint = z.looseObject({ name: z.string().regex(/^[\w.-]{1,80}$/), id: z.string().max(80) })

/** Medusa sends no webhooks. A subscriber of a few lines does (README.md), and only wakes the poll. */
const changed: AnyWebhookDefinition<Config> = webhook({
  verify: headerSecretScheme('x-backhaul-secret').verify,
  secrets: ({ webhookSecret }: Config) => (webhookSecret === undefined ? [] : [webhookSecret]),
  payload: hint,
  messageId: ({ name, id }) => `${name}:${id.replaceAll(/[^\w-]/g, '')}`,
  wakesPoll: 'changes',
})

export const webhooks: Readonly<Record<string, AnyWebhookDefinition<Config>>> = { event: changed }
