import type { ExceptionCode, ExceptionQueue } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from './database.ts'

/** What an exception is about, without which one: `delivery` of `delivery:7`. */
export const aboutSql = `split_part(e.object, ':', 1)`

/** The dead delivery that an exception is about. */
export const deadOf = `x.case_id = e.case_id and e.object like 'delivery:%' and x.delivery_no::text = substring(e.object from '[0-9]+$')`

/** Exceptions of one cause: of a code, about the same kind of thing, and where it is a delivery, of one connection. */
export interface GroupKey {
  readonly code: ExceptionCode
  readonly about: string
  readonly connectionId: string | null
}

export interface ExceptionGroup extends GroupKey {
  readonly severity: 'blocking' | 'warning' | 'info'
  readonly queues: readonly ExceptionQueue[]
  readonly count: number
  readonly acknowledged: number
  readonly snoozed: number
  readonly overdue: number
  readonly returns: number
  readonly firstAt: Date
  readonly lastAt: Date
  readonly dueAt: Date | null
  readonly detail: string | null
  readonly money: readonly { readonly currency: string; readonly minor: number }[]
  /** How many were opened on each of the last days, today's last. */
  readonly trend: readonly number[]
}

const trendDays = 14
/** Open exceptions that are looked at; more of them are no list for people. */
const lookedAt = 20_000

/** Open exceptions by cause, the largest groups first. */
export async function listExceptionGroups(
  db: Queryable,
  filter: { readonly queue?: string | undefined; readonly owner?: string | undefined },
): Promise<ExceptionGroup[]> {
  const { rows } = await db.query<ExceptionGroup>(
    `with open as materialized (
       select e.exception_id, e.code, ${aboutSql} as about, x.connection_id, e.case_id, e.severity, e.queue, e.opened_at, e.due_at,
         e.acknowledged_at, e.snoozed_until, e.detail
       from (select * from exception where status = 'open' and exception_id > '00000000-0000-0000-0000-000000000000'
             and ($1::text is null or queue = $1) and ($2::text is null or owner = $2) limit ${lookedAt}) e
       left join outbox_dead x on ${deadOf}),
     money as (
       select code, about, connection_id, json_agg(json_build_object('currency', currency, 'minor', minor) order by currency) as money
       from (select code, about, connection_id, m.currency, sum(m.invoiced_minor)::bigint as minor
             from (select distinct code, about, connection_id, case_id from open) o
             join money_ledger m on m.case_id = o.case_id and m.is_invoiced group by 1, 2, 3, 4) sums
       group by 1, 2, 3),
     days as (
       select code, about, connection_id, json_agg(n order by day) as trend
       from (select k.code, k.about, k.connection_id, d.day, count(o.exception_id)::int as n
             from (select distinct code, about, connection_id from open) k
             cross join (select date_trunc('day', now()) - make_interval(days => n) as day from generate_series(0, ${trendDays - 1}) n) d
             left join open o on o.code = k.code and o.about = k.about and o.connection_id is not distinct from k.connection_id
               and date_trunc('day', o.opened_at) = d.day
             group by 1, 2, 3, 4) counted
       group by 1, 2, 3)
     select g.*, coalesce(m.money, '[]') as money, d.trend from (
       select code, about, connection_id as "connectionId", min(severity) as severity, array_agg(distinct queue) as queues,
         count(*)::int as count, count(acknowledged_at)::int as acknowledged,
         count(*) filter (where snoozed_until > now())::int as snoozed, count(*) filter (where due_at < now())::int as overdue,
         count(distinct case_id)::int as returns, min(opened_at) as "firstAt", max(opened_at) as "lastAt", min(due_at) as "dueAt",
         (array_agg(detail order by opened_at desc))[1] as detail
       from open group by 1, 2, 3) g
     left join money m on m.code = g.code and m.about = g.about and m.connection_id is not distinct from g."connectionId"
     left join days d on d.code = g.code and d.about = g.about and d.connection_id is not distinct from g."connectionId"
     order by g.count desc, g.code, g.about, g."connectionId"`,
    [filter.queue ?? null, filter.owner ?? null],
  )
  return rows
}

/** What people note about open exceptions; left alone where undefined, ended where null. */
export interface ExceptionNote {
  readonly acknowledgedBy?: string | null | undefined
  readonly snoozedUntil?: Date | null | undefined
}

/** Which exceptions a note is for: one, or those of a group in the queues that its writer works on. */
export type NotedExceptions =
  | { readonly exceptionId: string }
  | { readonly group: GroupKey; readonly queues: readonly string[] }

/** Notes something about open exceptions. @returns their ids. */
export async function noteExceptions(
  tx: Tx,
  which: NotedExceptions,
  { acknowledgedBy, snoozedUntil }: ExceptionNote,
): Promise<string[]> {
  const isOne = 'exceptionId' in which
  const group = isOne ? null : which.group
  const { rows } = await tx.query<{ id: string }>(
    `update exception n set
       acknowledged_by = case when $1 then $2 else n.acknowledged_by end,
       acknowledged_at = case when $1 then case when $2::text is null then null else now() end else n.acknowledged_at end,
       snoozed_until = case when $3 then $4::timestamptz else n.snoozed_until end
     from (select e.exception_id from exception e left join outbox_dead x on ${deadOf}
           where e.status = 'open' and ${
             isOne
               ? 'e.exception_id = $5'
               : `e.queue = any ($5) and e.code = $6 and ${aboutSql} = $7 and x.connection_id is not distinct from $8`
           } limit ${lookedAt}) o
     where n.exception_id = o.exception_id returning n.exception_id as id`,
    [
      acknowledgedBy !== undefined,
      acknowledgedBy ?? null,
      snoozedUntil !== undefined,
      snoozedUntil ?? null,
      ...(isOne ? [which.exceptionId] : [which.queues]),
      ...(group === null ? [] : [group.code, group.about, group.connectionId]),
    ],
  )
  return rows.map(({ id }) => id)
}
