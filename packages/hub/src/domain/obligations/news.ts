import type { CommandType, EventType, Headline } from '@backhaul/sdk/canonical'
import type { Draft } from '../draft.ts'
import { owe } from '../draft.ts'

const desk: readonly CommandType[] = ['ticket.update']
const deskAndChannel: readonly CommandType[] = ['ticket.update', 'channel.update']
const everyone: readonly CommandType[] = ['ticket.update', 'channel.update', 'customer.notify']

/** Who is told when the headline of a case becomes this one. A hold is nobody's business outside. */
export const newsOnHeadline: Readonly<Record<Headline, readonly CommandType[]>> = {
  canceled: everyone,
  rejected: everyone,
  expired: everyone,
  exception_hold: desk,
  info_needed: everyone,
  requested: deskAndChannel,
  closed: deskAndChannel,
  refunded: everyone,
  replaced: everyone,
  repaired: everyone,
  returned_to_customer: everyone,
  approved: deskAndChannel,
  inspected: deskAndChannel,
  in_inspection: desk,
  received: everyone,
  partially_received: everyone,
  delivered: deskAndChannel,
  in_transit: deskAndChannel,
  authorized: everyone,
}

/**
 * Events that are news to whoever looks after the return although its headline stays: the second part of the
 * goods, the finding of an inspection, a credit for the rest.
 */
const turns: ReadonlySet<EventType> = new Set([
  'label.issued',
  'goods.received',
  'goods.receipt_reversed',
  'goods.closed_short',
  'inspection.completed',
  'disposition.executed',
  'credit.posted',
  'credit.reversed',
  'refund.settled',
  'refund.failed',
])

/** Owes the news of a changed headline, or of a turn without one. A customer that is not known is told nothing. */
export function oweNews(
  draft: Draft,
  { isNewHeadline }: { readonly isNewHeadline: boolean },
): void {
  if (!isNewHeadline) {
    // What somebody says who has no authority over it has changed nothing.
    if (draft.claims.length > 0 || !turns.has(draft.event.type)) return
    for (const type of deskAndChannel) owe(draft, type, null)
    return
  }
  for (const type of newsOnHeadline[draft.state.headline]) {
    if (type === 'customer.notify' && draft.state.header.customer === null) continue
    owe(draft, type, null)
  }
}
