import type { PollDefinition, PolledMessage, PollPage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { read } from './client.ts'
import type { Config, FieldName } from './config.ts'
import { budgets } from './limits.ts'
import { messageIdOf, type TicketMessage } from './message.ts'
import { type Ticket, ticket, valueOf } from './ticket.ts'
import { ticketTopic } from './webhook.ts'

const user = z.looseObject({
  id: z.int(),
  email: z.string().nullish(),
  name: z.string().nullish(),
})

const exported = z.looseObject({
  tickets: z.array(ticket),
  users: z.array(user).default([]),
  after_cursor: z.string().max(3_000).nullish(),
  end_of_stream: z.boolean(),
})

/** How far back the first look reaches: what a webhook told before it was set up is nobody's any more. */
const firstReachSeconds = 10 * 60

/**
 * What agents ask for in tickets, by the incremental export: the safety net under the webhook. Zendesk leaves the last
 * minute out, and takes ten calls a minute ("Incremental Exports", read 2026-11-23).
 */
export const tickets: PollDefinition<Config> = { everySeconds: 60, pull }

async function pull(page: PollPull<Config>): Promise<PollPage> {
  const { config, cursor, now } = page
  const startSeconds = Math.floor(now.getTime() / 1000) - firstReachSeconds
  const from: Record<string, string> =
    cursor === null ? { start_time: String(startSeconds) } : { cursor }
  const found = await read(
    page,
    {
      path: '/incremental/tickets/cursor',
      query: { ...from, per_page: String(Math.min(page.limit, 1_000)), include: 'users' },
      budget: budgets.exports,
    },
    exported,
  )
  const people = new Map(found.users.map((one) => [one.id, one]))
  const messages = found.tickets.flatMap((one) => messageOf(config, one, people))
  const next = found.after_cursor ?? cursor
  return { messages, cursor: next, hasMore: !found.end_of_stream && next !== cursor }
}

/** None for a ticket in which nobody asks for anything: most have nothing to do with returns. */
function messageOf(
  { fields }: Config,
  one: Ticket,
  people: ReadonlyMap<number, z.output<typeof user>>,
): PolledMessage[] {
  const action = valueOf(one, fields, 'action')
  if (action === null || one.status === 'deleted') return []
  const requester = people.get(one.requester_id ?? 0)
  const said = (name: FieldName) => valueOf(one, fields, name) ?? ''
  const body: TicketMessage = {
    id: String(one.id),
    caseNo: said('caseNo'),
    requester: { email: requester?.email ?? '', name: requester?.name ?? '' },
    action,
    order: said('order'),
    sku: said('sku'),
    quantity: said('quantity'),
    reason: said('reason'),
    resolution: said('resolution'),
  }
  const messageId = messageIdOf(body.id, JSON.stringify(body))
  return [{ topic: ticketTopic, messageId, body }]
}
