import type { CaseState } from './case-state.ts'
import { axisOf, hasAuthority, keepClaim, watchClaims } from './claims.ts'
import { canClose } from './close.ts'
import type { Applied, Decision } from './decision.ts'
import { type Draft, editLine, openDraft, refuse, type Verdict } from './draft.ts'
import { raise } from './exceptions/raise.ts'
import { watchExceptions } from './exceptions/watch.ts'
import { takeEvent } from './handlers.ts'
import { headlineOf } from './headline.ts'
import { reconsiderHeld } from './held.ts'
import { isInRange, rebalance } from './ledger/lines.ts'
import { buildCommands } from './obligations/commands.ts'
import { settleDues } from './obligations/dues.ts'
import { oweNews } from './obligations/news.ts'
import { oweOnEvent } from './obligations/on-events.ts'
import { numberedLines, openedBy } from './opening.ts'
import { openingKey, orderKey } from './order.ts'
import type { StampedEvent } from './stamped-event.ts'

/**
 * Says what `event` does to a case, and how the case stands afterwards. Pure and total: no clock, no
 * I/O, and nothing is thrown for any event that has been parsed.
 */
export function decide(state: CaseState | null, event: StampedEvent): Decision {
  if (state === null) return open(event)
  const key = orderKey(event)
  if (key === state.last || event.id === state.opened.id) {
    return { outcome: 'repeated', reason: 'the case knows this event', next: state }
  }
  const draft = openDraft(state, event)
  const axis = axisOf(event)
  if (axis !== null && !hasAuthority(state, event)) keepClaim(draft, axis)
  else {
    const verdict = takeEvent(draft, event) ?? rangeVerdict(draft)
    draft.event = event
    if (verdict) return { ...verdict, next: { ...state, last: key, applied: state.applied + 1 } }
  }
  draft.state.last = key
  draft.state.applied = state.applied + 1
  return finish(draft, state.headline)
}

/** Opens a case; an event that cannot waits outside until its case is there. */
function open(event: StampedEvent): Decision {
  const opened = openedBy(event)
  if (opened === null) {
    return { outcome: 'refused', code: 'no_case', reason: 'there is no case yet', next: null }
  }
  const draft = openingDraft(opened, event)
  if (event.type !== 'return.requested' && event.type !== 'goods.received') {
    raise(draft, { code: 'FN09', object: 'case' })
  }
  draft.state.applied = 1
  return finish(draft, null)
}

/** What opened the case also has its effect in it, but for an absurd quantity. */
function openingDraft(opened: CaseState, event: StampedEvent): Draft {
  const draft = openDraft(opened, event)
  if (event.type === 'return.requested') return draft
  const verdict = takeEvent(draft, withLineNos(event)) ?? rangeVerdict(draft)
  draft.event = event
  return verdict ? openDraft(opened, event) : draft
}

function rangeVerdict({ state, ownLines }: Draft): Verdict {
  for (const index of ownLines) {
    const line = state.lines[index]
    if (line && !isInRange(line)) {
      return refuse('out_of_range', `line ${line.lineNo}: more than a line can hold`)
    }
  }
  return null
}

/** Goods that nobody announced make the lines of their case: each knows now which one is its own. */
function withLineNos(event: StampedEvent): StampedEvent {
  if (event.type !== 'goods.received') return event
  const { data } = event as StampedEvent<'goods.received'>
  const lineNos = numberedLines(data.lines)
  const lines = data.lines.map((line, index) => ({ ...line, lineNo: lineNos[index] }))
  return { ...event, data: { ...data, lines } }
}

/** What follows from an event beyond its own effect: evidence that fits now, exceptions, dues, the headline. */
function finish(draft: Draft, headlineBefore: CaseState['headline'] | null): Applied {
  const { state } = draft
  if (draft.areCapsChanged && state.held.length > 0) reconsiderHeld(draft)
  for (const index of draft.ownLines) {
    const line = state.lines[index]
    if (line) rebalance(editLine(draft, line))
  }
  watchClaims(draft)
  watchExceptions(draft)
  const moves = draft.moves.length
  settleDues(draft)
  if (draft.moves.length > moves) {
    watchClaims(draft)
    watchExceptions(draft)
  }
  keepUntouchedLedgers(draft)
  closeOrOpen(draft)
  state.headline = headlineOf(state)
  const isNews = state.headline !== headlineBefore
  oweNews(draft, { isNewHeadline: isNews })
  oweOnEvent(draft)
  const owes = buildCommands(draft)
  return {
    outcome: 'applied',
    moves: draft.moves,
    claims: draft.claims,
    raised: draft.raised,
    cleared: draft.cleared,
    owes,
    headline: isNews ? { from: headlineBefore, to: state.headline } : null,
    next: state,
  }
}

/** The shell writes what is another object than before: a ledger that came out the same stays the same. */
function keepUntouchedLedgers({ state, before, ownLines }: Draft): void {
  for (const index of ownLines) {
    const line = state.lines[index]
    const old = before.lines[index]?.quantities
    if (!line || !old) continue
    const columns = Object.keys(old) as (keyof typeof old)[]
    if (columns.every((column) => old[column] === line.quantities[column])) {
      ;(line as { quantities: typeof old }).quantities = old
    }
  }
}

/** A case closes by itself when the last thing is done, and opens again when there is something to do. */
function closeOrOpen(draft: Draft): void {
  const { state, event, before } = draft
  if (isOnlySaid(event)) return
  state.closedAt = canClose(state) ? (before.closedAt ?? event.occurredAt) : null
}

/** Events that tell something and change nothing: they neither close a case nor open it. */
function isOnlySaid({ type }: StampedEvent): boolean {
  return (
    type === 'case.noted' ||
    type === 'case.reopened' ||
    type === 'exception.assigned' ||
    type === 'delivery.confirmed' ||
    type === 'delivery.delayed'
  )
}

/** The state after an event: pure, and the same whenever it is asked for. */
export function evolve(
  _state: CaseState | null,
  _event: StampedEvent,
  decision: Decision,
): CaseState | null {
  return decision.next
}

/** Decides an event and takes its effect. */
export function apply(
  state: CaseState | null,
  event: StampedEvent,
): { readonly decision: Decision; readonly state: CaseState | null } {
  const decision = decide(state, event)
  return { decision, state: decision.next }
}

/** Whether the event stands earlier in the history than what was applied last, so that the history has to be folded anew. */
export function isLate(state: CaseState, event: StampedEvent): boolean {
  const opening = openingKey(event)
  if (opening !== null && opening < state.opened.key) return true
  return orderKey(event) < state.last
}
