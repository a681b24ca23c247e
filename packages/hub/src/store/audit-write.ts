import type { Tx } from './database.ts'
import { rowsText } from './row-text.ts'

export interface ChainHead {
  readonly chainId: string
  readonly seq: number
  readonly head: string
}

/** Entries that are to be appended to a chain, hashed one upon the other. */
export interface AuditWrite {
  /** Rows as JSON text, under the short names that the statement reads. */
  readonly rows: readonly string[]
  /** Number of the entry after which they come. */
  readonly from: number
  readonly next: ChainHead
  /** Seal of the next head, base64. */
  readonly seal: string
}

/** Inserts entries, by the names of the parameters that hold their rows, their chain and their time. */
export function insertAuditEntries(rows: string, chain: string, now: string): string {
  return `insert into audit_entry (chain_id, seq, recorded_at, actor, action, object_type, object_id, case_seq, detail, content_hash, hash)
    select ${chain}, s, ${now}, a, c, t, o, e, d, decode(k, 'base64'), decode(h, 'base64')
    from json_to_recordset(${rows}) as g (s bigint, a text, c text, t text, o text, e int, d json, k text, h text)`
}

/** Moves the head of a chain, if it still is where this writer left it. */
export function moveHead(p: {
  chain: string
  seq: string
  head: string
  seal: string
  from: string
}): string {
  return `update audit_chain set seq = ${p.seq}, head = decode(${p.head}, 'base64'), seal = decode(${p.seal}, 'base64')
    where chain_id = ${p.chain} and seq = ${p.from}`
}

/** The values of both parts, in this order: rows, chain, seq, head, seal, from. */
export function auditValues({ rows, next, seal, from }: AuditWrite): unknown[] {
  return [rowsText(rows), next.chainId, next.seq, next.head, seal, from]
}

/** Appends audit entries alone. @returns whether the chain was where its writer had left it. */
export async function insertAudit(tx: Tx, audit: AuditWrite, now: Date): Promise<boolean> {
  const { rowCount } = await tx.query({
    name: 'append-audit',
    text: `with entry as (${insertAuditEntries('$2', '$3::uuid', '$1::timestamptz')})
      ${moveHead({ chain: '$3::uuid', seq: '$4', head: '$5', seal: '$6', from: '$7' })}`,
    values: [now, ...auditValues(audit)],
  })
  return rowCount === 1
}
