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

/** Where a case stands. */
export interface CaseVersion {
  readonly caseId: string
  readonly version: number
  readonly createdAt: Date
}

/** An event of a history by its place. */
export interface HistoryPlace {
  readonly caseId: string
  readonly seq: number
  /** Whether an audit entry names this event. */
  readonly isAudited: boolean
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
  // Everything is read in the order of an index, a little at a time, in the partitions that are meant.
  await tx.query(
    `set local cursor_tuple_fraction = 0.0001; set local plan_cache_mode = force_custom_plan`,
  )
}

/** The chain that was opened last. */
export async function findNewestChain(db: Queryable): Promise<StoredAuditChain | null> {
  const { rows } = await db.query<StoredAuditChain>(
    `select ${chainColumns} from audit_chain order by chain_no desc limit 1`,
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

/** All chains by their id, the order in which `streamEntries` has their entries. */
export function streamChainsById(tx: Tx): AsyncGenerator<StoredAuditChain> {
  return stream(tx, {
    name: 'audit_chains_by_id',
    query: `select ${chainColumns} from audit_chain order by chain_id`,
  })
}

/** All entries, chain after chain, each in its order. */
export function streamEntries(tx: Tx): AsyncGenerator<StoredAuditEntry> {
  return stream(tx, {
    name: 'audit_entries',
    query: `select chain_id as "chainId", seq, ${microseconds('recorded_at')} as "recordedAtUs", actor, action,
        object_type as "objectType", object_id as "objectId", case_seq as "caseSeq", detail::text as detail,
        encode(content_hash, 'base64') as "contentHash", encode(hash, 'base64') as hash
      from audit_entry order by chain_id, seq, recorded_at`,
  })
}

export function streamCaseVersions(tx: Tx): AsyncGenerator<CaseVersion> {
  return stream(tx, {
    name: 'audit_case_versions',
    query: `select case_id as "caseId", version, created_at as "createdAt" from return_case order by case_id`,
  })
}

/** Every event of every history by its place, and whether an entry stands for it. */
export function streamHistory(tx: Tx): AsyncGenerator<HistoryPlace> {
  return stream(tx, {
    name: 'audit_history',
    query: `select e.case_id as "caseId", e.seq, exists (
          select from audit_entry a
          where a.object_id = e.case_id::text and a.recorded_at = e.recorded_at and a.case_seq = e.seq
            and a.object_type = 'case' and a.content_hash is not null) as "isAudited"
      from case_event e order by e.case_id, e.seq, e.recorded_at`,
  })
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
     join case_event e on e.case_id = g.c and e.seq = g.s and e.recorded_at = g.a
     -- The times of the whole list keep the other partitions out before anything is read.
     where e.recorded_at between $2 and $3`,
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
     join audit_entry e on e.chain_id = g.c and e.seq = g.s and e.recorded_at = g.a
     where e.recorded_at between $2 and $3 and e.hash = decode(g.h, 'base64')`,
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

/** When the log was anchored last, by whichever process; null where it never was. */
export async function findLastAnchor(
  db: Queryable,
  anchor: { readonly action: string; readonly objectId: string },
): Promise<Date | null> {
  const { rows } = await db.query<{ recordedAt: Date }>(
    `select recorded_at as "recordedAt" from audit_entry
     where object_id = $1 and action = $2 order by recorded_at desc limit 1`,
    [anchor.objectId, anchor.action],
  )
  return rows[0]?.recordedAt ?? null
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
