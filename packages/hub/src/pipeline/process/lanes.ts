import type { DeliveryWrite } from '../../store/batch.ts'
import type { Tx } from '../../store/database.ts'
import { findBusyLanes, followLanes, type LaneKey } from '../../store/outbox.ts'
import type { OwedDelivery } from './work.ts'

/** What the sending side of this process says about its lanes. */
export interface LaneHolder {
  /** Whether this process itself holds the lane up to its last delivery, so that new ones may queue behind it. */
  holds(lane: LaneKey, lastNo: number): boolean
  /** Whether this process can take `count` more deliveries for a connection. */
  hasRoom(connectionId: string, count: number): boolean
}

export type Placed = DeliveryWrite

/**
 * Decides where each new delivery begins. In a free lane it is leased to this process; behind something
 * that another process holds, or that waits for a retry, it is blocked, and that one is told to wake it.
 */
export async function placeDeliveries(
  tx: Tx,
  holder: LaneHolder,
  cases: readonly Owing[],
): Promise<Placed[]> {
  const lanes = groupByLane(cases)
  if (lanes.size === 0) return []
  const busy = await findBusyLanes(
    tx,
    [...lanes.values()].map(({ key }) => key),
  )
  const foreign = busy.filter((lane) => !holder.holds(lane, lane.lastNo))
  const blocked = new Set((await followLanes(tx, foreign)).map(laneName))
  return [...lanes.entries()].flatMap(([name, lane]) => place(holder, lane, blocked.has(name)))
}

/** Something that owes deliveries: a case in a batch, or one whose dead letter is replayed. */
export interface Owing {
  readonly deliveries: readonly OwedDelivery[]
}

interface Lane {
  readonly key: LaneKey
  readonly deliveries: OwedDelivery[]
}

export function laneName({ connectionId, caseId }: LaneKey): string {
  return `${connectionId} ${caseId}`
}

function groupByLane(cases: readonly Owing[]): Map<string, Lane> {
  const lanes = new Map<string, Lane>()
  for (const { deliveries } of cases) {
    for (const delivery of deliveries) {
      const name = laneName(delivery)
      const lane = lanes.get(name)
      if (lane) lane.deliveries.push(delivery)
      else lanes.set(name, { key: delivery, deliveries: [delivery] })
    }
  }
  return lanes
}

function place(holder: LaneHolder, { key, deliveries }: Lane, isBlocked: boolean): Placed[] {
  const isHeld = !isBlocked && holder.hasRoom(key.connectionId, deliveries.length)
  const last = deliveries.length - 1
  return deliveries.map((delivery, index) => {
    if (isHeld) return placed(delivery, 'leased', false)
    return placed(delivery, index === 0 && !isBlocked ? 'due' : 'blocked', index < last)
  })
}

function placed(delivery: OwedDelivery, start: Placed['start'], isFollowed: boolean): Placed {
  return {
    caseId: delivery.caseId,
    deliveryNo: delivery.deliveryNo,
    connectionId: delivery.connectionId,
    role: delivery.role,
    commandType: delivery.commandType,
    commandKey: delivery.commandKey,
    caseNo: delivery.caseNo,
    caseVersion: delivery.caseVersion,
    occurredAt: delivery.occurredAt,
    traceparent: delivery.traceparent,
    replayOf: delivery.replayOf,
    body: delivery.body,
    event: delivery.event,
    start,
    isFollowed,
  }
}
