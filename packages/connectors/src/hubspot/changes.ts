import type { PollDefinition, PolledMessage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { askedMessage, readLook, type TicketLook, writeLook } from '../ticket-asks.ts'
import type { Config } from './config.ts'
import { call, crm, readAs } from './hubspot.ts'
import { readTicket, type Ticket } from './ticket.ts'

/** Each ticket of a page is read afresh: a page is a burst of calls. */
const pageLimit = 25
/**
 * Tickets in which an agent wants something done, as they stand now. Two readings of one state are one message.
 *
 * The search knows of a change some time after it, so that every look reaches back by `overlapSeconds`; what it finds
 * is read afresh. It goes by the id of the ticket, since a search shows no more than 10,000 results: one that changes
 * meanwhile is in the next look.
 */
export const changes: PollDefinition<Config> = { everySeconds: 60, pull }

async function pull(page: PollPull<Config>) {
  const now = Math.floor(page.now.getTime() / 1_000)
  const look = readLook(page.cursor, now)
  const limit = Math.min(page.limit, pageLimit)
  const ids = await findChanged(page, look, limit)
  const hasMore = ids.length >= limit
  const messages = await readMessages(page, ids)
  const cursor = writeLook(look, { now, last: hasMore ? ids.at(-1) : undefined })
  return { messages, cursor, hasMore }
}

const found = z.looseObject({ results: z.array(z.looseObject({ id: z.string() })) })

async function findChanged(
  caller: PollPull<Config>,
  { since, after }: TicketLook,
  limit: number,
): Promise<readonly string[]> {
  const { config } = caller
  const fromMs = (since - config.overlapSeconds) * 1_000
  const filters = [
    { propertyName: 'hs_lastmodifieddate', operator: 'GTE', value: String(Math.max(0, fromMs)) },
    { propertyName: 'return_action', operator: 'HAS_PROPERTY' },
    { propertyName: 'hs_object_id', operator: 'GT', value: after },
  ]
  const { body } = await call(caller, {
    method: 'POST',
    path: `${crm(config, 'objects')}/tickets/search`,
    send: {
      filterGroups: [{ filters }],
      sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
      properties: ['hs_object_id'],
      limit,
    },
    isRead: true,
  })
  return readAs(found, body).results.map(({ id }) => id)
}

async function readMessages(
  page: PollPull<Config>,
  ids: readonly string[],
): Promise<PolledMessage[]> {
  const tickets: Ticket[] = []
  for (const id of ids) {
    const ticket = await readTicket(page, { id }, 'contacts')
    if (ticket !== null && ticket.properties['return_action']) tickets.push(ticket)
  }
  const addresses = await addressesOf(page, tickets)
  return tickets.map((ticket) => {
    const [contact = ''] = ticket.contactIds
    return toMessage(page.config, ticket, addresses.get(contact) ?? null)
  })
}

const contacts = z.looseObject({
  results: z.array(
    z.looseObject({
      id: z.string(),
      properties: z.looseObject({ email: z.string().nullable().optional() }),
    }),
  ),
})

/** E-mail addresses of the first contact of each ticket, by the id of the contact. */
async function addressesOf(
  caller: PollPull<Config>,
  tickets: readonly Ticket[],
): Promise<ReadonlyMap<string, string>> {
  const ids = new Set(tickets.flatMap(({ contactIds }) => contactIds.slice(0, 1)))
  if (ids.size === 0) return new Map()
  const { body } = await call(caller, {
    method: 'POST',
    path: `${crm(caller.config, 'objects')}/contacts/batch/read`,
    send: { properties: ['email'], inputs: [...ids].map((id) => ({ id })) },
    isRead: true,
  })
  const known = readAs(contacts, body).results.flatMap(({ id, properties: { email } }) =>
    email ? [[id, email] as const] : [],
  )
  return new Map(known)
}

function toMessage({ currency }: Config, ticket: Ticket, email: string | null): PolledMessage {
  const value = (name: string) => ticket.properties[`return_${name}`]?.trim() || null
  return askedMessage({
    ticket: ticket.id,
    action: value('action'),
    told: value('told'),
    caseNo: value('case_id'),
    order: value('order'),
    sku: value('sku'),
    quantity: value('quantity'),
    reason: value('reason'),
    email,
    currency,
  })
}
