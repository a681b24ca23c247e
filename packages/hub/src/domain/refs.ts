import { type CommandType, type ExternalRef, identifyingRefTypes } from '@backhaul/sdk/canonical'
import type { StampedEvent } from './stamped-event.ts'

export interface CaseRef extends ExternalRef {
  /** It belongs to one return only, so an event that carries it is about that return. */
  readonly identifying: boolean
}

const identifyingTypes: ReadonlySet<string> = new Set(identifyingRefTypes)

/**
 * The identifiers that an event binds to its case: those that it carries in so many words, and those in
 * its own fields. An id is unique within the system that gave it, which is the event's source unless
 * the event says otherwise; a tracking number is unique for its carrier.
 */
export function refsOf(event: StampedEvent): readonly CaseRef[] {
  const refs = new Map<string, CaseRef>()
  const add = ({ system, type, value }: ExternalRef) => {
    const identifying = identifyingTypes.has(type)
    refs.set(`${type}\n${system}\n${value}`, { system, type, value, identifying })
  }
  for (const ref of event.data.refs ?? []) add(ref)
  for (const ref of ownRefs(event)) add(ref)
  return [...refs.values()]
}

const ours: ReadonlySet<string> = new Set(['api', 'timer', 'delivery', 'policy'])

function ownRefs({ type, data, source }: StampedEvent): ExternalRef[] {
  const refs: ExternalRef[] = []
  const at = (system: string, refType: string, value: string | undefined) => {
    if (value !== undefined) refs.push({ system, type: refType, value })
  }
  if ('sourceRef' in data) {
    at(data.sourceSystem ?? source, 'return', data.sourceRef)
    for (const orderRef of data.orderRefs) at(source, 'order', orderRef)
  }
  if ('orderRef' in data) at(source, 'order', data.orderRef)
  if ('rmaNo' in data) at(source, 'rma', data.rmaNo)
  if ('tracking' in data)
    at(carrierOf('carrier' in data ? data : {}, source), 'tracking', data.tracking)
  if ('parcel' in data) at(carrierOf(data.parcel, source), 'tracking', data.parcel.tracking)
  if ('receiptId' in data && !ours.has(source)) at(source, 'receipt', data.receiptId)
  if ('document' in data && type.startsWith('credit.')) at(source, 'credit_note', data.document)
  if ('refundId' in data && !ours.has(source) && !isOurRefund(data)) {
    at(source, 'refund', data.refundId)
  }
  if ('vendorRma' in data) at(source, 'supplier_claim', data.vendorRma)
  if (type === 'delivery.confirmed')
    addConfirmed({ type, data, source } as StampedEvent<'delivery.confirmed'>, at)
  return refs
}

/** A refund that the hub has named after its credit, as it does in every return. */
function isOurRefund({ refundId }: { readonly refundId: string }): boolean {
  return /^credit-\d+-/.test(refundId)
}

/** A carrier's own name for itself, or the connection that speaks for it. */
function carrierOf(named: { readonly carrier?: string | undefined }, source: string): string {
  return named.carrier ?? source
}

/** What the receiving system calls the object that a command made there. */
const createdBy: Readonly<Partial<Record<CommandType, (typeof identifyingRefTypes)[number]>>> = {
  'return.record': 'return',
  'receipt.record': 'return_transfer',
  'credit.draft': 'credit_note',
  'credit.post': 'credit_note',
  'refund.issue': 'refund',
  'replacement.order': 'replacement_order',
  'repair.order': 'repair_order',
  'supplier_claim.submit': 'supplier_claim',
  'ticket.update': 'ticket',
}

function addConfirmed(
  { data, source }: Pick<StampedEvent<'delivery.confirmed'>, 'data' | 'source'>,
  at: (system: string, type: string, value: string | undefined) => void,
): void {
  const type = createdBy[data.command as CommandType]
  if (type !== undefined && !ours.has(source)) at(source, type, data.externalId)
}
