import { createHash } from 'node:crypto'
import type { PollDefinition, PolledMessage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { readTold } from '../told-news.ts'
import type { Config } from './config.ts'
import { call, crm, readAs } from './hubspot.ts'
import { readTicket, type Ticket } from './ticket.ts'

/** Each ticket of a page is read afresh: a page is a burst of calls. */
const pageLimit = 25
/** So much of the past the first look sees. */
const firstLookSeconds = 86_400

const cursor = z.object({
  v: z.literal(1),
  /** When the last look that came to its end began, in seconds. */
  since: z.int().min(0),
  /** When the look under way began; null between two looks. */
  began: z.int().min(0).nullable(),
  /** The ticket that the page before ended with. */
  after: z.string().regex(/^\d{1,19}$/),
})
type Cursor = z.output<typeof cursor>

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
  const from = readCursor(page.cursor) ?? firstCursor(now)
  const began = from.began ?? now
  const limit = Math.min(page.limit, pageLimit)
  const ids = await findChanged(page, from, limit)
  const last = ids.at(-1)
  const hasMore = last !== undefined && ids.length >= limit
  const next: Cursor = hasMore
    ? { v: 1, since: from.since, began, after: last }
    : { v: 1, since: began, began: null, after: '0' }
  const messages = await readMessages(page, ids)
  return { messages, cursor: JSON.stringify(next), hasMore }
}

function firstCursor(now: number): Cursor {
  return { v: 1, since: Math.max(0, now - firstLookSeconds), began: null, after: '0' }
}

/** A cursor that cannot be read begins anew: what is read twice is dropped by its id. */
function readCursor(text: string | null): Cursor | null {
  try {
    return cursor.parse(JSON.parse(text ?? 'null'))
  } catch {
    return null
  }
}

const found = z.looseObject({ results: z.array(z.looseObject({ id: z.string() })) })

async function findChanged(
  caller: PollPull<Config>,
  { since, after }: Cursor,
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

/** Only what an agent says: what the hub itself writes makes no new message. */
function toMessage({ currency }: Config, ticket: Ticket, email: string | null): PolledMessage {
  const value = (name: string) => ticket.properties[`return_${name}`]?.trim() || null
  const action = value('action')
  const body = {
    ticket: ticket.id,
    action,
    // An answer belongs to the question that was asked last.
    question: action === 'answered' ? questionOf(value('told')) : null,
    // Of a return that may have begun elsewhere. With `start` it comes from us, and is no news.
    caseNo: action === 'cancel' ? value('case_id') : null,
    order: value('order'),
    sku: value('sku'),
    quantity: value('quantity'),
    reason: value('reason'),
    email,
    currency,
  }
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32)
  return { topic: 'ticket', messageId: `ticket:${ticket.id}:${digest}`, body }
}

/** Names the question that the ticket was told last; null where the last news was none. */
function questionOf(text: string | null): string | null {
  const told = readTold(text)
  return told?.headline === 'info_needed' ? told.mark : null
}
