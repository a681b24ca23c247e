import {
  type CapacityUse,
  type CaseState,
  type Ledgers,
  type LineState,
  ledgersOf,
  type QuantityRow,
  type Room,
  type StampedEvent,
} from '../../domain/index.ts'
import type { Tx } from '../../store/database.ts'
import {
  type CapacityKey,
  lockRemaining,
  type Remaining,
  writeCapacities,
  writeMoney,
  writeQuantities,
} from '../../store/ledgers.ts'
import type { Addressed, CaseDesk } from './correlate.ts'
import type { HeldCase } from './work.ts'

/** Events that use up invoice lines or payments, which other cases may share. */
function drawsOnCapacity(type: string): boolean {
  return type.startsWith('credit.') || type.startsWith('refund.')
}

/**
 * Writes onto credit and refund events what other cases have left of the same invoice lines and payments,
 * and locks that until the batch commits. From then on it is part of the event: a later fold of the
 * history decides on the same figures.
 */
export async function recordRoom(
  tx: Tx,
  desk: CaseDesk,
  items: readonly { readonly address: Addressed; stamped: StampedEvent }[],
): Promise<void> {
  const drawing = items.flatMap((item) => {
    const found = drawsOnCapacity(item.stamped.type) ? desk.find(item.address) : null
    if (found?.kind !== 'case' || found.held.state === null) return []
    return [{ item, caseId: found.held.caseId, state: found.held.state }]
  })
  const states = new Map(drawing.map(({ caseId, state }) => [caseId, state]))
  const keys = [...states].flatMap(([caseId, state]) => capacityKeys(caseId, state))
  const remaining = await lockRemaining(tx, keys)
  if (remaining.length === 0) return
  const left = new Map(remaining.map((row) => [capacityName(row), row.left]))
  for (const { item, caseId, state } of drawing) {
    const room = {
      lines: lineRoom(left, caseId, state),
      payments: paymentRoom(left, caseId, state),
    }
    item.stamped = { ...item.stamped, room }
  }
}

function capacityKeys(caseId: string, { header, lines, tenders }: CaseState): CapacityKey[] {
  const { company } = header
  return [
    ...lines.flatMap((line) => {
      const key = invoiceKey(company, line)
      if (key === null) return []
      return [
        { caseId, kind: 'invoice_quantity' as const, key },
        { caseId, kind: 'invoice_amount' as const, key },
      ]
    }),
    ...tenders.map(({ paymentId }) => {
      return { caseId, kind: 'payment' as const, key: `${company}|${paymentId}` }
    }),
  ]
}

function capacityName({ caseId, kind, key }: CapacityKey): string {
  return `${caseId} ${kind} ${key}`
}

/** Two companies may number their invoice lines alike. */
function invoiceKey(company: string, { invoiced }: LineState): string | null {
  return invoiced === null ? null : `${company}|${invoiced.invoiceLine}`
}

type Left = ReadonlyMap<string, Remaining['left']>

function lineRoom(left: Left, caseId: string, state: CaseState): NonNullable<Room['lines']> {
  return Object.fromEntries(
    state.lines.flatMap((line) => {
      const key = invoiceKey(state.header.company, line)
      if (key === null) return []
      const quantity = left.get(capacityName({ caseId, kind: 'invoice_quantity', key }))
      const minor = left.get(capacityName({ caseId, kind: 'invoice_amount', key }))
      if (quantity === undefined || minor === undefined) return []
      return [[String(line.lineNo), { quantity, minor: Number(minor) }]]
    }),
  )
}

function paymentRoom(left: Left, caseId: string, state: CaseState): NonNullable<Room['payments']> {
  return Object.fromEntries(
    state.tenders.flatMap(({ paymentId }) => {
      const key = `${state.header.company}|${paymentId}`
      const minor = left.get(capacityName({ caseId, kind: 'payment', key }))
      return minor === undefined ? [] : [[paymentId, Number(minor)]]
    }),
  )
}

/** Books what moved in the ledgers of these cases, under the database's own constraints. */
export async function writeLedgers(tx: Tx, cases: readonly HeldCase[]): Promise<void> {
  const moved = cases.filter(mayHaveMoved).flatMap((held) => {
    const { caseId, before, state, ledgers } = held
    if (state === null) return []
    const was = before === null ? null : (ledgers ?? ledgersOf(before))
    const is = ledgersOf(state)
    held.ledgers = is
    return [{ caseId, company: state.header.company, was, is }]
  })
  await writeQuantities(
    tx,
    moved.flatMap(({ caseId, was, is }) =>
      newQuantities(was, is).map((row) => ({ ...row, caseId })),
    ),
  )
  await writeMoney(
    tx,
    moved.flatMap(({ caseId, was, is }) =>
      isEqual(was?.money, is.money) ? [] : [{ ...is.money, caseId }],
    ),
  )
  await writeCapacities(
    tx,
    moved.flatMap(({ caseId, company, was, is }) =>
      newUses(was, is).map(({ kind, key, capacity, amount }) => {
        return { kind, key: `${company}|${key}`, capacity, amount, caseId }
      }),
    ),
  )
}

function newQuantities(was: Ledgers | null, is: Ledgers): QuantityRow[] {
  const before = new Map(was?.quantities.map((row) => [row.lineNo, row]))
  return is.quantities.filter((row) => !isEqual(before.get(row.lineNo), row))
}

/** Only what a case uses is booked: that it might use something takes nothing from others. */
function newUses(was: Ledgers | null, is: Ledgers): CapacityUse[] {
  const before = new Map(was?.capacities.map((use) => [useName(use), use.amount]))
  const changed = new Set(
    is.capacities.flatMap((use) =>
      (before.get(useName(use)) ?? '0') === use.amount ? [] : [`${use.kind} ${use.key}`],
    ),
  )
  // Two lines may draw on one invoice line: what the case uses of it is their sum.
  return is.capacities.filter(({ kind, key }) => changed.has(`${kind} ${key}`))
}

function useName({ kind, key, lineNo }: CapacityUse): string {
  return `${kind} ${lineNo ?? ''} ${key}`
}

/** The core copies a line when an event touches it, so an untouched one is the same object. */
function mayHaveMoved({ before, state }: HeldCase): boolean {
  if (state === null || before === state) return false
  if (before === null) return true
  return (
    before.tenders !== state.tenders ||
    before.credits !== state.credits ||
    before.dispositions !== state.dispositions ||
    before.lines.length !== state.lines.length ||
    before.lines.some((line, index) => hasMovedLedger(line, state.lines[index]))
  )
}

function hasMovedLedger(before: LineState, after: LineState | undefined): boolean {
  if (before === after) return false
  return (
    before.invoiced !== after?.invoiced ||
    before.postedMinor !== after.postedMinor ||
    !isEqual(before.quantities, after.quantities)
  )
}

/** Whether two flat records hold the same. */
function isEqual<Row extends object>(a: Row | undefined, b: Row): boolean {
  if (a === undefined) return false
  for (const name in b) if (a[name] !== b[name]) return false
  return true
}
