import type { Pool, Queryable } from './database.ts'

/** Days for which each kind of history is kept. */
export interface Retention {
  readonly inboxDays: number
  readonly caseEventDays: number
  readonly attemptDays: number
  readonly dedupeDays: number
}

interface History {
  readonly parent: string
  readonly keptDays: (retention: Retention) => number
  /** Work that is not done yet needs its history, however old: a day with any is kept. */
  readonly unless: string
}

const unappliedThatDay = `exists (select from parked_message p where p.received_at >= day and p.received_at < day + 1)
  or exists (select from inbox_ready r where r.received_at >= day and r.received_at < day + 1)`
const undeliveredThatDay = `exists (select from outbox_ready r where r.created_at >= day and r.created_at < day + 1)
  or exists (select from outbox_dead d where d.created_at >= day and d.created_at < day + 1)`

const histories: readonly History[] = [
  { parent: 'inbox_message', keptDays: ({ inboxDays }) => inboxDays, unless: unappliedThatDay },
  {
    parent: 'case_event',
    keptDays: ({ caseEventDays }) => caseEventDays,
    unless: undeliveredThatDay,
  },
  // A history that is folded anew asks which commands were owed before: they are kept as long as it.
  {
    parent: 'outbox_delivery',
    keptDays: ({ caseEventDays }) => caseEventDays,
    unless: undeliveredThatDay,
  },
  { parent: 'delivery_attempt', keptDays: ({ attemptDays }) => attemptDays, unless: 'false' },
]

/**
 * Drops the day partitions that are older than they have to be kept. The audit log has no end: its chain
 * could not be verified without its beginning.
 *
 * @param beforeDrop - runs for each partition before it goes, and sees to it that nobody needs it any more.
 * @returns the names of the partitions that are gone.
 */
export async function dropOldPartitions(
  pool: Pool,
  retention: Retention,
  beforeDrop: (partition: { readonly parent: string; readonly name: string }) => Promise<void>,
): Promise<string[]> {
  const dropped: string[] = []
  for (const { parent, keptDays, unless } of histories) {
    const { rows } = await pool.query<{ name: string }>(
      `select name from (
         select c.relname as name, to_date(right(c.relname, 8), 'YYYYMMDD') as day
         from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = $1::regclass and c.relname ~ '_[0-9]{8}$') partition
       where day < (now() at time zone 'UTC')::date - $2::int and not (${unless})
       order by name`,
      [parent, keptDays(retention)],
    )
    for (const { name } of rows) {
      await beforeDrop({ parent, name })
      // The name is the database's own, and has just been matched against the pattern.
      await pool.query(`drop table if exists "${name}"`)
      dropped.push(name)
    }
  }
  return dropped
}

/** Forgets message ids that are older than they have to be known, a few thousand at a time. */
export async function purgeDedupe(pool: Pool, { dedupeDays }: Retention): Promise<number> {
  const { rowCount } = await pool.query(
    `delete from inbox_dedupe where ctid = any (array(
       select ctid from inbox_dedupe where received_at < now() - make_interval(days => $1) limit 5000))`,
    [dedupeDays],
  )
  return rowCount ?? 0
}

/** Cases with events in this partition of `case_event` that are not in their snapshots. */
export async function listCasesBehind(
  db: Queryable,
  { partition, limit }: { readonly partition: string; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ caseId: string }>(
    // The name is the database's own.
    `select distinct e.case_id as "caseId" from "${partition}" e join return_case c on c.case_id = e.case_id
     where e.seq > c.snapshot_version limit $1`,
    [limit],
  )
  return rows.map(({ caseId }) => caseId)
}
