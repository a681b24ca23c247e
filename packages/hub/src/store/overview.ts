import type { ExceptionQueue, Headline } from '@backhaul/sdk/canonical'
import type { Queryable } from './database.ts'

/** Counts go up to this, and then no further. */
const countLimit = 10_000

/** Open exceptions by what somebody may want to do about them. */
export interface ExceptionCounts {
  readonly mine: number
  /** Of all queues, as are the next two. */
  readonly overdue: number
  readonly dueSoon: number
  readonly openedToday: number
  /** Words that nobody translated, one exception for each. */
  readonly parkedWords: number
  readonly queues: readonly {
    readonly queue: ExceptionQueue
    readonly open: number
    readonly unassigned: number
    readonly overdue: number
    readonly dueSoon: number
  }[]
}

/** Reads open exceptions once, and those that were made today by their ids, which begin with the time. */
export async function countExceptions(
  db: Queryable,
  about: {
    readonly owner: string
    readonly queues: readonly ExceptionQueue[]
    readonly now: Date
    readonly soon: Date
    readonly today: Date
  },
): Promise<ExceptionCounts> {
  const { rows } = await db.query<ExceptionCounts>(
    `with open as materialized (
       select exception_id, code, case_id, queue, owner, due_at, opened_at
       from exception where status = 'open' order by exception_id limit ${countLimit})
     select count(*) filter (where owner = $1)::int as mine,
       count(*) filter (where due_at < $3)::int as overdue,
       count(*) filter (where due_at >= $3 and due_at < $4)::int as "dueSoon",
       -- Those of before that were opened again, and those that were made since.
       (count(*) filter (where opened_at >= $5 and exception_id < $6)
         + (select count(*) from (select from exception where exception_id >= $6 and opened_at >= $5
              limit ${countLimit}) made))::int as "openedToday",
       count(*) filter (where code = 'MD01' and case_id is null)::int as "parkedWords",
       coalesce((select json_agg(q) from (
         select queue, count(*)::int as open, count(*) filter (where owner is null)::int as unassigned,
           count(*) filter (where due_at < $3)::int as overdue,
           count(*) filter (where due_at >= $3 and due_at < $4)::int as "dueSoon"
         from open where queue = any ($2) group by queue order by queue) q), '[]') as queues
     from open`,
    [about.owner, about.queues, about.now, about.soon, about.today, idFloor(about.today)],
  )
  const [row] = rows
  if (row === undefined) throw new TypeError('a query of one row came back with none')
  return row
}

/** The lowest id that can have been made at a time. */
function idFloor(at: Date): string {
  const hex = at.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** How many returns stand at each of these headlines. */
export async function countHeadlines(
  db: Queryable,
  headlines: readonly Headline[],
): Promise<{ readonly headline: Headline; readonly count: number }[]> {
  const { rows } = await db.query<{ headline: Headline; count: number }>(
    `select h.headline, (select count(*)::int from (
       select from case_headline c where c.headline = h.headline order by c.case_seq limit ${countLimit}) counted) as count
     from unnest($1::text[]) as h (headline)`,
    [headlines],
  )
  return rows
}

/** Money that returns on hold would give back, in minor units. */
export interface HeldMoney {
  readonly count: number
  readonly amounts: readonly { readonly currency: string; readonly minor: number }[]
}

/**
 * What returns on hold owe at most: what was posted and is not paid, or, before anything was posted, what their lines
 * were invoiced for.
 */
export async function sumHeldMoney(db: Queryable): Promise<HeldMoney> {
  const { rows } = await db.query<{ count: number; currency: string; minor: number }>(
    `select m.currency, count(*)::int as count, sum(m.left)::bigint as minor
     from (select case_id from case_headline where headline = 'exception_hold' order by case_seq limit ${countLimit}) h
     cross join lateral (
       select currency, case when posted_minor > 0 then posted_minor else invoiced_minor + goodwill_minor end
         - refunded_minor as left
       -- One by one, by its key, however many the planner takes returns on hold to be.
       from money_ledger where case_id = h.case_id limit 1) m
     where m.left > 0 group by m.currency order by m.currency`,
  )
  return {
    count: rows.reduce((sum, { count }) => sum + count, 0),
    amounts: rows.map(({ currency, minor }) => ({ currency, minor })),
  }
}

/** What waits for people or time, beside exceptions. */
export interface OtherCounts {
  readonly deadLetters: number
  readonly parkedMessages: number
  /** Looks at returns that are due by then. */
  readonly timersDue: number
}

export async function countOthers(db: Queryable, soon: Date): Promise<OtherCounts> {
  const { rows } = await db.query<OtherCounts>(
    `select
       (select count(*)::int from (select from outbox_dead limit ${countLimit}) counted) as "deadLetters",
       (select count(*)::int from (select from parked_message limit ${countLimit}) counted) as "parkedMessages",
       (select count(*)::int from (select from case_timer where due_at < $1 limit ${countLimit}) counted) as "timersDue"`,
    [soon],
  )
  return rows[0] ?? { deadLetters: 0, parkedMessages: 0, timersDue: 0 }
}
