import { type Axis, axisLetters, type ExceptionQueue } from '@backhaul/sdk/canonical'
import type { CaseState, ClaimState } from './case-state.ts'
import type { Draft } from './draft.ts'
import { findLine } from './draft.ts'
import { eventRules } from './event-rules.ts'
import { raise } from './exceptions/raise.ts'
import { targetsOf } from './move.ts'
import { isMarketplaceFact } from './order.ts'
import type { StampedEvent } from './stamped-event.ts'

/** Whether the source may make this statement; if not, it is kept as a claim. */
export function hasAuthority(state: CaseState, event: StampedEvent): boolean {
  const axis = axisOf(event)
  const rule = eventRules[event.type]
  if (axis === null || rule.isOpenToAll) return true
  if (event.owns.includes(axisLetters[axis])) return true
  if (rule.alsoOwners?.some((other) => event.owns.includes(axisLetters[other]))) return true
  if (isCalledOff(state, event)) return true
  // Who runs a marketplace pays its customers: that is a fact, not an opinion about our books.
  return isMarketplaceFact(event) && event.source === state.opened.source
}

/** Whoever asked for a return may call it off, as long as nothing of it is under way: the guard sees to that. */
function isCalledOff({ opened }: CaseState, { type, source }: StampedEvent): boolean {
  return (
    type === 'return.canceled' && opened.type === 'return.requested' && source === opened.source
  )
}

/** The axis that an event is a statement about; null when it moves none by itself. */
export function axisOf(event: StampedEvent): Axis | null {
  if (event.type === 'status.reported') {
    return (event as StampedEvent<'status.reported'>).data.axis
  }
  return eventRules[event.type].axis
}

/** Closed claims are kept for the timeline, open ones until they are settled; no more than this many in all. */
const claimsKept = 50

/**
 * Keeps what a system said about an axis that it does not own. A newer statement of the same source
 * about the same thing takes the place of an older one.
 */
export function keepClaim(draft: Draft, axis: Axis): void {
  const { event, state } = draft
  const claim = claimOf(event, axis)
  const isOpen = contradicts(state, claim)
  const kept: ClaimState = isOpen ? claim : { ...claim, status: 'confirmed', event: null }
  const others = state.claims.filter((other) => !isReplacedBy(other, claim))
  state.claims = trimmed([...others, kept])
  draft.claims.push(kept)
}

function claimOf(event: StampedEvent, axis: Axis): ClaimState {
  const { data, type } = event
  const lineNos = 'lineNos' in data && data.lineNos && data.lineNos.length > 0 ? data.lineNos : null
  const says =
    type === 'status.reported'
      ? [(event as StampedEvent<'status.reported'>).data.state]
      : targetsOf(type, axis)
  return {
    claimId: event.id,
    axis,
    type,
    says,
    lineNos: lineNos ?? saidLines(event),
    source: event.source,
    at: event.occurredAt,
    status: 'open',
    event: withoutWords(event),
  }
}

function saidLines({ data }: StampedEvent): readonly number[] | null {
  if (!('lines' in data) || !Array.isArray(data.lines)) return null
  const lineNos = data.lines.flatMap(({ lineNo }) => lineNo ?? [])
  return lineNos.length === 0 ? null : [...new Set(lineNos)]
}

/** Free text and foreign identifiers are in the history; the claim keeps what can still be accepted. */
function withoutWords(event: StampedEvent): StampedEvent {
  const { note: _note, refs: _refs, actor: _actor, ...data } = event.data
  return { ...event, data }
}

function isReplacedBy(old: ClaimState, next: ClaimState): boolean {
  return (
    old.status === 'open' &&
    old.source === next.source &&
    old.axis === next.axis &&
    String(old.lineNos) === String(next.lineNos) &&
    thingOf(old) === thingOf(next)
  )
}

/** The object that a claim is about, where it names one: two receipts are two claims. */
function thingOf({ event }: ClaimState): string {
  if (event === null) return ''
  const { data } = event
  if ('receiptId' in data) return `receipt:${data.receiptId}`
  if ('inspectionId' in data) return `inspection:${data.inspectionId}`
  if ('dispositionId' in data) return `disposition:${data.dispositionId}`
  if ('refundId' in data) return `refund:${data.refundId}`
  if ('credit' in data) return `credit:${data.credit.creditId}`
  return 'creditId' in data ? `credit:${String(data.creditId)}` : ''
}

function trimmed(claims: readonly ClaimState[]): readonly ClaimState[] {
  if (claims.length <= claimsKept) return claims
  const closed = claims.findIndex(({ status }) => status !== 'open')
  return claims.filter((_claim, index) => index !== Math.max(closed, 0))
}

/** States in the order in which a plain return passes them: a claim of an earlier one is only old news. */
const plainPaths: { readonly [A in Axis]: readonly string[] } = {
  authorization: ['requested', 'under_review', 'approved'],
  transport: ['none', 'awaiting_label', 'label_issued', 'in_transit', 'delivered'],
  receipt: ['none', 'expected', 'partially_received', 'received'],
  inspection: ['none', 'pending', 'in_progress', 'passed'],
  disposition: ['none', 'proposed', 'approved', 'executed'],
  settlement: [
    'none',
    'proposed',
    'pending_approval',
    'approved',
    'drafted',
    'posted',
    'released',
    'partially_settled',
    'settled',
  ],
  fulfillment: ['none', 'planned', 'ordered', 'shipped', 'delivered'],
  supplierRecovery: ['none', 'candidate', 'claimed', 'authorized', 'shipped', 'credited'],
}

/** Whether a line that the claim is about stands neither where the claim says nor further on. */
function contradicts(state: CaseState, claim: ClaimState): boolean {
  if (claim.says.length === 0) return false
  if (claim.lineNos === null)
    return state.lines.some(({ axes }) => !agrees(axes[claim.axis], claim))
  return claim.lineNos.some((lineNo) => {
    const line = findLine(state, lineNo)
    return line === undefined || !agrees(line.axes[claim.axis], claim)
  })
}

function agrees(state: string, { axis, says }: ClaimState): boolean {
  if (says.includes(state)) return true
  const path = plainPaths[axis]
  const here = path.indexOf(state)
  return says.some((said) => path.includes(said) && path.indexOf(said) < here)
}

/** Who looks into a wrong statement about an axis: the people of its owner. */
const queueOfAxis: Readonly<Record<Axis, ExceptionQueue>> = {
  authorization: 'CS',
  transport: 'LG',
  receipt: 'RX',
  inspection: 'QA',
  disposition: 'RX',
  settlement: 'FN',
  fulfillment: 'CS',
  supplierRecovery: 'PU',
}

/** Confirms claims that the owner has caught up with, and raises IT04 for those that contradict it. */
export function watchClaims(draft: Draft): void {
  const { state } = draft
  if (!state.claims.some(({ status }) => status === 'open')) return
  state.claims = state.claims.map((claim) =>
    claim.status === 'open' && !contradicts(state, claim)
      ? { ...claim, status: 'confirmed', event: null }
      : claim,
  )
  for (const claim of state.claims) {
    if (claim.status !== 'open') continue
    const object = `claim:${claim.claimId}`
    if (state.exceptions[`IT04:${object}`]?.isCausePresent) continue
    raise(draft, { code: 'IT04', object, detail: detailOf(claim), queue: queueOfAxis[claim.axis] })
  }
}

function detailOf({ axis, source, says, type }: ClaimState): string {
  return `${source} says ${axis} is ${says.join(' or ')} (${type})`
}

export function findClaim(state: CaseState, claimId: string): ClaimState | undefined {
  return state.claims.find((claim) => claim.claimId === claimId)
}

export type ClaimEnd = Extract<ClaimState['status'], 'accepted' | 'rejected'>

export function endClaim(draft: Draft, claimId: string, status: ClaimEnd): void {
  draft.state.claims = draft.state.claims.map((claim) =>
    claim.claimId === claimId ? { ...claim, status, event: null } : claim,
  )
}
