import type { CaseState, LineState } from './case-state.ts'
import { delayDueAt } from './delays.ts'
import {
  isAwaitingInspection,
  isCollateralOut,
  isDeliveredOnly,
  isNotSent,
  isUnderway,
  isUnpaid,
} from './exceptions/rules.ts'

/** A moment at which the case has to be looked at, if nothing has happened until then. */
export interface Timer {
  readonly kind: TimerKind
  readonly key: string
  readonly dueAt: string
}

/** How long the hub waits, in hours, before it raises the exception of the same code. */
const waitingHours = {
  /** After the goods came in, for their inspection. */
  QA01: 48,
  /** After the approval, for a carrier's scan; the customer is reminded twice. */
  LG02: 7 * 24,
  /** In transit without an end. */
  LG03: 10 * 24,
  /** After the carrier delivered, for the receipt. */
  LG05: 48,
  /** After the credit was posted, for the money. */
  FN06: 72,
  /** After the day on which the old goods should have been back. */
  CU04: 72,
  /** Before the claim has to be submitted. */
  PU02: -72,
  /** After the goods went to the vendor, for its credit. */
  PU03: 30 * 24,
} as const

type TimerKind = keyof typeof waitingHours | 'delay' | 'expiry'

/** Every timer that stands, from the state alone. One that has fired comes back only with a new due time. */
export function timersOf(state: CaseState): readonly Timer[] {
  const timers: Timer[] = []
  const add = (timer: Timer | null) => {
    if (timer && state.fired[`${timer.kind}:${timer.key}`] !== timer.dueAt) timers.push(timer)
  }
  addCaseTimers(state, add)
  addReminders(state, add)
  const lateAt = delayDueAt(state)
  if (lateAt !== null) add({ kind: 'delay', key: 'case', dueAt: lateAt })
  for (const credit of state.credits) {
    if (credit.postedAt !== null && isUnpaid(credit, state)) {
      add(waiting('FN06', credit.creditId, credit.postedAt))
    }
  }
  for (const item of state.fulfillments) {
    if (item.dueAt !== null && isCollateralOut(item, state)) {
      add(waiting('CU04', item.fulfillmentId, item.dueAt))
    }
  }
  for (const { claimId, status, submitBy, shippedAt } of state.supplierClaims) {
    if (status === 'candidate' && submitBy !== null) add(waiting('PU02', claimId, submitBy))
    if (status === 'shipped' && shippedAt !== null) add(waiting('PU03', claimId, shippedAt))
  }
  return timers
}

type Add = (timer: Timer | null) => void

function addCaseTimers(state: CaseState, add: Add): void {
  add(
    first(state, 'QA01', (line) =>
      isAwaitingInspection(line) ? line.since.inspection : undefined,
    ),
  )
  add(first(state, 'LG03', (line) => (isUnderway(line) ? line.since.transport : undefined)))
  add(first(state, 'LG05', (line) => (isDeliveredOnly(line) ? line.since.transport : undefined)))
}

/** The timer of the line that has waited longest, of those whose time has not come before. */
function first(
  state: CaseState,
  kind: 'QA01' | 'LG03' | 'LG05',
  since: (line: LineState) => string | undefined,
): Timer | null {
  const fired = state.fired[`${kind}:case`] ?? ''
  let earliest: Timer | null = null
  for (const line of state.lines) {
    const start = since(line)
    if (start === undefined) continue
    const candidate = waiting(kind, 'case', start)
    if (candidate.dueAt <= fired) continue
    if (earliest === null || candidate.dueAt < earliest.dueAt) earliest = candidate
  }
  return earliest
}

function addReminders(state: CaseState, add: Add): void {
  const { validUntil, approvedAt } = state.header
  if (!state.lines.some(isNotSent)) return
  if (validUntil !== null) add({ kind: 'expiry', key: 'case', dueAt: validUntil })
  if (approvedAt === null) return
  for (const weeks of [1, 2]) {
    const dueAt = after(approvedAt, weeks * waitingHours.LG02)
    if (validUntil === null || dueAt < validUntil)
      add({ kind: 'LG02', key: `week-${weeks}`, dueAt })
  }
}

function waiting(kind: keyof typeof waitingHours, key: string, start: string): Timer {
  return { kind, key, dueAt: after(start, waitingHours[kind]) }
}

/** Times that were reckoned before: the timers of a case are asked for with each of its events, and seldom change. */
const reckoned = new Map<string, string>()
const mostReckoned = 5_000

function after(start: string, hours: number): string {
  const key = `${start}+${hours}`
  const known = reckoned.get(key)
  if (known !== undefined) return known
  if (reckoned.size >= mostReckoned) reckoned.clear()
  const time = new Date(Date.parse(start) + hours * 3_600_000).toISOString()
  reckoned.set(key, time)
  return time
}
