import { createHash } from 'node:crypto'
import type { PollDefinition, PolledMessage, PollPage, PollPull } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { read } from './client.ts'
import type { Config } from './config.ts'
import { budgets } from './limits.ts'
import { type Ticket, ticket, valueOf } from './ticket.ts'

const cursorForm = z.object({ since: z.iso.datetime(), page: z.int().min(1) })
type Cursor = z.output<typeof cursorForm>

const firstReachMs = 10 * 60 * 1000
/** For what was committed late: changes that are younger by our clock are read again. */
const lateMs = 2 * 60 * 1000

/**
 * What agents ask for in tickets: those that changed since the last look, oldest change first. A page begins at the last
 * change of the one before, since what is written meanwhile moves to the end; only where a whole page has one time is
 * it turned.
 */
export const tickets: PollDefinition<Config> = { everySeconds: 60, pull }

async function pull(page: PollPull<Config>): Promise<PollPage> {
  const { config, now } = page
  const cursor = readCursor(page.cursor, now)
  const size = Math.min(page.limit, 100)
  const query = {
    updated_since: cursor.since,
    order_by: 'updated_at',
    order_type: 'asc',
    include: 'requester',
    per_page: String(size),
    page: String(cursor.page),
  }
  const found = await read(
    page,
    { path: '/tickets', query, budget: budgets.lists },
    z.array(ticket),
  )
  const messages = found.flatMap((one) => messageOf(config, one))
  const hasMore = found.length >= size
  return { messages, cursor: JSON.stringify(nextOf(cursor, found, { hasMore, now })), hasMore }
}

function readCursor(text: string | null, now: Date): Cursor {
  if (text === null) return { since: seconds(now.getTime() - firstReachMs), page: 1 }
  return cursorForm.parse(JSON.parse(text))
}

function nextOf(
  cursor: Cursor,
  found: readonly Ticket[],
  { hasMore, now }: { readonly hasMore: boolean; readonly now: Date },
): Cursor {
  const last = Date.parse(found.at(-1)?.updated_at ?? '')
  if (Number.isNaN(last)) return { ...cursor, page: 1 }
  const since = Date.parse(cursor.since)
  if (!hasMore) {
    // Goes by their times alone: a clock of ours that is wrong takes from what is read twice, and leaves nothing out.
    const next = last < now.getTime() - lateMs ? last + 1000 : last - lateMs
    return { since: seconds(Math.max(since, next)), page: 1 }
  }
  return last <= since ? { ...cursor, page: cursor.page + 1 } : { since: seconds(last), page: 1 }
}

function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** None for a ticket in which nobody asks for anything: most have nothing to do with returns. */
function messageOf({ fields }: Config, one: Ticket): PolledMessage[] {
  const action = valueOf(one, fields, 'action')
  if (action === null || one.deleted === true || one.spam === true) return []
  const requester = { email: one.requester?.email ?? null, name: one.requester?.name ?? null }
  const body = {
    id: String(one.id),
    caseNo: valueOf(one, fields, 'caseNo'),
    requester,
    action,
    order: valueOf(one, fields, 'order'),
    sku: valueOf(one, fields, 'sku'),
    quantity: valueOf(one, fields, 'quantity'),
    reason: valueOf(one, fields, 'reason'),
    resolution: valueOf(one, fields, 'resolution'),
  }
  // Named by what it says, and not by when: every change of the ticket that has nothing to do with the return is a repeat.
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('base64url')
  return [{ topic: 'ticket', messageId: `ticket:${one.id}:${digest.slice(0, 24)}`, body }]
}
