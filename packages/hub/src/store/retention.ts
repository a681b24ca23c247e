import type { Pool } from './database.ts'

/** Days for which each kind of history is kept. */
export interface Retention {
  readonly inboxDays: number
  readonly caseEventDays: number
  readonly attemptDays: number
  readonly dedupeDays: number
}

const daysOf: readonly {
  readonly parent: string
  readonly keptDays: (retention: Retention) => number
}[] = [
  { parent: 'inbox_message', keptDays: ({ inboxDays }) => inboxDays },
  { parent: 'case_event', keptDays: ({ caseEventDays }) => caseEventDays },
  { parent: 'outbox_delivery', keptDays: ({ caseEventDays }) => caseEventDays },
  { parent: 'delivery_attempt', keptDays: ({ attemptDays }) => attemptDays },
]

/**
 * Drops the day partitions that are older than they have to be kept. The audit log has no end: its chain
 * could not be verified without its beginning.
 *
 * @returns the names of the partitions that are gone.
 */
export async function dropOldPartitions(pool: Pool, retention: Retention): Promise<string[]> {
  const dropped: string[] = []
  for (const { parent, keptDays } of daysOf) {
    const { rows } = await pool.query<{ name: string }>(
      `select c.relname as name
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = $1::regclass and c.relname ~ '_[0-9]{8}$'
         and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date - $2::int
       order by 1`,
      [parent, keptDays(retention)],
    )
    for (const { name } of rows) {
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
