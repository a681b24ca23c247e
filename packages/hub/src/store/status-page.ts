import type { Queryable } from './database.ts'

/** What was last said of a label, and to the customer. */
export interface SaidToCustomer {
  /** Data of `label.issued` events, unparsed, the newest first. */
  readonly labels: readonly unknown[]
  /** What whoever decided last wants the customer to read. */
  readonly customerText: string | null
}

const mostLabels = 20

/** Reads it from the history: a case keeps neither links nor words. */
export async function findSaidToCustomer(
  db: Queryable,
  { caseId, createdAt }: { readonly caseId: string; readonly createdAt: Date },
): Promise<SaidToCustomer> {
  const { rows } = await db.query<SaidToCustomer>({
    name: 'find-said-to-customer',
    // One pass over the history of one case, by its index; its age keeps the older partitions out.
    text: `with said as materialized (
        select seq, type, data from case_event
        where case_id = $1 and recorded_at >= $2::timestamptz
          and type in ('label.issued', 'return.info_requested', 'return.rejected', 'return.approved'))
      select
        coalesce((select jsonb_agg(l.data order by l.seq desc) from (
          select seq, data from said where type = 'label.issued' order by seq desc limit ${mostLabels}) l), '[]') as labels,
        (select data ->> 'customerText' from said where type <> 'label.issued' order by seq desc limit 1) as "customerText"`,
    values: [caseId, createdAt],
  })
  return rows[0] ?? { labels: [], customerText: null }
}

/** Messages of the head of the queue that are looked at: the oldest are there. */
const looked = 1_000

/**
 * For how many seconds news of these connections has been late, at most: of polls that fail, since they had been
 * read to their end; of messages that wait for the processor, since they came. 0 where nothing is late.
 */
export async function findLateness(
  db: Queryable,
  connectionIds: readonly string[],
): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>({
    name: 'find-lateness',
    text: `select coalesce(max(extract(epoch from now() - since)), 0)::float8 as seconds from (
        select coalesce(run_ended_at, run_started_at, due_at) as since from poll_cursor
        where connection_id = any ($1) and state = 'failed' and poll <> 'presence'
        union all
        select received_at from (
          select connection_id, received_at from inbox_ready order by ready_id limit ${looked}) head
        where connection_id = any ($1)) late`,
    values: [connectionIds],
  })
  return rows[0]?.seconds ?? 0
}
