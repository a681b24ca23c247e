import type { Delivery } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { read, readOrNull } from './client.ts'
import type { Config } from './config.ts'
import { budgets } from './limits.ts'
import { type Ticket, ticket, valueOf } from './ticket.ts'

type Update = Delivery<Config, 'ticket.update'>

/** The search knows of a change within minutes; so far back tickets are listed besides. */
const searchLagMs = 15 * 60 * 1000
const pageSize = 100
const mostPages = 10

/**
 * Finds the ticket that the hub has bound to the case, the newest first, and otherwise the one that carries the case's
 * number: by the search, and, since that is late, in the list of what has changed lately. The oldest is taken.
 *
 * @param options.isThorough - false where nothing can have been made lately: an account may list 20 times a minute.
 */
export async function findTicket(
  delivery: Update,
  { isThorough }: { readonly isThorough: boolean },
): Promise<Ticket | null> {
  for (const id of boundIds(delivery).toReversed()) {
    const path = `/tickets/${encodeURIComponent(id)}`
    const found = await readOrNull(delivery, { path }, ticket)
    if (found !== null && isThere(found)) return found
  }
  const lately = isThorough ? await listedLately(delivery) : []
  const found = [...(await searched(delivery)), ...lately]
  const { fields } = delivery.config
  const ours = found.filter(
    (one) => isThere(one) && valueOf(one, fields, 'caseNo') === delivery.command.caseNo,
  )
  const [oldest] = ours.toSorted((a, b) => a.id - b.id)
  return oldest === undefined
    ? null
    : readOrNull(delivery, { path: `/tickets/${oldest.id}` }, ticket)
}

function isThere({ deleted, spam }: Ticket): boolean {
  return deleted !== true && spam !== true
}

async function searched(delivery: Update): Promise<Ticket[]> {
  const { caseNo } = delivery.config.fields
  const query = `"${caseNo}:'${delivery.command.caseNo}'"`
  const schema = z.looseObject({ results: z.array(ticket) })
  const found = await read(delivery, { path: '/search/tickets', query: { query } }, schema)
  return found.results
}

async function listedLately(delivery: Update): Promise<Ticket[]> {
  const since = new Date(delivery.now.getTime() - searchLagMs).toISOString()
  const found: Ticket[] = []
  for (let page = 1; page <= mostPages; page += 1) {
    const query = {
      updated_since: `${since.slice(0, 19)}Z`,
      order_by: 'updated_at',
      order_type: 'desc',
      per_page: String(pageSize),
      page: String(page),
    }
    const listed = await read(
      delivery,
      { path: '/tickets', query, budget: budgets.lists },
      z.array(ticket),
    )
    found.push(...listed)
    if (listed.length < pageSize) break
  }
  return found
}

function boundIds({ command }: Update): string[] {
  const refs = command.body.target ?? []
  return refs
    .filter(({ type, value }) => type === 'ticket' && /^\d{1,19}$/.test(value))
    .map(({ value }) => value)
}
