import type { Queryable, Tx } from './database.ts'

/** An entry of the audit log as it has to be hashed: JSON as its text, hashes in base64. */
export interface StoredAuditEntry {
  readonly chainId: string
  readonly seq: number
  /** Microseconds since 1970, so that a change below a millisecond shows; null for an infinite time. */
  readonly recordedAtUs: number | null
  readonly actor: string
  readonly action: string
  readonly objectType: string
  readonly objectId: string
  readonly caseSeq: number | null
  readonly detail: string | null
  readonly contentHash: string | null
  readonly hash: string
}

export interface StoredAuditChain {
  readonly chainNo: number
  readonly chainId: string
  readonly writer: string
  readonly openedAtUs: number | null
  readonly link: string
  readonly seq: number
  readonly head: string
  readonly seal: string
}

/** An event of a case's history as it has to be hashed, for the audit entry that stands for it. */
export interface AuditedEvent {
  /** Place of the entry in the list that was asked for. */
  readonly index: number
  readonly recordedAtUs: number | null
  readonly eventKey: string
  readonly eventId: string
  readonly type: string
  readonly occurredAtUs: number | null
  readonly source: string
  readonly actor: string
  readonly owns: string
  readonly messageId: string
  readonly dataText: string
  readonly roomText: string | null
  readonly effectText: string
}

/** An event with which something is wrong by its mere presence. */
export interface UnvouchedEvent {
  readonly caseId: string
  readonly seq: number
  /** Whether an audit entry names it. */
  readonly isAudited: boolean
  readonly hasCase: boolean
}

/** Where a case stands, and the events that its history has. */
export interface CaseHistory {
  readonly caseId: string
  readonly version: number
  readonly createdAt: Date
  /** How many different numbers its events have, the lowest and the highest; nulls where there is none. */
  readonly count: number
  readonly first: number | null
  readonly last: number | null
}

/** The head of a chain at some moment, as an anchor names it. */
export interface AuditHead {
  readonly chainId: string
  readonly seq: number
  readonly hash: string
  /** When its last entry was recorded, ISO 8601 UTC: it says where to look for it. */
  readonly at: string
}

const microseconds = (column: string): string =>
  `case when isfinite(${column}) then (extract(epoch from ${column}) * 1000000)::bigint end`

const chainColumns = `chain_no as "chainNo", chain_id as "chainId", writer,
  ${microseconds('opened_at')} as "openedAtUs", encode(link, 'base64') as link, seq,
  encode(head, 'base64') as head, encode(seal, 'base64') as seal`

/**
 * Makes the transaction a picture of one moment, which may be looked at for as long as it takes. Call it
 * first, before any other statement.
 */
export async function beginAuditSnapshot(tx: Tx): Promise<void> {
  await tx.query('set transaction isolation level repeatable read, read only')
  await tx.query(
    `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = '5min'`,
  )
}

/**
 * Gives the locks of `work` back when it is done. A transaction would keep a lock on every partition that
 * it has looked into, and on its indexes; years of days do not fit into the server's lock table.
 */
export async function withReleasedLocks<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  await tx.query('savepoint look')
  try {
    return await work()
  } finally {
    await tx.query('rollback to savepoint look; release savepoint look')
  }
}

/** The tables that really hold the rows of a partitioned one, the oldest day first, as SQL names them. */
export async function listPartitions(
  tx: Tx,
  parent: 'audit_entry' | 'case_event',
): Promise<string[]> {
  const { rows } = await tx.query<{ name: string }>(
    // Not by pg_partition_tree, which locks all of them.
    `with recursive below as (
       select inhrelid as id from pg_inherits where inhparent = $1::regclass
       union all select i.inhrelid from pg_inherits i join below on i.inhparent = below.id)
     select below.id::regclass::text as name from below join pg_class c on c.oid = below.id
     where c.relkind <> 'p' order by 1`,
    [parent],
  )
  return rows.map(({ name }) => name)
}

/** @returns null where there is no such chain. */
export async function findChain(tx: Tx, chainId: string): Promise<StoredAuditChain | null> {
  const { rows } = await tx.query<StoredAuditChain>(
    `select ${chainColumns} from audit_chain where chain_id = $1`,
    [chainId],
  )
  return rows[0] ?? null
}

/** All chains by their number, the order in which they are linked. */
export function streamChainsByNumber(tx: Tx): AsyncGenerator<StoredAuditChain> {
  return stream(tx, {
    name: 'audit_chains_by_number',
    query: `select ${chainColumns} from audit_chain order by chain_no`,
  })
}

/** The entries of one partition, chain after chain, each in its order. */
export function streamEntries(tx: Tx, partition: string): AsyncGenerator<StoredAuditEntry> {
  return stream(tx, {
    name: 'audit_entries',
    query: `select chain_id as "chainId", seq, ${microseconds('recorded_at')} as "recordedAtUs", actor, action,
        object_type as "objectType", object_id as "objectId", case_seq as "caseSeq", detail::text as detail,
        encode(content_hash, 'base64') as "contentHash", encode(hash, 'base64') as hash
      from ${partition} order by chain_id, seq, recorded_at`,
  })
}

/** Events of one partition that no entry stands for, or that belong to no case, and how many events it has. */
export async function findUnvouchedEvents(
  tx: Tx,
  partition: string,
): Promise<{ count: number; unvouched: UnvouchedEvent[] }> {
  const range = await tx.query<{ count: number; first: Date | null; last: Date | null }>(
    `select count(*) as count, min(recorded_at) as first, max(recorded_at) + interval '1 millisecond' as last from ${partition}`,
  )
  const { count = 0, first = null, last = null } = range.rows[0] ?? {}
  // Without a time every partition of the audit log would be looked into.
  if (count === 0) return { count, unvouched: [] }
  const { rows } = await tx.query<UnvouchedEvent>(
    `select e.case_id as "caseId", e.seq, a.object_id is not null as "isAudited", c.case_id is not null as "hasCase"
     from ${partition} e
     left join return_case c on c.case_id = e.case_id
     left join audit_entry a on a.object_id = e.case_id::text and a.recorded_at = e.recorded_at and a.case_seq = e.seq
       and a.object_type = 'case' and a.content_hash is not null and a.recorded_at between $1 and $2
     where c.case_id is null or a.object_id is null
     order by 1, 2`,
    [first, last],
  )
  return { count, unvouched: rows }
}

const casesPerPage = 5_000

/** A page of cases by id, with what their histories hold; none after the last page. */
export async function listCaseHistories(tx: Tx, after: string): Promise<CaseHistory[]> {
  const { rows: page } = await tx.query<CaseHistory & { updatedAt: Date }>(
    `select case_id as "caseId", version, created_at as "createdAt", updated_at as "updatedAt",
       0 as count, null as first, null as last
     from return_case where case_id > $1 order by case_id limit ${casesPerPage}`,
    [after],
  )
  const [first, last] = [page[0], page.at(-1)]
  if (first === undefined || last === undefined) return []
  const { rows } = await tx.query<Pick<CaseHistory, 'caseId' | 'count' | 'first' | 'last'>>(
    `select case_id as "caseId", count(distinct seq)::int as count, min(seq) as first, max(seq) as last
     from case_event where case_id between $1 and $2 and recorded_at between $3 and $4 group by 1`,
    // The times keep the other partitions out before anything is locked.
    [
      first.caseId,
      last.caseId,
      new Date(Math.min(...page.map(({ createdAt }) => createdAt.getTime()))),
      new Date(Math.max(...page.map(({ updatedAt }) => updatedAt.getTime()))),
    ],
  )
  const histories = new Map(rows.map((row) => [row.caseId, row]))
  return page.map(({ updatedAt: _updatedAt, ...row }) => ({ ...row, ...histories.get(row.caseId) }))
}

const fetchSize = 2_000

/** Reads a query through a cursor: memory holds one helping of it at a time. */
async function* stream<Row>(
  tx: Tx,
  { name, query }: { readonly name: string; readonly query: string },
): AsyncGenerator<Row> {
  await tx.query(`declare ${name} no scroll cursor for ${query}`)
  for (;;) {
    const { rows } = await tx.query(`fetch ${fetchSize} from ${name}`)
    yield* rows as Row[]
    if (rows.length < fetchSize) break
  }
  await tx.query(`close ${name}`)
}

/** The events that entries stand for, each with its place in `wanted`; those that are gone are left out. */
export async function findAuditedEvents(
  tx: Tx,
  wanted: readonly { readonly caseId: string; readonly seq: number; readonly at: string }[],
): Promise<AuditedEvent[]> {
  if (wanted.length === 0) return []
  const times = wanted.map(({ at }) => at).toSorted()
  const { rows } = await tx.query<AuditedEvent>(
    `select g.n as index, ${microseconds('e.recorded_at')} as "recordedAtUs", e.event_key as "eventKey",
       e.event_id as "eventId", e.type, ${microseconds('e.occurred_at')} as "occurredAtUs", e.source, e.actor,
       e.owns, e.message_id as "messageId", e.data::text as "dataText", e.room::text as "roomText",
       e.effect::text as "effectText"
     from json_to_recordset($1) as g (n int, c uuid, s int, a timestamptz)
     cross join lateral (
       select * from case_event e
       where e.case_id = g.c and e.seq = g.s and e.recorded_at = g.a
         -- The times of the whole list keep the other partitions out before anything is locked.
         and e.recorded_at between $2 and $3
       -- Looked up one by one: anything else would read the whole day for each helping.
       limit 1) e`,
    [
      JSON.stringify(wanted.map(({ caseId, seq, at }, n) => ({ n, c: caseId, s: seq, a: at }))),
      times[0],
      times.at(-1),
    ],
  )
  return rows
}

/** Of these heads, those that are in the log as they were, by their places in the list. */
export async function findHeads(tx: Tx, heads: readonly AuditHead[]): Promise<ReadonlySet<number>> {
  if (heads.length === 0) return new Set()
  const times = heads.map(({ at }) => at).toSorted()
  const rows = heads.map(({ chainId, seq, hash, at }, n) => ({
    n,
    c: chainId,
    s: seq,
    h: hash,
    a: at,
  }))
  const found = await tx.query<{ index: number }>(
    `select g.n as index
     from json_to_recordset($1) as g (n int, c uuid, s bigint, h text, a timestamptz)
     cross join lateral (
       select from audit_entry e
       where e.chain_id = g.c and e.seq = g.s and e.recorded_at = g.a and e.hash = decode(g.h, 'base64')
         and e.recorded_at between $2 and $3
       limit 1) e`,
    [JSON.stringify(rows), times[0], times.at(-1)],
  )
  return new Set(found.rows.map(({ index }) => index))
}

/** How much there is to look at, for telling how far a verification has come. */
export async function countAudited(db: Queryable): Promise<{ entries: number; events: number }> {
  const { rows } = await db.query<{ entries: number; events: number }>(
    `select (select coalesce(sum(seq), 0)::bigint from audit_chain) as entries,
       (select coalesce(sum(version), 0)::bigint from return_case) as events`,
  )
  return rows[0] ?? { entries: 0, events: 0 }
}

/** Days that are looked back for the last anchor; further where nothing is found. */
const anchorDays = [2, 32, 1_024]

/** When the log was anchored last, by whichever process; null where it was not for years. */
export async function findLastAnchor(
  db: Queryable,
  anchor: { readonly action: string; readonly objectId: string },
): Promise<Date | null> {
  for (const days of anchorDays) {
    const { rows } = await db.query<{ recordedAt: Date }>(
      `select recorded_at as "recordedAt" from audit_entry
       where object_id = $1 and action = $2 and recorded_at > now() - make_interval(days => $3)
       order by recorded_at desc limit 1`,
      [anchor.objectId, anchor.action, days],
    )
    if (rows[0] !== undefined) return rows[0].recordedAt
  }
  return null
}

/** Heads of the chains that were written to after `since`, or of all of them, by chain number. */
export async function listHeads(db: Queryable, since: Date | null): Promise<AuditHead[]> {
  const { rows } = await db.query<AuditHead>(
    `select c.chain_id as "chainId", c.seq, encode(c.head, 'base64') as hash,
       to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at
     from audit_chain c
     join audit_entry e on e.chain_id = c.chain_id and e.seq = c.seq
     where $1::timestamptz is null or e.recorded_at >= $1
     order by c.chain_no`,
    [since],
  )
  return rows
}
