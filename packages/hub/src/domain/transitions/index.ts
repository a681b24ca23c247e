import type { Axis, EventType } from '@backhaul/sdk/canonical'
import { authorization } from './authorization.ts'
import { disposition } from './disposition.ts'
import { fulfillment } from './fulfillment.ts'
import { inspection } from './inspection.ts'
import { receipt } from './receipt.ts'
import { settlement } from './settlement.ts'
import { supplierRecovery } from './supplier-recovery.ts'
import type { Due, Transition } from './transition.ts'
import { transport } from './transport.ts'

/** Every move that a line of a return can make, axis by axis. */
export const transitions = {
  authorization,
  transport,
  receipt,
  inspection,
  disposition,
  settlement,
  fulfillment,
  supplierRecovery,
} as const satisfies { readonly [A in Axis]: readonly Transition<A>[] }

/** The rows of one axis for one cause, by the state that they leave. */
interface AxisRows {
  readonly axis: Axis
  readonly byState: ReadonlyMap<string, readonly Transition[]>
}

const rowsByCause: ReadonlyMap<EventType | Due, readonly AxisRows[]> = indexRows()

/** The axes that `cause` can move, each with its rows; empty for a cause that moves nothing. */
export function rowsOn(cause: EventType | Due): readonly AxisRows[] {
  return rowsByCause.get(cause) ?? []
}

function indexRows() {
  const index = new Map<EventType | Due, { axis: Axis; byState: Map<string, Transition[]> }[]>()
  for (const [axis, rows] of Object.entries(transitions) as [Axis, readonly Transition[]][]) {
    for (const row of rows) {
      const ofCause = index.get(row.on) ?? []
      index.set(row.on, ofCause)
      let ofAxis = ofCause.find((entry) => entry.axis === axis)
      if (!ofAxis) ofCause.push((ofAxis = { axis, byState: new Map() }))
      for (const state of row.from) {
        ofAxis.byState.set(state, [...(ofAxis.byState.get(state) ?? []), row])
      }
    }
  }
  return index
}
