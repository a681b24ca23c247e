import type { Headline } from '@backhaul/sdk/canonical'
import type { Queryable } from './database.ts'

/** How far a chain of the audit log has come. */
export interface ChainHead {
  readonly chainNo: number
  readonly chainId: string
  readonly seq: number
}

/** An exception as it now stands; `mark` differs whenever something that lists show of it does. */
export interface ChangedException {
  readonly id: string
  readonly status: 'open' | 'resolved'
  /** Null for one that belongs to no return. */
  readonly caseNo: string | null
  readonly mark: string
}

export interface ChangedReturn {
  readonly id: string
  readonly caseNo: string
  readonly headline: Headline
  readonly version: number
  readonly updatedAt: Date
}

/** What can be seen to have moved without looking at what happened. */
export interface Moves {
  /** The server's time, before anything was read. */
  readonly now: Date
  readonly chains: readonly ChainHead[]
  /** Exceptions of no return that were opened or resolved since the time that was asked for. */
  readonly loose: readonly ChangedException[]
  /** How each connection stands in the database. */
  readonly connections: readonly { readonly id: string; readonly mark: string }[]
}

/**
 * Chains that were opened before are, as a rule, those of processes that are gone. A process that was taken for dead
 * and came back counts as started then: its chains are found by looking at all of them now and then.
 */
export async function findOldestOpening(db: Queryable): Promise<Date> {
  const { rows } = await db.query<{ at: Date }>(
    `select least(now(), min(started_at)) - interval '1 day' as at from hub_node`,
  )
  return rows[0]?.at ?? new Date(0)
}

/** Which chains to look at: all of them, or those opened since, and some others. */
export type WatchedChains =
  | 'all'
  | { readonly openedAfter: Date; readonly others: readonly number[] }

/** What moved, seen at one moment. Of what grows it reads the end that is asked for, by an index. */
export async function findMoves(
  db: Queryable,
  from: { readonly chains: WatchedChains; readonly looseSince: Date },
): Promise<Moves> {
  const { openedAfter, others } = from.chains === 'all' ? allChains : from.chains
  const { rows } = await db.query<{
    now: Date
    chains: readonly (readonly [number, string, number])[] | null
    loose: readonly ChangedException[] | null
    connections: Moves['connections'] | null
  }>({
    name: 'find-moves',
    text: `select date_trunc('milliseconds', statement_timestamp()) as now,
        (select json_agg(json_build_array(chain_no, chain_id, seq))
         from audit_chain where opened_at >= $1 or chain_no = any ($2::bigint[])) as chains,
        (select json_agg(json_build_object('id', exception_id, 'status', status, 'caseNo', null, 'mark', ${exceptionMark}))
         from (select * from exception where case_id is null and opened_at >= $3
               union select * from exception where case_id is null and resolved_at is not null and resolved_at >= $3) e) as loose,
        (select json_agg(json_build_object('id', c.connection_id, 'mark',
           concat_ws(' ', c.version, k.checked_at, k.is_fine, k.code)))
         from connection c left join connection_check k on k.connection_id = c.connection_id) as connections`,
    values: [openedAfter, others, from.looseSince],
  })
  const [row] = rows
  if (row === undefined) throw new TypeError('a query of one row came back with none')
  return {
    now: row.now,
    chains: (row.chains ?? []).map(([chainNo, chainId, seq]) => ({ chainNo, chainId, seq })),
    loose: row.loose ?? [],
    connections: row.connections ?? [],
  }
}

const allChains = { openedAfter: '-infinity', others: [] }

const exceptionMark = `concat_ws(' ', e.status, e.severity, e.queue, e.owner, e.action, e.recurrences, e.opened_at, e.due_at,
  e.acknowledged_at, e.snoozed_until)`

/** Entries of a chain, from behind one up to another. */
export interface ChainSpan {
  readonly chainId: string
  readonly after: number
  readonly upTo: number
}

/** What entries of the audit log are about, as it stands now. */
export interface Changed {
  readonly returns: readonly ChangedReturn[]
  readonly exceptions: readonly ChangedException[]
  /** Ends, recoveries and replays of deliveries. */
  readonly deliveries: number
  /** Whether more was changed at once than is named: somebody worked on a group of exceptions. */
  readonly areOthers: boolean
}

/**
 * What was changed by the entries of these spans: the returns, with all of their exceptions, exceptions that people
 * worked on, and dead letters. Entries that were recorded before `since` are not looked for.
 */
export async function listChanged(
  db: Queryable,
  { spans, since }: { readonly spans: readonly ChainSpan[]; readonly since: Date },
): Promise<Changed> {
  const { rows } = await db.query<{
    returns: readonly (Omit<ChangedReturn, 'updatedAt'> & { readonly updatedAt: string })[] | null
    exceptions: readonly ChangedException[] | null
    deliveries: number
    areOthers: boolean
  }>({
    name: 'list-changed',
    text: `with entry as materialized (
        select a.object_type, a.object_id, a.action
        from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as span (chain_id, after, up_to)
        cross join lateral (
          select object_type, object_id, action from audit_entry e
          where e.chain_id = span.chain_id and e.seq > span.after and e.seq <= span.up_to and e.recorded_at >= $4
          order by e.seq) a),
      touched as materialized (
        select distinct object_id::uuid as case_id from entry where object_type = 'case'),
      changed as materialized (
        select c.case_id, c.case_no, h.headline, c.version, c.updated_at
        from touched t
        cross join lateral (select * from return_case where case_id = t.case_id) c
        cross join lateral (select headline from case_headline where case_id = t.case_id) h),
      worked as (
        select e.*, c.case_no from changed c
        cross join lateral (
          -- The expression of the unique index, which a plain comparison would not use.
          select * from exception
          where coalesce(case_id, '00000000-0000-0000-0000-000000000000') = c.case_id) e
        union all
        select e.*, null from (select distinct object_id::uuid as id from entry where object_type = 'exception') x
        cross join lateral (select * from exception where exception_id = x.id) e)
      select
        (select json_agg(json_build_object('id', case_id, 'caseNo', case_no, 'headline', headline,
           'version', version, 'updatedAt', updated_at) order by updated_at, case_id) from changed) as returns,
        (select json_agg(json_build_object('id', e.exception_id, 'status', e.status, 'caseNo', e.case_no,
           'mark', ${exceptionMark})) from worked e) as exceptions,
        (select count(*)::int from entry
         where object_type = 'delivery' or action in ('delivery.died', 'delivery.recovered')) as deliveries,
        exists (select from entry where object_type = 'exception_group') as "areOthers"`,
    values: [
      spans.map(({ chainId }) => chainId),
      spans.map(({ after }) => after),
      spans.map(({ upTo }) => upTo),
      since,
    ],
  })
  const [row] = rows
  return {
    returns: (row?.returns ?? []).map((one) => ({ ...one, updatedAt: new Date(one.updatedAt) })),
    exceptions: row?.exceptions ?? [],
    deliveries: row?.deliveries ?? 0,
    areOthers: row?.areOthers ?? false,
  }
}
