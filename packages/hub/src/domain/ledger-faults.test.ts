import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaseState, LineState } from './case-state.ts'
import { compare, isZero, plus } from './ledger/decimal.ts'
import { isAuthorized } from './ledger/lines.ts'
import { ledgersOf } from './ledgers.ts'
import { approvedStory } from './story.test.ts'

const atMost = (a: string, b: string) => compare(a, b) <= 0

/** What does not balance in a case, a sentence for each: the constraints of the database, and a few more. */
export function ledgerFaults(state: CaseState): string[] {
  return [...state.lines.flatMap(lineFaults), ...databaseFaults(state), ...moneyFaults(state)]
}

function lineFaults(line: LineState): string[] {
  const { lineNo, quantities: q, invoiced, postedMinor } = line
  const arrived = plus(q.received, q.surplus)
  const rules: [string, boolean][] = [
    ['no quantity is negative', Object.values(q).every((value) => atMost('0', value))],
    ['received within authorized', atMost(q.received, q.authorized)],
    ['authorized units have an authorization', isAuthorized(line) || isZero(q.authorized)],
    ['inspected was received', atMost(plus(q.accepted, q.rejected), arrived)],
    ['credited within invoice', invoiced === null || atMost(q.credited, invoiced.quantity)],
    [
      'posted within invoice',
      invoiced === null || postedMinor <= invoiced.netMinor + invoiced.taxMinor,
    ],
    ['posted is not negative', postedMinor >= 0 && Number.isSafeInteger(postedMinor)],
  ]
  return rules.filter(([, holds]) => !holds).map(([name]) => `line ${lineNo}: ${name}`)
}

/** The same predicates as the check constraints of `quantity_ledger`, `money_ledger` and `capacity_ledger`. */
function databaseFaults(state: CaseState): string[] {
  const { quantities, money, capacities } = ledgersOf(state)
  const faults: string[] = []
  for (const row of quantities) {
    const arrived = plus(row.received, row.surplus)
    const credited = compare(row.authorized, row.requested) >= 0 ? row.authorized : row.requested
    if (!atMost(row.received, row.authorized)) faults.push('no_over_return')
    if (!atMost(plus(row.accepted, row.rejected), arrived)) faults.push('inspected_was_received')
    if (!atMost(row.disposed, arrived)) faults.push('disposed_was_received')
    if (!atMost(row.credited, credited)) faults.push('credited_was_authorized')
    if (!Object.values(row).every((value) => typeof value === 'number' || fits(value)))
      faults.push('numeric(18,6)')
  }
  if (money.isInvoiced && money.postedMinor > money.invoicedMinor + money.goodwillMinor)
    faults.push('credit_within_invoice')
  if (money.isCaptured && money.refundedMinor > money.capturedMinor)
    faults.push('refund_within_payment')
  for (const [name, value] of Object.entries(money)) {
    if (typeof value === 'number' && (value < 0 || !Number.isSafeInteger(value)))
      faults.push(`${name} is ${value}`)
  }
  for (const { kind, key, capacity, amount } of capacities) {
    if (!atMost(amount, capacity)) faults.push(`${kind} ${key}`)
  }
  return faults
}

function fits(value: string): boolean {
  return /^\d{1,12}(\.\d{1,6})?$/.test(value)
}

function moneyFaults({ tenders, refunds }: CaseState): string[] {
  const faults: string[] = []
  for (const { paymentId, capturedMinor, refundedBeforeMinor, refundedMinor } of tenders) {
    if (refundedMinor < 0) faults.push(`${paymentId} refunded below zero`)
    if (refundedMinor > capturedMinor - refundedBeforeMinor)
      faults.push(`${paymentId} refunded above captured`)
    let booked = 0
    for (const { status, allocation } of refunds) {
      const part = allocation.find((entry) => entry.paymentId === paymentId)
      if (part && (status === 'released' || status === 'settled')) booked += part.minor
    }
    if (booked !== refundedMinor)
      faults.push(`${paymentId}: ${refundedMinor} booked, ${booked} allocated`)
  }
  return faults
}

test('the check of the ledgers notices a unit too many', () => {
  const { state } = approvedStory()
  assert.deepEqual(ledgerFaults(state), [])
  const [line] = state.lines
  assert.ok(line, 'there is no such line')
  const broken = { ...line, quantities: { ...line.quantities, received: '5' } }
  assert.deepEqual(ledgerFaults({ ...state, lines: [broken] }), [
    'line 1: received within authorized',
    'no_over_return',
  ])
})
