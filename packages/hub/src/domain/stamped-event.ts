import type { EventData, EventType } from '@backhaul/sdk/canonical'

/**
 * What other cases have left of the invoice lines and payments that this case shares with them, as it
 * was known when the event arrived. Each figure is all that this case may take, what it has taken
 * before included. What is not named is not limited by other cases.
 */
export interface Room {
  /** By line number of this case: creditable base units, and creditable minor units with tax. */
  readonly lines?: Readonly<Record<string, { readonly quantity: string; readonly minor: number }>>
  /** By payment id: refundable minor units. */
  readonly payments?: Readonly<Record<string, number>>
}

/** A canonical event as the core sees it: parsed, with what was known of its sender when it arrived. */
export interface StampedEvent<T extends EventType = EventType> {
  /** Unique within the case. */
  readonly id: string
  readonly type: T
  /** Always `2026-11-23T08:15:00.000Z`: text order is time order. */
  readonly occurredAt: string
  /** The connection that sent it; `api`, `timer` and `delivery` are the hub's own. */
  readonly source: string
  readonly actor: string
  /** Letters of the axes (`axisLetters`) that the source may move; empty: none. */
  readonly owns: string
  readonly data: EventData<T>
  readonly room?: Room
}
