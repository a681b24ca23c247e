import type { Credit } from '@backhaul/sdk/canonical'
import type { CaseState, CreditLine, CreditState, HeldFact, LineState } from './case-state.ts'
import { type Draft, editHeader, editLine, findLine, replaced } from './draft.ts'
import { type CreditAmounts, creditAmounts } from './ledger/amounts.ts'
import { isLive, takenOf, totalOf } from './ledger/credits.ts'
import { isZero, less, plus } from './ledger/decimal.ts'
import { isWithdrawn, settleable } from './ledger/lines.ts'
import { proportion, sum } from './ledger/minor.ts'

export function findCredit(state: CaseState, id: string): CreditState | undefined {
  return state.credits.find(({ creditId }) => creditId === id)
}

/**
 * A credit of the wire in minor units; null when it is in another currency than the case, or negative.
 * A case that nobody requested takes the currency of the first amount that is said about it.
 */
export function readCredit(draft: Draft, credit: Credit): CreditAmounts | null {
  adoptCurrency(draft, credit.total.currency)
  return creditAmounts(credit, draft.state.header.currency)
}

export function adoptCurrency(draft: Draft, currency: string): void {
  if (draft.state.header.currency === '') editHeader(draft, { currency })
}

/** A credit as it is first heard of. */
export function newCredit(
  amounts: CreditAmounts,
  { status, source }: Pick<CreditState, 'status' | 'source'>,
): CreditState {
  return {
    ...amounts,
    status,
    source,
    approvedMinor: status === 'approved' ? amounts.totalMinor : null,
    isPlanned: false,
    isPostAsked: false,
    isPayoutAsked: false,
    postedAt: null,
  }
}

/** Puts a credit in place of `known`; what is posted stands in the ledgers of its lines. */
export function putCredit(draft: Draft, known: CreditState | undefined, next: CreditState): void {
  if (known?.status === 'posted') book(draft, known, -1)
  if (next.status === 'posted') book(draft, next, 1)
  draft.state.credits = replaced(draft.state.credits, known, next)
}

function book(draft: Draft, credit: CreditState, sign: 1 | -1): void {
  for (const { lineNo, quantity, netMinor, taxMinor } of credit.lines) {
    const line = findLine(draft.state, lineNo)
    if (!line) continue
    const edited = editLine(draft, line)
    const change = sign === 1 ? plus : less
    edited.quantities.credited = change(edited.quantities.credited, quantity)
    edited.postedMinor = sum(edited.postedMinor, sign * (netMinor + taxMinor))
  }
}

/** The lines that a credit is about: all of them when it names none. */
export function creditedLines(state: CaseState, { lines }: Pick<CreditState, 'lines'>) {
  if (lines.length === 0) return state.lines
  return lines.flatMap(({ lineNo }): LineState[] => {
    const line = findLine(state, lineNo)
    return line ? [line] : []
  })
}

/**
 * A drafted or posted credit speaks for its units: what the hub had planned for the same lines, and is
 * not drafted yet, gives up as many as are no longer due, the newest plan first. The rest of a plan
 * stays as it is: it has been sent, and will be drafted under its name.
 */
export function absorbPlans(draft: Draft, fact: CreditAmounts): void {
  for (const { lineNo } of fact.lines) {
    const line = findLine(draft.state, lineNo)
    if (!line) continue
    const taken = takenOf(draft.state, lineNo).quantity
    let excess = less(taken, settleable(draft.state, line))
    for (const plan of draft.state.credits.toReversed()) {
      if (isZero(excess)) break
      const isOpenPlan = plan.isPlanned && plan.status === 'approved'
      if (isOpenPlan && plan.creditId !== fact.creditId)
        excess = cutPlan(draft, plan, { line, excess })
    }
  }
}

/** Takes units of a line out of a plan; answers how many are still too many. */
function cutPlan(
  draft: Draft,
  plan: CreditState,
  { line, excess }: { readonly line: LineState; readonly excess: string },
): string {
  const planned = plan.lines.find(({ lineNo }) => lineNo === line.lineNo)
  if (!planned) return excess
  const left = less(planned.quantity, excess)
  const cut = isZero(left) ? [] : [shareOf(planned, left)]
  const lines = [...plan.lines.filter((entry) => entry !== planned), ...cut]
  const totalMinor = lines.length === 0 ? 0 : Math.max(0, totalOf({ ...plan, lines }))
  const amounts = { lines, totalMinor, approvedMinor: totalMinor }
  // A plan of which nothing is left keeps its name: it has been sent, and may yet be drafted.
  const status = lines.length === 0 ? 'declined' : plan.status
  putCredit(draft, plan, { ...plan, ...amounts, status })
  return less(excess, planned.quantity)
}

/** So many units of a credited line, rounded on their own. */
export function shareOf(line: CreditLine, quantity: string): CreditLine {
  const share = { part: quantity, whole: line.quantity }
  const netMinor = proportion(line.netMinor, share)
  return { ...line, quantity, netMinor, taxMinor: proportion(line.taxMinor, share) }
}

/** Credits on their way for lines that are all withdrawn come to nothing. */
export function declineCredits(draft: Draft): void {
  for (const credit of draft.state.credits) {
    const isOnItsWay = isLive(credit) && credit.status !== 'posted'
    if (isOnItsWay && creditedLines(draft.state, credit).every(isWithdrawn)) {
      putCredit(draft, credit, { ...credit, status: 'declined' })
    }
  }
}

/** Keeps a statement about money that breaks a cap as evidence. A newer one about the same object takes its place. */
export function hold(draft: Draft, held: Omit<HeldFact, 'event'>): void {
  const { note: _note, refs: _refs, actor: _actor, ...data } = draft.event.data
  const event = { ...draft.event, data: data as HeldFact['event']['data'] }
  const others = draft.state.held.filter(({ object }) => object !== held.object)
  draft.state.held = [...others, { ...held, event }]
}

/** A statement that fits, or is taken back, ends what was held about the same object. */
export function release(draft: Draft, object: string): void {
  if (draft.state.held.length === 0) return
  draft.state.held = draft.state.held.filter((fact) => fact.object !== object)
}
