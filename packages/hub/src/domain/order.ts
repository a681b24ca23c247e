import { causalRank, type EventType } from '@backhaul/sdk/canonical'
import type { StampedEvent } from './stamped-event.ts'

type Placed = Pick<StampedEvent, 'id' | 'type' | 'occurredAt'>

/**
 * The place of an event in the history of its case, as text: time, then causal rank, then id. Two
 * hubs that hold the same events put them in the same order, whatever order they came in.
 */
export function orderKey({ id, type, occurredAt }: Placed): string {
  return `${occurredAt}|${rankText(type)}|${id}`
}

function rankText(type: EventType): string {
  const rank = causalRank(type)
  return rank < 10 ? `00${rank}` : rank < 100 ? `0${rank}` : String(rank)
}

/**
 * How well an event opens a case: a request before goods without one, before money without either.
 * Null: it cannot open a case. Of a history's events the best one opens, the earliest among equals,
 * wherever it stands in time: a request that arrives after "its" blind receipt takes its place.
 */
export function openingClass(event: StampedEvent): 0 | 1 | 2 | null {
  if (event.type === 'return.requested') return 0
  if (event.type === 'goods.received') return 1
  return isMarketplaceFact(event) ? 2 : null
}

/** Money that a marketplace has moved: a fact, whether or not a return is known. */
export function isMarketplaceFact(event: StampedEvent): boolean {
  if (event.type === 'credit.posted') {
    return (event as StampedEvent<'credit.posted'>).data.credit.method === 'marketplace_refund'
  }
  if (event.type === 'refund.released' || event.type === 'refund.settled') {
    const { data } = event as StampedEvent<'refund.released' | 'refund.settled'>
    return data.method === 'marketplace_refund'
  }
  return false
}

/** The place of an opening event among those that can open; null when it cannot. */
export function openingKey(event: StampedEvent): string | null {
  const rank = openingClass(event)
  return rank === null ? null : `${rank}|${orderKey(event)}`
}

/** Sorts into canonical order: the opening event first, then by `orderKey`; each id once. */
export function inCanonicalOrder(events: readonly StampedEvent[]): StampedEvent[] {
  const keyed = events.map((event) => ({ event, key: orderKey(event) }))
  keyed.sort((a, b) => compareText(a.key, b.key))
  const seen = new Set<string>()
  const ordered: StampedEvent[] = []
  for (const { event } of keyed) {
    if (seen.has(event.id)) continue
    seen.add(event.id)
    ordered.push(event)
  }
  const opener = openerOf(ordered)
  return opener === null ? ordered : [opener, ...ordered.filter((event) => event !== opener)]
}

function openerOf(events: readonly StampedEvent[]): StampedEvent | null {
  let best: { event: StampedEvent; key: string } | null = null
  for (const event of events) {
    const key = openingKey(event)
    if (key !== null && (best === null || key < best.key)) best = { event, key }
  }
  return best?.event ?? null
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
