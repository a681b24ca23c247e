import type { PollDefinition, PolledMessage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { askedMessage, readLook, writeLook } from '../ticket-asks.ts'
import type { Config } from './config.ts'
import { call, fieldIn, quoted, readAs } from './rt.ts'
import { ticketBody } from './ticket.ts'

/** RT gives 100 at most, whatever it is asked for. */
const pageLimit = 100
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
  const look = readLook(page.cursor, now)
  const limit = Math.min(page.limit, pageLimit)
  const tickets = await readChanged(page, { after: look.after, since: look.since, now, limit })
  const hasMore = tickets.length >= limit
  const messages = tickets.map((ticket) => toMessage(page.config, ticket))
  const cursor = writeLook(look, { now, last: hasMore ? tickets.at(-1)?.id : undefined })
  return { messages, cursor, hasMore }
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

function toMessage({ fields, currency }: Config, ticket: Changed): PolledMessage {
  const value = (name: string) => ticket.CustomFields.get(name)?.trim() || null
  const [requestor] = ticket.Requestor ?? []
  return askedMessage({
    ticket: ticket.id,
    action: value(fields.action),
    told: value(fields.told),
    caseNo: value(fields.caseNo),
    order: value(fields.order),
    sku: value(fields.sku),
    quantity: value(fields.quantity),
    reason: value(fields.reason),
    email: requestor?.EmailAddress || requestor?.id || null,
    currency,
  })
}
