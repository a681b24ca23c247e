import type { SettlementMethod } from '@backhaul/sdk/canonical'
import type { CaseState, CreditLine, CreditState, FeeAmount, LineState } from '../case-state.ts'
import { isMoneyResolution } from '../close.ts'
import { findCredit, putCredit } from '../credits.ts'
import type { Draft } from '../draft.ts'
import {
  creditFor,
  isLive,
  spokenFor,
  takenOfInvoiceLine,
  totalOf,
  uncredited,
} from '../ledger/credits.ts'
import { isZero } from '../ledger/decimal.ts'
import { settleable } from '../ledger/lines.ts'
import { proportion } from '../ledger/minor.ts'
import { moveLine } from '../move.ts'
import { rowsOn } from '../transitions/index.ts'

/** Cuts the credits that are due now: one for each method, over all lines whose trigger is met. */
export function planCredits(draft: Draft): void {
  const byMethod = new Map<SettlementMethod, { line: LineState; quantity: string }[]>()
  for (const line of draft.state.lines) {
    const quantity = dueQuantity(draft, line)
    if (isZero(quantity)) continue
    const method = methodFor(draft.state, line)
    byMethod.set(method, [...(byMethod.get(method) ?? []), { line, quantity }])
  }
  for (const [method, due] of byMethod) planCredit(draft, method, due)
}

function dueQuantity(draft: Draft, line: LineState): string {
  if (!line.invoiced || !isMoneyResolution(line) || !canBeDue(line)) return '0'
  const units = settleable(draft.state, line)
  if (isZero(units)) return '0'
  return uncredited(draft.state, line, { settleable: units, room: draft.event.room })
}

function canBeDue({ axes }: LineState): boolean {
  return rowsOn('settlement.due').some(({ byState }) => byState.has(axes.settlement))
}

function methodFor({ header }: CaseState, { resolution }: LineState): SettlementMethod {
  if (resolution === 'store_credit') return 'store_credit'
  if (resolution === 'credit') return 'credit_note'
  return header.terms?.method ?? 'credit_note'
}

function planCredit(
  draft: Draft,
  method: SettlementMethod,
  due: readonly { readonly line: LineState; readonly quantity: string }[],
): void {
  const lines: CreditLine[] = []
  for (const { line, quantity } of due) lines.push(...creditLine(draft, { line, quantity }, lines))
  const [first] = lines
  if (!first) return
  const fees = feesFor(draft.state, lines)
  const parts = {
    creditId: freeId(draft.state, first.lineNo),
    method,
    lines,
    fees,
    goodwillMinor: 0,
  }
  const totalMinor = totalOf(parts)
  const plan: CreditState = {
    ...parts,
    totalMinor,
    status: 'approved',
    approvedMinor: totalMinor,
    source: 'hub',
    isPlanned: true,
    isPostAsked: false,
    isPayoutAsked: false,
    postedAt: null,
  }
  putCredit(draft, undefined, plan)
  draft.about = plan.creditId
  for (const { line } of due) moveLine(draft, line, { cause: 'settlement.due', own: 'settlement' })
  draft.about = null
}

/**
 * Money that other cases have left bounds the line; a line worth nothing is not credited. Lines that came of one
 * invoice line are cut from it together, with what `beside` cuts already: each on its own, rounded, they could be
 * worth more than it.
 */
function creditLine(
  draft: Draft,
  { line, quantity }: { readonly line: LineState; readonly quantity: string },
  beside: readonly CreditLine[],
): CreditLine[] {
  if (!line.invoiced) return []
  const taken = takenOfInvoiceLine(draft.state, line.invoiced.invoiceLine, beside)
  const cut = creditFor(line.invoiced, { taken, quantity })
  const { netMinor, taxMinor } = cut
  const room = draft.event.room?.lines?.[String(line.lineNo)]
  const isTooMuch = room && taken.netMinor + taken.taxMinor + netMinor + taxMinor > room.minor
  if (netMinor + taxMinor === 0 || isTooMuch) return []
  return [{ lineNo: line.lineNo, quantity: cut.quantity, netMinor, taxMinor }]
}

/** Named after the first unit that it credits, so that a history folded anew names it the same. */
function freeId(state: CaseState, lineNo: number): string {
  const base = `credit-${lineNo}-${spokenFor(state, lineNo)}`
  let id = base
  for (let attempt = 2; findCredit(state, id); attempt += 1) id = `${base}.${attempt}`
  return id
}

/**
 * The fees of the terms, charged once in a case, and only against lines whose return is the
 * customer's doing: never more than these are worth.
 */
export function feesFor(state: CaseState, lines: readonly CreditLine[]): readonly FeeAmount[] {
  const fees = state.header.terms?.fees ?? []
  if (fees.length === 0) return []
  if (state.credits.some((credit) => isLive(credit) && credit.fees.length > 0)) return []
  let left = 0
  for (const { lineNo, netMinor, taxMinor } of lines) {
    const fault = state.lines.find((line) => line.lineNo === lineNo)?.fault
    if (fault === 'customer' || fault === 'none') left += netMinor + taxMinor
  }
  const charged: FeeAmount[] = []
  for (const fee of fees) {
    const cut = cutFee(fee, left)
    left -= cut.netMinor + cut.taxMinor
    if (cut.netMinor + cut.taxMinor > 0) charged.push(cut)
  }
  return charged
}

/** A fee that is larger than what is left keeps the proportion of its tax. */
function cutFee(fee: FeeAmount, left: number): FeeAmount {
  const gross = fee.netMinor + fee.taxMinor
  if (gross <= left) return fee
  const netMinor = proportion(fee.netMinor, { part: String(left), whole: String(gross) })
  return { ...fee, netMinor, taxMinor: left - netMinor }
}
