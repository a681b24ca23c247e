import type { CaseState, LineState } from './case-state.ts'
import { isOnHold } from './exceptions/raise.ts'
import { isCollateralOut } from './exceptions/rules.ts'
import { isGoodsResolution } from './guards.ts'
import { activeLines, isSettled } from './headline.ts'
import { isLive } from './ledger/credits.ts'
import { isZero, less, plus } from './ledger/decimal.ts'
import { settleable } from './ledger/lines.ts'

export type CloseGuard =
  | { readonly ok: true }
  | { readonly ok: false; readonly open: readonly string[] }

/**
 * Whether a case may count as closed: every axis of every line at its end, every authorized unit
 * accounted for, all approved money posted, nothing blocking, no collateral out. `open` says what is
 * missing, a sentence for each.
 */
export function closeGuard(state: CaseState): CloseGuard {
  const open = [...stillOpen(state)]
  return open.length === 0 ? { ok: true } : { ok: false, open }
}

/** Whether the close guard holds, without saying what is missing. */
export function canClose(state: CaseState): boolean {
  return stillOpen(state).next().done === true
}

/** What is missing, one sentence after the other, each made when it is asked for. */
function* stillOpen(state: CaseState): Generator<string> {
  for (const line of activeLines(state)) yield* openOf(state, line)
  if (isOnHold(state)) yield 'A blocking exception is open.'
  if (state.lines.length === 0 && hasOpenException(state)) yield 'Nobody has looked for the goods.'
  for (const { creditId, status } of state.credits) {
    if (isPending(status)) yield `Credit ${creditId} is ${status}, not posted.`
  }
  for (const item of state.fulfillments) {
    if (isCollateralOut(item, state)) yield `The old goods for ${item.fulfillmentId} are not back.`
  }
}

function hasOpenException({ exceptions }: CaseState): boolean {
  return Object.values(exceptions).some(({ status }) => status === 'open')
}

function isPending(status: CaseState['credits'][number]['status']): boolean {
  return isLive({ status } as CaseState['credits'][number]) && status !== 'posted'
}

/** States that end an axis. Those of receipt and settlement depend on more than the state, and stand below. */
const ends = {
  transport: ['none', 'not_required', 'delivered', 'voided', 'lost', 'returned_to_sender'],
  receipt: ['not_required', 'received', 'closed_short', 'refused'],
  disposition: ['none', 'executed', 'reversed'],
  fulfillment: ['none', 'delivered', 'canceled'],
  supplierRecovery: ['none', 'credited', 'written_off'],
} as const

const endTable = Object.entries(ends) as [keyof typeof ends, readonly string[]][]

function* openOf(state: CaseState, line: LineState): Generator<string> {
  const { axes, lineNo } = line
  if (!isDecided(line)) yield `Line ${lineNo} waits for a decision.`
  for (const [axis, states] of endTable) {
    // Goods that are in need no carrier's word any more.
    if (axis === 'transport' && hasEnded(line, 'receipt')) continue
    if (!states.includes(axes[axis])) yield `Line ${lineNo}: ${axis} is ${axes[axis]}.`
  }
  if (!isMoneyAtEnd(state, line)) yield `Line ${lineNo}: settlement is ${axes.settlement}.`
  if (isGoodsResolution(line) && axes.fulfillment === 'none') {
    yield `Line ${lineNo}: the agreed goods have not gone out.`
  }
  const missing = unaccounted(line)
  if (!isZero(missing)) yield `Line ${lineNo}: ${missing} authorized units are not accounted for.`
}

function hasEnded({ axes }: LineState, axis: keyof typeof ends): boolean {
  const states: readonly string[] = ends[axis]
  return states.includes(axes[axis])
}

function isDecided({ axes }: LineState): boolean {
  return axes.authorization === 'approved' || axes.authorization === 'partially_approved'
}

/** Nothing is due, or all that is due is where it should be. */
function isMoneyAtEnd(state: CaseState, line: LineState): boolean {
  const { settlement } = line.axes
  if (settlement === 'declined' || settlement === 'reversed') return true
  if (settlement !== 'none') return isSettled(line, state)
  return !isMoneyResolution(line) || isWorthNothing(line) || isZero(settleable(state, line))
}

function isWorthNothing({ invoiced }: LineState): boolean {
  return invoiced !== null && invoiced.netMinor + invoiced.taxMinor === 0
}

export function isMoneyResolution({ resolution }: LineState): boolean {
  return resolution === 'refund' || resolution === 'credit' || resolution === 'store_credit'
}

/** Authorized units that were neither accepted, rejected, written off as short nor left with the customer. */
function unaccounted(line: LineState): string {
  if (!line.returnRequired || line.axes.receipt === 'refused') return '0'
  const { authorized, accepted, rejected, short } = line.quantities
  return less(authorized, plus(plus(accepted, rejected), short))
}
