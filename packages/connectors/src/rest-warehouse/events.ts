import { type PollDefinition, type PollPage, type PollPull, webhook } from '@backhaul/sdk/connector'
import { standardWebhooks } from '@backhaul/sdk/signing'
import { callWarehouse, malformed } from './call.ts'
import type { Config } from './config.ts'
import { eventPage } from './contract.ts'
import { warehouseEvent } from './warehouse-event.ts'

/** The one topic of what a warehouse tells, however it is told. */
export const eventsTopic = 'events'

/** `POST /webhooks/{connection}/events`: one event, signed by Standard Webhooks, whose id is that of the event. */
export const eventWebhook = webhook({
  payload: warehouseEvent,
  verify: standardWebhooks.verify,
  secrets: ({ inboundSecrets }: Config) => inboundSecrets,
  messageId: ({ id }) => id,
})

const mostEvents = 500

/**
 * `GET /events?after=`: what a webhook told, and what it failed to tell. The bodies are those of the webhooks, so that
 * what came both ways is a repeat; one that is against the contract waits for a person, and holds up none behind it.
 */
export const eventPoll: PollDefinition<Config> = {
  everySeconds: 60,
  pull: pullEvents,
}

async function pullEvents({ cursor, limit, ...page }: PollPull<Config>): Promise<PollPage> {
  if (!page.config.asksForEvents) return { messages: [], cursor, hasMore: false }
  const query = {
    limit: String(Math.min(limit, mostEvents)),
    ...(cursor === null ? {} : { after: cursor }),
  }
  const response = await callWarehouse(page, { method: 'GET', path: ['events'], query })
  const read = eventPage.safeParse(await response.json())
  if (!read.success) throw malformed('what came is no page of events')
  const { events, next, hasMore } = read.data
  const messages = events.map(({ id, body }) => ({
    topic: eventsTopic,
    messageId: id,
    body: Buffer.from(body),
  }))
  return { messages, cursor: next ?? cursor, hasMore }
}
