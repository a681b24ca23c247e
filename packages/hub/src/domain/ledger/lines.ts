import type { AxisState } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import type { LineDraft } from '../draft.ts'
import { compare, isZero, larger, less, plus, smaller } from './decimal.ts'

/** What stands on our floor for a line: within the authorization and beyond it. */
export function arrived({ quantities }: LineState): string {
  return quantities.surplus === '0'
    ? quantities.received
    : plus(quantities.received, quantities.surplus)
}

export function inspected({ quantities }: LineState): string {
  return plus(quantities.accepted, quantities.rejected)
}

const withAuthorization: ReadonlySet<AxisState<'authorization'>> = new Set([
  'approved',
  'partially_approved',
  'expired',
])

/** An authorization was given; one that has run out still says how much was authorized. */
export function isAuthorized({ axes }: LineState): boolean {
  return withAuthorization.has(axes.authorization)
}

const undecided: ReadonlySet<AxisState<'authorization'>> = new Set([
  'requested',
  'under_review',
  'info_needed',
])

/** Somebody has to say whether the line may come back. */
export function waitsForDecision({ axes }: LineState): boolean {
  return undecided.has(axes.authorization)
}

const withdrawn: ReadonlySet<AxisState<'authorization'>> = new Set(['rejected', 'canceled'])

/** Nothing comes of the line any more. */
export function isWithdrawn({ axes }: LineState): boolean {
  return withdrawn.has(axes.authorization)
}

/** Nobody waits for the goods of the line any more: it is rejected, canceled, or has run out. */
export function isGivenUp(line: LineState): boolean {
  return isWithdrawn(line) || line.axes.authorization === 'expired'
}

/** The units that may be credited at most: those authorized, or those asked for while nothing is decided. */
export function entitled(line: LineState): string {
  if (isWithdrawn(line)) return '0'
  return isAuthorized(line) ? line.quantities.authorized : line.quantities.requested
}

/**
 * Distributes what has come in over the columns of the ledger after anything about it changed:
 * `received` never passes `authorized`, the rest is `surplus`; goods that need no inspection are
 * accepted as they come; what a closed-short receipt lacks is `short`.
 */
export function rebalance(line: LineDraft): void {
  const { quantities, axes } = line
  const total = arrived(line)
  quantities.received = smaller(total, quantities.authorized)
  quantities.surplus = less(total, quantities.received)
  if (axes.inspection === 'not_required') {
    quantities.accepted = quantities.received
    quantities.rejected = '0'
  }
  quantities.short = axes.receipt === 'closed_short' ? less(quantities.authorized, total) : '0'
}

const scanned: ReadonlySet<AxisState<'transport'>> = new Set([
  'in_transit',
  'delayed',
  'damaged',
  'delivered',
])

/** The units for which the customer may have the money now, by the trigger of the settlement terms. */
export function settleable(state: CaseState, line: LineState): string {
  const { quantities } = line
  if (!isAuthorized(line)) return '0'
  if (!line.returnRequired) return quantities.authorized
  switch (state.header.terms?.trigger ?? 'on_inspection') {
    case 'on_approval':
      return quantities.authorized
    case 'on_first_scan':
      return scanned.has(line.axes.transport) || !isZero(quantities.received)
        ? quantities.authorized
        : '0'
    case 'on_receipt':
      return quantities.received
    case 'on_inspection':
      return smaller(quantities.accepted, quantities.authorized)
  }
}

/** Units of a line in dispositions that have not been reversed, leaving out those of `except`. */
export function disposed(state: CaseState, lineNo: number, except?: string): string {
  let total = '0'
  for (const { dispositionId, status, lines } of state.dispositions) {
    if (status === 'reversed' || dispositionId === except) continue
    for (const entry of lines) if (entry.lineNo === lineNo) total = plus(total, entry.quantity)
  }
  return total
}

/** What the customer sent, as far as parcels say so; else what was authorized. */
export function declared({ quantities }: LineState): string {
  return isZero(quantities.shipped)
    ? quantities.authorized
    : smaller(quantities.shipped, quantities.authorized)
}

/** The most that the quantity columns of the database can hold in one line. */
export const largestQuantity = '999999999999.999999'

/** Whether every column of the line can hold its quantity, and a command what has come in of it in all. */
export function isInRange(line: LineState): boolean {
  return Object.values(line.quantities).every(canHold) && canHold(arrived(line))
}

function canHold(quantity: string): boolean {
  // Twelve digits and no more: nearly every quantity is far shorter.
  return quantity.length <= 12 || compare(quantity, largestQuantity) <= 0
}

/** The larger of what was requested and what has come in: the first authorization cannot pass it. */
export function authorizable(line: LineState): string {
  return larger(line.quantities.requested, arrived(line))
}
