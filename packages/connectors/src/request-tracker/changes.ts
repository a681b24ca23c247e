import { createHash } from 'node:crypto'
import type { PollDefinition, PolledMessage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { readTold } from '../told-news.ts'
import type { Config } from './config.ts'
import { call, fieldIn, quoted, readAs } from './rt.ts'
import { ticketBody } from './ticket.ts'

/** RT gives 100 at most, whatever it is asked for. */
const pageLimit = 100
/** So much of the past the first look sees. */
const firstLookSeconds = 86_400

const cursor = z.object({
  v: z.literal(1),
  /** When the last look that came to its end began, by our clock, in seconds. */
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
 * A look asks for what was updated in the last so many seconds: RT reads times in the time zone of the user, and so
 * misreads those with a zone in them (`2026-11-23T18:00:00Z` is midnight to RT 5.0.3, tried 2026-11-23). How long ago
 * a look began we know by our own clock, and no clock is compared with another. A look goes by the number of the
 * ticket: one that changes meanwhile is in the next look.
 */
export const changes: PollDefinition<Config> = { everySeconds: 60, pull }

async function pull(page: PollPull<Config>) {
  const now = Math.floor(page.now.getTime() / 1_000)
  const from = readCursor(page.cursor) ?? firstCursor(now)
  const began = from.began ?? now
  const limit = Math.min(page.limit, pageLimit)
  const tickets = await readChanged(page, { after: from.after, since: from.since, now, limit })
  const last = tickets.at(-1)
  const hasMore = last !== undefined && tickets.length >= limit
  const next: Cursor = hasMore
    ? { v: 1, since: from.since, began, after: last.id }
    : { v: 1, since: began, began: null, after: '0' }
  const messages = tickets.map((ticket) => toMessage(page.config, ticket))
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

/** With `fields[Requestor]` the person comes with the ticket, where we may see it; else the name is the address. */
const person = z.looseObject({ id: z.string().optional(), EmailAddress: z.string().optional() })
const changed = ticketBody.extend({ Requestor: z.array(person).optional() })
const page = z.looseObject({ items: z.array(changed) })
type Changed = z.output<typeof changed>

async function readChanged(
  caller: PollPull<Config>,
  look: {
    readonly after: string
    readonly since: number
    readonly now: number
    readonly limit: number
  },
): Promise<readonly Changed[]> {
  const { queue, fields, overlapSeconds } = caller.config
  const seconds = Math.max(0, look.now - look.since) + overlapSeconds
  const query = [
    `Queue = ${quoted(queue)}`,
    `LastUpdated >= ${quoted(`${seconds} seconds ago`)}`,
    `${fieldIn(fields.action)} IS NOT NULL`,
    `id > ${look.after}`,
  ].join(' AND ')
  const { body } = await call(caller, {
    path: '/tickets',
    query: {
      query,
      orderby: 'id',
      order: 'ASC',
      per_page: String(look.limit),
      fields: 'Status,CustomFields,Requestor',
      'fields[Requestor]': 'EmailAddress',
    },
  })
  return readAs(page, body).items
}

/** Only what an agent says: what the hub itself writes makes no new message. */
function toMessage({ fields, currency }: Config, ticket: Changed): PolledMessage {
  const value = (name: string) => ticket.CustomFields.get(name)?.trim() || null
  const [requestor] = ticket.Requestor ?? []
  const action = value(fields.action)
  const body = {
    ticket: ticket.id,
    action,
    // An answer belongs to the question that was asked last.
    question: action === 'answered' ? questionOf(value(fields.told)) : null,
    // Of a return that may have begun elsewhere. With `start` it comes from us, and is no news.
    caseNo: action === 'cancel' ? value(fields.caseNo) : null,
    order: value(fields.order),
    sku: value(fields.sku),
    quantity: value(fields.quantity),
    reason: value(fields.reason),
    email: requestor?.EmailAddress || requestor?.id || null,
    currency,
  }
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32)
  return { topic: 'ticket', messageId: `ticket:${ticket.id}:${digest}`, body }
}

/** Names the question that the ticket was told last; null where the last news was none. */
function questionOf(text: string | null): string | null {
  const told = readTold(text ?? undefined)
  return told?.headline === 'info_needed' ? told.mark : null
}
