import { findCredit, putCredit, readCredit, release } from '../credits.ts'
import { dropLate, endLate } from '../delays.ts'
import {
  type Draft,
  editLine,
  findLine,
  putException,
  refuse,
  repeat,
  type Verdict,
} from '../draft.ts'
import { arrived, rebalance } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import type { StampedEvent } from '../stamped-event.ts'
import { acceptClaim, rejectClaim, type Take } from './claim.ts'

/** `exception.resolved`: what a person chose to do about it; some choices have an effect of their own. */
export function resolveException(
  draft: Draft,
  event: StampedEvent<'exception.resolved'>,
  take: Take,
): Verdict {
  const { exceptionKey, action } = event.data
  const known = draft.state.exceptions[exceptionKey]
  if (!known) return refuse('unknown_object', 'there is no such exception')
  if (known.status === 'resolved') return repeat('the exception is resolved already')
  const refusal = effectOf(draft, event, take)
  if (refusal) return refusal
  putException(draft, exceptionKey, {
    ...(draft.state.exceptions[exceptionKey] ?? known),
    status: 'resolved',
    resolvedAt: event.occurredAt,
    action,
  })
  draft.cleared.push(exceptionKey)
  endDelay(draft, { exceptionKey, action })
  return null
}

/** Whoever resolves what is wrong by a delivery has done its work in another way, unless it was discarded. */
function endDelay(
  draft: Draft,
  { exceptionKey, action }: { readonly exceptionKey: string; readonly action: string },
): void {
  const [, kind, ...rest] = exceptionKey.split(':')
  if (kind !== 'delivery') return
  if (action === 'discard') dropLate(draft, rest.join(':'))
  else endLate(draft, rest.join(':'))
}

function effectOf(draft: Draft, event: StampedEvent<'exception.resolved'>, take: Take): Verdict {
  const { exceptionKey, action } = event.data
  const [code = '', kind = '', ...rest] = exceptionKey.split(':')
  const id = rest.join(':')
  const line = kind === 'line' ? findLine(draft.state, Number(id)) : undefined
  switch (`${code}:${action}`) {
    case 'RX03:extend_authorization':
      return line ? extendAuthorization(draft, line.lineNo) : null
    case 'RX04:close_short':
      return line ? moveLines(draft, [line], null) : null
    case 'LG02:expire':
      return moveLines(draft, draft.state.lines, null)
    case 'IT04:accept_claim':
      return acceptClaim(draft, { data: { claimId: id }, occurredAt: event.occurredAt }, take)
    case 'IT04:reject_claim':
      return rejectClaim(draft, { data: { claimId: id } })
    case 'FN04:approve_goodwill':
      return approveGoodwill(draft, exceptionKey.slice(code.length + 1))
    default:
      return null
  }
}

/** What has come in beyond the authorization is authorized by that. */
function extendAuthorization(draft: Draft, lineNo: number): Verdict {
  const line = findLine(draft.state, lineNo)
  if (!line) return null
  const edited = editLine(draft, line)
  edited.quantities.authorized = arrived(edited)
  rebalance(edited)
  draft.areCapsChanged = true
  return null
}

/**
 * The part of a held credit that is above the cap is given as goodwill: the credit is posted for no
 * units, since those had been credited or were never to be.
 */
function approveGoodwill(draft: Draft, object: string): Verdict {
  const held = draft.state.held.find((fact) => fact.object === object)
  if (!held || held.event.type !== 'credit.posted') return null
  const { credit } = (held.event as StampedEvent<'credit.posted'>).data
  const amounts = readCredit(draft, credit)
  if (!amounts || findCredit(draft.state, amounts.creditId)?.status === 'posted') return null
  release(draft, object)
  const known = findCredit(draft.state, amounts.creditId)
  putCredit(draft, known, {
    ...amounts,
    lines: [],
    fees: [],
    goodwillMinor: amounts.totalMinor,
    status: 'posted',
    source: held.event.source,
    approvedMinor: amounts.totalMinor,
    isPlanned: false,
    isPostAsked: true,
    isPayoutAsked: false,
    postedAt: draft.event.occurredAt,
  })
  return null
}
