import type { PollPage, PollPull } from '@backhaul/sdk/connector'
import { Shopify } from '../client/shopify.ts'
import type { Config } from '../config.ts'
import { type Cursor, readCursor, writeCursor } from './cursor.ts'
import { readOrders } from './read-orders.ts'

const dayMs = 24 * 60 * 60 * 1_000

/**
 * Returns and refunds of orders that have changed, each read whole. What is told of one has an id by what it says, so
 * that reading it again tells nothing new.
 */
export async function pullChanges(pull: PollPull<Config>): Promise<PollPage> {
  const { now, limit, config } = pull
  const given = pull.cursor === null ? firstCursor(pull) : readCursor(pull.cursor)
  // What changes while a round is read is read by the next one.
  const round = given.after === null ? { ...given, began: now.toISOString() } : given
  const search = `updated_at:>='${round.since}'`
  const how = { search, after: round.after, limit, isFirst: round.isFirst }
  const { messages, after } = await readOrders(new Shopify(pull), how)
  const next = after === null ? nextRound(round, config) : { ...round, after }
  return { messages, cursor: writeCursor(next), hasMore: after !== null }
}

function firstCursor({ now, config }: PollPull<Config>): Cursor {
  const since = new Date(now.getTime() - config.firstLookDays * dayMs).toISOString()
  return { since, began: now.toISOString(), after: null, isFirst: true }
}

function nextRound({ began }: Cursor, { overlapSeconds }: Config): Cursor {
  const since = new Date(Date.parse(began) - overlapSeconds * 1_000).toISOString()
  return { since, began, after: null, isFirst: false }
}

/** A change of a return that does not touch its order shows here at the latest. */
export const openReturnsSeconds = 900

const openReturns = ['return_requested', 'in_progress', 'inspection_complete']
  .map((status) => `return_status:${status}`)
  .join(' OR ')

/**
 * Returns of all orders that have one under way: whether a change of a return counts as a change of its order,
 * Shopify's documentation does not say.
 */
export async function pullOpenReturns(pull: PollPull<Config>): Promise<PollPage> {
  const { now, limit } = pull
  const given = pull.cursor === null ? null : readCursor(pull.cursor)
  if (given !== null && given.after === null && !isDue(given, now)) {
    return { messages: [], cursor: pull.cursor, hasMore: false }
  }
  const at = now.toISOString()
  const round = given?.after ? given : { since: at, began: at, after: null, isFirst: true }
  const how = { search: openReturns, after: round.after, limit, isFirst: true }
  const { messages, after } = await readOrders(new Shopify(pull), how)
  return { messages, cursor: writeCursor({ ...round, after }), hasMore: after !== null }
}

/** Woken early it waits: a round reads every open return. */
function isDue({ began }: Cursor, now: Date): boolean {
  return now.getTime() - Date.parse(began) >= (openReturnsSeconds / 2) * 1_000
}
