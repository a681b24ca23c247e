import { type ExceptionQueue, exceptionCodes, type Headline } from '@backhaul/sdk/canonical'
import type { CaseException, CaseHeader, CaseState } from './case-state.ts'

/** How far a return has come, in the steps by which people look for it. */
export const stages = [
  'requested',
  'authorized',
  'in_transit',
  'received',
  'inspected',
  'refund_pending',
  'done',
  'needs_review',
] as const
export type Stage = (typeof stages)[number]

/** Under which step a headline stands. A return on hold stands under none of the others. */
const stageOf: Readonly<Record<Headline, Stage>> = {
  requested: 'requested',
  info_needed: 'requested',
  authorized: 'authorized',
  in_transit: 'in_transit',
  delivered: 'in_transit',
  partially_received: 'received',
  received: 'received',
  in_inspection: 'received',
  inspected: 'inspected',
  approved: 'refund_pending',
  refunded: 'done',
  replaced: 'done',
  repaired: 'done',
  returned_to_customer: 'done',
  closed: 'done',
  canceled: 'done',
  rejected: 'done',
  expired: 'done',
  exception_hold: 'needs_review',
}

/** Who has to do something before a return goes on. */
export const waitingParties = [
  'agent',
  'customer',
  'carrier',
  'warehouse',
  'quality',
  'finance',
  'payments',
  'supplier',
  'integration',
  'risk',
] as const
export type WaitingParty = (typeof waitingParties)[number]

/** What lists of returns are filtered and sorted by, beside what never changes. */
export interface Listing {
  readonly headline: Headline
  readonly stage: Stage
  /** A person has to look at it: it is on hold, or flagged and not done. */
  readonly needsReview: boolean
  readonly waitingOn: WaitingParty | null
  readonly priority: CaseHeader['priority']
  /** Who was given the open exception that is due first, of those that anybody was given. */
  readonly owner: string | null
  /** When the first of its open exceptions should have been dealt with. */
  readonly slaDueAt: string | null
}

/** How a case stands in lists. */
export function listingOf(state: CaseState): Listing {
  const { headline, header } = state
  const stage = stageOf[headline]
  const open = openByDue(state)
  return {
    headline,
    stage,
    needsReview: stage === 'needs_review' || (stage !== 'done' && header.flags.some(isReviewed)),
    waitingOn: waitingOn(state, open),
    priority: header.priority,
    owner: open.find(({ owner }) => owner !== null)?.owner ?? null,
    slaDueAt: open[0] === undefined ? null : dueAtOf(open[0]),
  }
}

const reviewed: ReadonlySet<string> = new Set(['fraud_review', 'legal_hold'])

function isReviewed(flag: string): boolean {
  return reviewed.has(flag)
}

/** When an exception should have been dealt with; null where nobody has to. */
export function dueAtOf({
  code,
  openedAt,
}: Pick<CaseException, 'code' | 'openedAt'>): string | null {
  const { slaMinutes } = exceptionCodes[code]
  if (slaMinutes === null) return null
  return new Date(Date.parse(openedAt) + slaMinutes * 60_000).toISOString()
}

/** Open exceptions, the one that is due first before the others. */
function openByDue({ exceptions }: CaseState): CaseException[] {
  const open = Object.values(exceptions).filter(({ status }) => status === 'open')
  if (open.length < 2) return open
  const never = '~'
  return open.toSorted((a, b) => ((dueAtOf(a) ?? never) < (dueAtOf(b) ?? never) ? -1 : 1))
}

const partyOfQueue: Readonly<Record<ExceptionQueue, WaitingParty>> = {
  CS: 'agent',
  RX: 'warehouse',
  QA: 'quality',
  FN: 'finance',
  LG: 'carrier',
  PU: 'supplier',
  IT: 'integration',
  MD: 'integration',
  RK: 'risk',
}

const partyOfHeadline: Readonly<Partial<Record<Headline, WaitingParty>>> = {
  requested: 'agent',
  info_needed: 'customer',
  authorized: 'customer',
  in_transit: 'carrier',
  delivered: 'warehouse',
  partially_received: 'warehouse',
  received: 'quality',
  in_inspection: 'quality',
  inspected: 'finance',
  approved: 'finance',
}

function waitingOn(state: CaseState, open: readonly CaseException[]): WaitingParty | null {
  const { headline } = state
  if (headline === 'exception_hold') {
    const blocking = open.find(({ severity }) => severity === 'blocking')
    return blocking === undefined ? 'agent' : partyOfQueue[blocking.queue]
  }
  if (headline === 'approved' && state.credits.some(({ isPayoutAsked }) => isPayoutAsked)) {
    return 'payments'
  }
  return partyOfHeadline[headline] ?? null
}
