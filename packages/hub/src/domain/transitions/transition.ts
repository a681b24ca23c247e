import type { Axis, AxisState, CommandType, EventType } from '@backhaul/sdk/canonical'
import type { GuardName } from '../guards.ts'

/**
 * Causes of the hub's own making. They are looked for after every event, and carry what is owed once
 * several things have come together, in whatever order they came.
 */
export const dues = [
  'settlement.due',
  'posting.due',
  'payout.due',
  'fulfillment.due',
  'recovery.due',
] as const
export type Due = (typeof dues)[number]

/**
 * One move that a line can make: standing at `from`, on `on`, it goes to `to` and owes `owes`. Of
 * several rows for one state and cause, the first whose guard holds is taken. What has no row is no
 * move. A row from a state to itself moves nothing, and is there for what it owes or for a statement
 * that may be made again.
 */
export interface Transition<A extends Axis = Axis> {
  readonly from: readonly AxisState<A>[]
  readonly on: EventType | Due
  readonly to: AxisState<A>
  readonly guard?: GuardName
  readonly owes?: readonly CommandType[]
  /** A plain statement of the axis's owner that it stands at `to` may take this row. */
  readonly isReportable?: true
}
