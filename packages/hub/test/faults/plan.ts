import type { EventType } from '@backhaul/sdk/canonical'
import { type PlannedReturn, planReturn } from '../../bench/workload/history.ts'
import { between, type Random } from '../../bench/workload/random.ts'
import { cloudEvent } from '../../bench/workload/stream.ts'

/** An event that is to be sent, and what became of that. */
export interface PlannedEvent {
  readonly id: string
  readonly type: EventType
  readonly body: string
  readonly of: PlannedCase
  state: 'planned' | 'sent' | 'acknowledged'
}

/** A return that the test sends, with all that it sends about it. */
export interface PlannedCase {
  readonly plan: PlannedReturn
  readonly events: readonly PlannedEvent[]
  /** Its events are sent in any order and side by side; else each waits for the one before it. */
  readonly isShuffled: boolean
  /** Events in the order in which they are sent. */
  readonly sending: PlannedEvent[]
}

const shuffledShare = 0.3
const hourMs = 3_600_000

/** Plans a return: what happened, when, and in which order the hub is told. */
export function planCase(number: number, random: Random): PlannedCase {
  const ref = `F${number}`
  const plan = planReturn(ref, random)
  // Within the last hour, so that no timer of the case is due before the test is over.
  const beginMs = Date.now() - hourMs + between(random, 0, hourMs / 2)
  const events: PlannedEvent[] = []
  const isShuffled = random() < shuffledShare
  const planned: PlannedCase = { plan, events, isShuffled, sending: [] }
  for (const [index, step] of plan.steps.entries()) {
    const id = `${ref}-${index}`
    const body = cloudEvent({ id, step, ref, atMs: beginMs + index * 1_000 })
    events.push({ id, type: step.type, body, of: planned, state: 'planned' })
  }
  planned.sending.push(...(isShuffled ? shuffled(events, random) : events))
  return planned
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items]
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = between(random, 0, last)
    const [a, b] = [mixed[last], mixed[other]]
    if (a !== undefined && b !== undefined) [mixed[last], mixed[other]] = [b, a]
  }
  return mixed
}
