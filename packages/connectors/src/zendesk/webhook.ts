import { type AnyWebhookDefinition, type WebhookRequest, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import type { Config } from './config.ts'
import { messageIdOf, ticketMessage } from './message.ts'

export const ticketTopic = 'ticket'

/** Text that holds a ticket's message in JSON, with the name that the text gives it. */
const named = z
  .string()
  .max(20_000)
  .transform((said, context) => {
    const parsed = ticketMessage.safeParse(jsonOf(said))
    if (parsed.success) return { ticket: parsed.data, messageId: messageIdOf(parsed.data.id, said) }
    const places = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole')
    context.addIssue({
      code: 'custom',
      message: `not as our trigger writes it: ${places.join(', ')}`,
    })
    return z.NEVER
  })

function jsonOf(said: string): unknown {
  try {
    return JSON.parse(said)
  } catch {
    return null
  }
}

/** The secret in the address, by which the set-up knows the address as ours, signs nothing. */
function verify(request: WebhookRequest) {
  const secrets = request.secrets.filter((secret) => !request.url.endsWith(`/${secret}`))
  return schemes.zendesk.verify({ ...request, secrets })
}

/**
 * What our trigger sends when an agent has set the field `action`, or changed what belongs to it. Signed over time and
 * text. Zendesk tries again on 409 and, where `Retry-After` is short, on 429 and 503, and gives an address up for a
 * while that fails too often; the poll finds what is lost.
 */
export const webhooks: Readonly<Record<string, AnyWebhookDefinition<Config>>> = {
  [ticketTopic]: webhook({
    format: 'text',
    payload: named,
    verify,
    secretAddress: true,
    secrets: ({ webhookSecrets }: Config) => webhookSecrets,
    messageId: ({ messageId }) => messageId,
    accepted: { status: 200 },
  }),
}
