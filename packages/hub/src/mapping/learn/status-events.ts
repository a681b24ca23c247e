import type { EventType } from '@backhaul/sdk/canonical'
import type { SourceField } from './match-fields.ts'
import { proposeWords } from './propose-words.ts'

/** States that an event brings about which needs to say nothing else. */
const eventByState: Readonly<Record<string, EventType>> = {
  'authorization:under_review': 'return.review_started',
  'authorization:info_needed': 'return.info_requested',
  'authorization:rejected': 'return.rejected',
  'authorization:expired': 'return.expired',
  'authorization:canceled': 'return.canceled',
  'transport:in_transit': 'parcel.in_transit',
  'transport:delayed': 'parcel.delayed',
  'transport:damaged': 'parcel.damaged',
  'transport:lost': 'parcel.lost',
  'transport:returned_to_sender': 'parcel.returned_to_sender',
  'transport:delivered': 'parcel.delivered',
  'receipt:expected': 'goods.expected',
  'receipt:closed_short': 'goods.closed_short',
  'receipt:refused': 'goods.refused',
  'inspection:in_progress': 'inspection.started',
}

/** Canonical states that the words of a column may mean, where an event says each of them. */
export function statusEvents(
  field: SourceField,
): { readonly state: string; readonly type: EventType }[] {
  const words = proposeWords('status', field.node.values.keys())
  const states = [...new Set(words.flatMap(({ canonicalValue }) => canonicalValue ?? []))]
  return states.flatMap((state) => {
    const type = eventByState[state]
    return type === undefined ? [] : [{ state, type }]
  })
}

/** Axis or state of a canonical status, `axis:state`. */
export function splitStatus(call: string, part: 0 | 1): string {
  return `split(${call}, ":")[${part}]`
}
