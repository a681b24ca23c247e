import type { CommandType, Headline } from '@backhaul/sdk/canonical'
import type { CaseState } from './case-state.ts'
import { type Draft, owe } from './draft.ts'

/** What is late of a case for its customer, and what they were told of that: of each at most one message, ever. */
export interface CustomerDelay {
  /** Deliveries that did not get through, with when that becomes late. In the order in which the case heard of them. */
  readonly late: readonly { readonly deliveryId: string; readonly at: string }[]
  readonly notice: 'none' | 'told' | 'ended'
}

/**
 * Commands whose delay a customer feels: goods, money, or what a shop shows them. Not `customer.notify` itself, for
 * the notice would have to take the same way.
 */
const waitedFor: ReadonlySet<string> = new Set([
  'channel.update',
  'credit.draft',
  'credit.post',
  'disposition.execute',
  'goods.send_back',
  'label.create',
  'receipt.record',
  'refund.issue',
  'repair.order',
  'replacement.order',
  'return.record',
] satisfies CommandType[])

/** Nothing is awaited any more, or nothing that a delay would change. */
export const settledHeadlines: ReadonlySet<Headline> = new Set([
  'canceled',
  'closed',
  'expired',
  'rejected',
])

export function waitedForCommands(): readonly string[] {
  return [...waitedFor].toSorted()
}

export function isWaitedFor(command: string): boolean {
  return waitedFor.has(command)
}

/** A delivery that a customer waits for did not get through; from `at` on it is late. */
export function noteLate(
  draft: Draft,
  { deliveryId, command, at }: { deliveryId: string; command: string; at: string },
): void {
  if (!isWaitedFor(command)) return
  const { late, notice } = draft.state.delay ?? { late: [], notice: 'none' }
  const known = late.find((one) => one.deliveryId === deliveryId)
  if (known !== undefined && known.at <= at) return
  const others = late.filter((one) => one !== known)
  draft.state.delay = { late: [...others, { deliveryId, at }], notice }
}

/** It got through after all, or a person has dealt with it. The last one ends the delay that was told. */
export function endLate(draft: Draft, deliveryId: string): void {
  dropLate(draft, deliveryId)
  const { delay } = draft.state
  if (delay?.notice !== 'told' || delay.late.length > 0) return
  draft.state.delay = { ...delay, notice: 'ended' }
  if (isTold(draft.state)) tell(draft, 'delay_ended')
}

/** Nobody waits for it any more, and nothing has come right by that. */
export function dropLate(draft: Draft, deliveryId: string): void {
  const { delay } = draft.state
  if (delay === undefined) return
  draft.state.delay = {
    ...delay,
    late: delay.late.filter((one) => one.deliveryId !== deliveryId),
  }
}

/** Tells the customer once, if something is late at the time of the event at hand. */
export function tellDelay(draft: Draft): void {
  const dueAt = delayDueAt(draft.state)
  const { delay } = draft.state
  if (delay === undefined || dueAt === null || dueAt > draft.event.occurredAt) return
  draft.state.delay = { ...delay, notice: 'told' }
  tell(draft, 'delayed')
}

/** When the customer is to be told; null where nothing is late, or they have been told. */
export function delayDueAt(state: CaseState): string | null {
  const { delay } = state
  if (delay?.notice !== 'none' || !isTold(state)) return null
  const [first, ...more] = delay.late.map(({ at }) => at)
  if (first === undefined) return null
  return more.reduce((earliest, at) => (at < earliest ? at : earliest), first)
}

/** Whether there is a customer who still waits for something. */
function isTold({ header, headline }: CaseState): boolean {
  return header.customer !== null && !settledHeadlines.has(headline)
}

function tell(draft: Draft, template: 'delayed' | 'delay_ended'): void {
  const { about } = draft
  draft.about = template
  owe(draft, 'customer.notify', null)
  draft.about = about
}
