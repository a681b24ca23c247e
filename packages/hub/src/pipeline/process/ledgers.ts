import type { CaseState, LineState, StampedEvent } from '../../domain/index.ts'
import { ledgersOf, type Room } from '../../domain/index.ts'
import type { Tx } from '../../store/database.ts'
import {
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
  for (const item of items) {
    if (!drawsOnCapacity(item.stamped.type)) continue
    const found = desk.find(item.address)
    if (found.kind !== 'case' || found.held.state === null) continue
    const room = await roomOf(tx, found.held, found.held.state)
    if (room !== null) item.stamped = { ...item.stamped, room }
  }
}

async function roomOf(tx: Tx, held: HeldCase, state: CaseState): Promise<Room | null> {
  const { company } = state.header
  const lines = state.lines.filter((line) => line.invoiced !== null)
  const keys = [
    ...lines.flatMap((line) => [
      { kind: 'invoice_quantity' as const, key: invoiceKey(company, line) },
      { kind: 'invoice_amount' as const, key: invoiceKey(company, line) },
    ]),
    ...state.tenders.map(({ paymentId }) => ({
      kind: 'payment' as const,
      key: `${company}|${paymentId}`,
    })),
  ]
  const left = new Map(
    (await lockRemaining(tx, { caseId: held.caseId, keys })).map((row) => [
      capacityName(row),
      row.left,
    ]),
  )
  if (left.size === 0) return null
  return { lines: lineRoom(left, { company, lines }), payments: paymentRoom(left, state) }
}

function capacityName({ kind, key }: Pick<Remaining, 'kind' | 'key'>): string {
  return `${kind} ${key}`
}

function invoiceKey(company: string, line: LineState): string {
  return `${company}|${line.invoiced?.invoiceLine ?? ''}`
}

function lineRoom(
  left: ReadonlyMap<string, string>,
  { company, lines }: { company: string; lines: readonly LineState[] },
): NonNullable<Room['lines']> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const key = invoiceKey(company, line)
      const quantity = left.get(capacityName({ kind: 'invoice_quantity', key }))
      const minor = left.get(capacityName({ kind: 'invoice_amount', key }))
      return quantity === undefined || minor === undefined
        ? []
        : [[String(line.lineNo), { quantity, minor: Number(minor) }]]
    }),
  )
}

function paymentRoom(
  left: ReadonlyMap<string, string>,
  { header, tenders }: CaseState,
): NonNullable<Room['payments']> {
  return Object.fromEntries(
    tenders.flatMap(({ paymentId }) => {
      const minor = left.get(
        capacityName({ kind: 'payment', key: `${header.company}|${paymentId}` }),
      )
      return minor === undefined ? [] : [[paymentId, Number(minor)]]
    }),
  )
}

/** Books the quantities and the money of the cases whose ledgers moved, under the database's own constraints. */
export async function writeLedgers(tx: Tx, cases: readonly HeldCase[]): Promise<void> {
  const moved = cases.filter(hasMovedLedger)
  const ledgers = moved.flatMap(({ caseId, state }) =>
    state === null ? [] : [{ caseId, state, ...ledgersOf(state) }],
  )
  await writeQuantities(
    tx,
    ledgers.flatMap(({ caseId, quantities }) => quantities.map((row) => ({ ...row, caseId }))),
  )
  await writeMoney(
    tx,
    ledgers.map(({ caseId, money }) => ({ ...money, caseId })),
  )
  await writeCapacities(
    tx,
    ledgers.flatMap(({ caseId, state, capacities }) =>
      capacities.map((row) => ({ ...row, caseId, key: `${state.header.company}|${row.key}` })),
    ),
  )
}

/** The core copies only what an event touches, so an untouched ledger is the same object. */
function hasMovedLedger({ before, state }: HeldCase): boolean {
  if (state === null || before === state) return false
  if (before === null) return true
  const isSameLines =
    before.lines === state.lines ||
    (before.lines.length === state.lines.length &&
      before.lines.every((line, index) => isSameLedger(line, state.lines[index])))
  return (
    !isSameLines ||
    before.tenders !== state.tenders ||
    before.credits !== state.credits ||
    before.dispositions !== state.dispositions
  )
}

function isSameLedger(before: LineState, after: LineState | undefined): boolean {
  return (
    after !== undefined &&
    before.quantities === after.quantities &&
    before.invoiced === after.invoiced &&
    before.postedMinor === after.postedMinor
  )
}
