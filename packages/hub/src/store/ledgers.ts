import type { Tx } from './database.ts'

export interface QuantityRow {
  readonly caseId: string
  readonly lineNo: number
  readonly requested: string
  readonly authorized: string
  readonly received: string
  readonly surplus: string
  readonly accepted: string
  readonly rejected: string
  readonly disposed: string
  readonly credited: string
}

export interface MoneyRow {
  readonly caseId: string
  readonly currency: string
  readonly invoicedMinor: number
  readonly goodwillMinor: number
  readonly postedMinor: number
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly isInvoiced: boolean
  readonly isCaptured: boolean
}

type CapacityKind = 'invoice_quantity' | 'invoice_amount' | 'payment'

/** Something that can be used up once over all cases, and how much of it a case uses. */
export interface CapacityRow {
  readonly kind: CapacityKind
  readonly key: string
  readonly capacity: string
  readonly caseId: string
  readonly amount: string
}

/**
 * Whether two cases used up one capacity together because neither knew of the other yet. The batch that
 * lost runs again, and then it does.
 */
export function isCapacityRace(error: unknown): boolean {
  return (error as { constraint?: unknown } | null)?.constraint === 'used_at_most_once'
}

export async function writeQuantities(tx: Tx, rows: readonly QuantityRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'write-quantities',
    text: `insert into quantity_ledger (case_id, line_no, requested, authorized, received, surplus, accepted, rejected, disposed, credited)
      select "caseId", "lineNo", requested, authorized, received, surplus, accepted, rejected, disposed, credited
      from json_to_recordset($1) as g ("caseId" uuid, "lineNo" int, requested numeric, authorized numeric, received numeric, surplus numeric, accepted numeric, rejected numeric, disposed numeric, credited numeric)
      on conflict (case_id, line_no) do update set requested = excluded.requested, authorized = excluded.authorized, received = excluded.received,
        surplus = excluded.surplus, accepted = excluded.accepted, rejected = excluded.rejected, disposed = excluded.disposed, credited = excluded.credited`,
    values: [JSON.stringify(rows)],
  })
}

export async function writeMoney(tx: Tx, rows: readonly MoneyRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'write-money',
    text: `insert into money_ledger (case_id, currency, invoiced_minor, goodwill_minor, posted_minor, captured_minor, refunded_minor, is_invoiced, is_captured)
      select "caseId", currency, "invoicedMinor", "goodwillMinor", "postedMinor", "capturedMinor", "refundedMinor", "isInvoiced", "isCaptured"
      from json_to_recordset($1) as g ("caseId" uuid, currency text, "invoicedMinor" bigint, "goodwillMinor" bigint, "postedMinor" bigint, "capturedMinor" bigint, "refundedMinor" bigint, "isInvoiced" boolean, "isCaptured" boolean)
      on conflict (case_id) do update set currency = excluded.currency, invoiced_minor = excluded.invoiced_minor, goodwill_minor = excluded.goodwill_minor,
        posted_minor = excluded.posted_minor, captured_minor = excluded.captured_minor, refunded_minor = excluded.refunded_minor,
        is_invoiced = excluded.is_invoiced, is_captured = excluded.is_captured`,
    values: [JSON.stringify(rows)],
  })
}

/**
 * Books what cases use of invoice lines and payments, in the order of their keys. The ledger's row is the
 * sum over all cases, and its constraint is what keeps two channels from crediting one unit twice.
 */
export async function writeCapacities(tx: Tx, rows: readonly CapacityRow[]): Promise<void> {
  if (rows.length === 0) return
  const given = JSON.stringify(rows)
  const columns = `(kind text, key text, capacity numeric, "caseId" uuid, amount numeric)`
  await tx.query(
    `insert into capacity_ledger (kind, key, capacity)
     select kind, key, max(capacity) from json_to_recordset($1) as g ${columns} group by kind, key order by kind, key
     on conflict (kind, key) do update set capacity = greatest(capacity_ledger.capacity, excluded.capacity)`,
    [given],
  )
  await tx.query(
    `insert into capacity_use (kind, key, case_id, amount)
     select kind, key, "caseId", sum(amount) from json_to_recordset($1) as g ${columns} group by kind, key, "caseId" order by kind, key
     on conflict (kind, key, case_id) do update set amount = excluded.amount`,
    [given],
  )
  await tx.query(
    `update capacity_ledger l
     set used = (select coalesce(sum(u.amount), 0) from capacity_use u where u.kind = l.kind and u.key = l.key)
     from (select distinct kind, key from json_to_recordset($1) as g ${columns}) g
     where l.kind = g.kind and l.key = g.key`,
    [given],
  )
}

/** A capacity that a case draws on. */
export interface CapacityKey {
  readonly caseId: string
  readonly kind: CapacityKind
  readonly key: string
}

export interface Remaining extends CapacityKey {
  /** What is left for the case, its own use included. */
  readonly left: string
}

/** Locks the capacities that cases draw on, in the order of their keys, and says what is left of each for each case. */
export async function lockRemaining(tx: Tx, keys: readonly CapacityKey[]): Promise<Remaining[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<Remaining>({
    name: 'lock-remaining',
    text: `with locked as materialized (
        select l.kind, l.key, l.capacity, l.used
        from (select distinct kind, key from json_to_recordset($1) as g (kind text, key text)) g
        join capacity_ledger l on l.kind = g.kind and l.key = g.key
        order by l.kind, l.key for update of l)
      select g."caseId", l.kind, l.key, (l.capacity - l.used + coalesce(u.amount, 0))::text as left
      from json_to_recordset($1) as g ("caseId" uuid, kind text, key text)
      join locked l on l.kind = g.kind and l.key = g.key
      left join capacity_use u on u.kind = l.kind and u.key = l.key and u.case_id = g."caseId"`,
    values: [JSON.stringify(keys)],
  })
  return rows
}
