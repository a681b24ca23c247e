import type { CreditLine, CreditState } from '../case-state.ts'
import {
  absorbPlans,
  creditedLines,
  findCredit,
  hold,
  newCredit,
  putCredit,
  readCredit,
  release,
  shareOf,
} from '../credits.ts'
import { type Draft, editLine, findLine, refuse, repeat, type Verdict } from '../draft.ts'
import { isOnHold, raise } from '../exceptions/raise.ts'
import type { CreditAmounts } from '../ledger/amounts.ts'
import { breachOf, firm, takenOf, totalOf } from '../ledger/credits.ts'
import { compare, plus } from '../ledger/decimal.ts'
import { settleable } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import type { StampedEvent } from '../stamped-event.ts'

const isDone: ReadonlySet<CreditState['status']> = new Set(['posted', 'reversed'])

/** `credit.proposed`: somebody suggests a credit; nothing is owed by that. */
export function proposeCredit(draft: Draft, { data }: StampedEvent<'credit.proposed'>): Verdict {
  const amounts = readCredit(draft, data.credit)
  if (!amounts) return refuse('invalid_money', 'not in the currency of the case')
  const known = findCredit(draft.state, amounts.creditId)
  if (known && known.status !== 'declined') return repeat(`the credit is ${known.status} already`)
  const unknown = unknownLine(draft, amounts)
  if (unknown) return unknown
  putCredit(draft, known, newCredit(amounts, { status: 'proposed', source: draft.event.source }))
  return moveCredited(draft, amounts)
}

function unknownLine(draft: Draft, { lines }: CreditAmounts): Verdict {
  const unknown = lines.find(({ lineNo }) => !findLine(draft.state, lineNo))
  return unknown ? refuse('unknown_line', `the return has no line ${unknown.lineNo}`) : null
}

/** `credit.approval_requested`. */
export function requestApproval(
  draft: Draft,
  { data }: StampedEvent<'credit.approval_requested'>,
): Verdict {
  const known = findCredit(draft.state, data.creditId)
  if (!known) return refuse('unknown_object', `no credit ${data.creditId}`)
  if (known.status !== 'proposed') return repeat(`the credit is ${known.status} already`)
  putCredit(draft, known, { ...known, status: 'pending_approval' })
  return moveCredited(draft, known)
}

/** `credit.approved`: only what the terms let go by now, within the caps, and with nothing blocking. */
export function approveCredit(draft: Draft, { data }: StampedEvent<'credit.approved'>): Verdict {
  const amounts = readCredit(draft, data.credit)
  if (!amounts) return refuse('invalid_money', 'not in the currency of the case')
  const known = findCredit(draft.state, amounts.creditId)
  const isAhead = known && (known.status === 'approved' || known.status === 'drafted')
  if (known && (isAhead || isDone.has(known.status))) {
    return repeat(`the credit is ${known.status} already`)
  }
  const refusal = unknownLine(draft, amounts) ?? approvalRefusal(draft, amounts)
  if (refusal) return refusal
  putCredit(draft, known, newCredit(amounts, { status: 'approved', source: draft.event.source }))
  draft.about = amounts.creditId
  const verdict = moveCredited(draft, amounts)
  draft.about = null
  return verdict
}

function approvalRefusal(draft: Draft, amounts: CreditAmounts): Verdict {
  const { state, event } = draft
  if (isOnHold(state)) return refuse('on_hold', 'a blocking exception is open')
  for (const { lineNo, quantity } of amounts.lines) {
    const line = findLine(state, lineNo)
    const taken = takenOf(state, lineNo, amounts.creditId).quantity
    if (line && compare(plus(taken, quantity), settleable(state, line)) > 0) {
      return refuse('trigger_not_met', `line ${lineNo}: the settlement terms do not let it go yet`)
    }
  }
  const breach = breachOf(state, amounts, { room: event.room, counting: firm })
  return breach ? refuse('above_cap', breach.detail) : null
}

/** `credit.declined`: until it is posted. */
export function declineCredit(draft: Draft, { data }: StampedEvent<'credit.declined'>): Verdict {
  const known = findCredit(draft.state, data.creditId)
  if (!known) return refuse('unknown_object', `no credit ${data.creditId}`)
  if (known.status === 'declined') return repeat('the credit is declined already')
  if (isDone.has(known.status) || known.status === 'failed') {
    return refuse('no_transition', `the credit is ${known.status} already`)
  }
  putCredit(draft, known, { ...known, status: 'declined' })
  return moveCredited(draft, known)
}

/**
 * Where the sum is the one that was approved, so are its parts: a document does not always show them, and one of
 * value alone, or of a rounding, looks like goodwill on it.
 */
function inKnownParts(known: CreditState | undefined, said: CreditAmounts): CreditAmounts {
  if (!known || known.lines.length === 0 || known.totalMinor !== said.totalMinor) return said
  const { lines, fees, goodwillMinor } = known
  const isOfUnits = said.lines.every(({ lineNo, quantity }) =>
    lines.some((line) => line.lineNo === lineNo && compare(line.quantity, quantity) === 0),
  )
  return isOfUnits ? { ...said, lines, fees, goodwillMinor } : said
}

/** `credit.drafted`: the ERP holds the document, not yet posted. */
export function draftCredit(draft: Draft, { data }: StampedEvent<'credit.drafted'>): Verdict {
  const object = `credit:${data.credit.creditId}`
  const said = readCredit(draft, data.credit)
  if (!said) return holdForeign(draft, object)
  const known = findCredit(draft.state, said.creditId)
  const amounts = inKnownParts(known, said)
  if (known && isDone.has(known.status)) return repeat(`the credit is ${known.status} already`)
  if (known?.status === 'drafted' && known.totalMinor === amounts.totalMinor) {
    return repeat('the credit is drafted already')
  }
  // Another draft for the same units would be posted next: it is stopped before that.
  const breach = breachOf(draft.state, amounts, { room: draft.event.room, counting: firm })
  if (breach) return holdBreach(draft, object, breach)
  release(draft, object)
  putCredit(draft, known, merged(draft, known, { amounts, status: 'drafted' }))
  absorbPlans(draft, amounts)
  return moveCredited(draft, amounts)
}

/** `credit.posted`: the customer has been credited. A fact, unless it would break a cap. */
export function postCredit(draft: Draft, { data }: StampedEvent<'credit.posted'>): Verdict {
  const object = `credit:${data.credit.creditId}`
  const said = readCredit(draft, data.credit)
  if (!said) return holdForeign(draft, object)
  const known = findCredit(draft.state, said.creditId)
  const amounts = inKnownParts(known, said)
  if (known?.status === 'posted') {
    return known.totalMinor === amounts.totalMinor
      ? repeat('the credit is posted already')
      : refuse('conflicting_repeat', 'the credit was posted with another total')
  }
  if (known?.status === 'reversed') return repeat('the credit is reversed already')
  const breach = breachOf(draft.state, amounts, { room: draft.event.room })
  if (breach) return holdBreach(draft, object, breach)
  release(draft, object)
  putCredit(draft, known, merged(draft, known, { amounts, status: 'posted' }))
  absorbPlans(draft, amounts)
  const verdict = moveCredited(draft, amounts)
  if (verdict === null) authorizePaid(draft)
  return verdict
}

/** A marketplace that pays for a return that nobody requested authorizes what it paid for. */
function authorizePaid(draft: Draft): void {
  if (draft.state.opened.id !== draft.event.id) return
  for (const { lineNo, axis } of draft.moves) {
    const line =
      axis === 'authorization' && lineNo !== null ? findLine(draft.state, lineNo) : undefined
    if (!line) continue
    const { quantities } = editLine(draft, line)
    quantities.authorized = quantities.requested
  }
}

/** The fact, with what the hub knows of the credit's life before. */
function merged(
  draft: Draft,
  known: CreditState | undefined,
  { amounts, status }: { readonly amounts: CreditAmounts; readonly status: 'drafted' | 'posted' },
): CreditState {
  const { source, occurredAt } = draft.event
  return {
    ...newCredit(amounts, { status, source: known?.source ?? source }),
    approvedMinor: known ? approvedFor(known, amounts) : null,
    isPlanned: known?.isPlanned ?? false,
    isPostAsked: known?.isPostAsked ?? false,
    heldBy: known?.heldBy ?? { source, at: occurredAt },
    postedAt: status === 'posted' ? occurredAt : null,
  }
}

/**
 * What was approved, for the units that the document is of. A history that has gained an earlier inspection plans more
 * units under the same name than were asked for at the time: what was approved is approved for each of them.
 */
function approvedFor(known: CreditState, said: CreditAmounts): number | null {
  const planned = partOf(known.lines, said.lines)
  if (known.approvedMinor === null || planned === null) return known.approvedMinor
  return known.approvedMinor - totalOf(known) + totalOf({ ...known, lines: planned })
}

/** As many units of the lines as `said` has; null where it has all of them, or more of one. */
function partOf(lines: readonly CreditLine[], said: readonly CreditLine[]): CreditLine[] | null {
  const part: CreditLine[] = []
  let isLess = said.length < lines.length
  for (const { lineNo, quantity } of said) {
    const line = lines.find((one) => one.lineNo === lineNo)
    const order = line ? compare(quantity, line.quantity) : 1
    if (line === undefined || order > 0) return null
    isLess ||= order < 0
    part.push(shareOf(line, quantity))
  }
  return isLess && part.length > 0 ? part : null
}

/** A credit of a case without lines, such as a marketplace's, has nothing to move. */
function moveCredited(draft: Draft, credit: Pick<CreditState, 'lines'>): Verdict {
  const lines = creditedLines(draft.state, credit)
  return lines.length === 0 ? null : moveLines(draft, lines, 'settlement')
}

function holdForeign(draft: Draft, object: string): Verdict {
  hold(draft, { object, code: 'FN01', detail: 'not in the currency of the case' })
  return null
}

function holdBreach(
  draft: Draft,
  object: string,
  { code, detail }: { readonly code: 'FN03' | 'FN04'; readonly detail: string },
): Verdict {
  hold(draft, { object, code, detail })
  return null
}

/** `credit.reversed`: its units and its money are free again; nothing is credited anew by itself. */
export function reverseCredit(draft: Draft, { data }: StampedEvent<'credit.reversed'>): Verdict {
  const object = `credit:${data.creditId}`
  const known = findCredit(draft.state, data.creditId)
  if (draft.state.held.some((fact) => fact.object === object)) {
    release(draft, object)
    if (!known || known.status === 'posted') return null
  }
  if (!known) return refuse('unknown_object', `no credit ${data.creditId}`)
  if (known.status === 'reversed') return repeat('the credit is reversed already')
  if (known.status !== 'posted' && known.status !== 'drafted' && known.status !== 'failed') {
    return refuse('no_transition', `the credit is ${known.status}, not posted`)
  }
  putCredit(draft, known, { ...known, status: 'reversed' })
  draft.areCapsChanged = true
  return moveCredited(draft, known)
}

/** `credit.failed`: the ERP would not post, for a closed period or a tax. */
export function failCredit(draft: Draft, { data }: StampedEvent<'credit.failed'>): Verdict {
  if (data.creditId === undefined) {
    raise(draft, { code: 'FN07', object: 'case', detail: data.code })
    return moveCredited(draft, { lines: [] })
  }
  const known = findCredit(draft.state, data.creditId)
  if (!known) return refuse('unknown_object', `no credit ${data.creditId}`)
  if (isDone.has(known.status))
    return refuse('no_transition', `the credit is ${known.status} already`)
  if (known.status === 'failed') return repeat('the credit has failed already')
  putCredit(draft, known, { ...known, status: 'failed' })
  raise(draft, { code: 'FN07', object: `credit:${data.creditId}`, detail: data.code })
  return moveCredited(draft, known)
}
