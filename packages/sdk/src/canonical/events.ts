import { z } from 'zod'
import { axisStates } from './axes.ts'
import { caseKinds, channels, claimBases, responseCodes, settlementMethods } from './codes.ts'
import { caseExceptionCodes, exceptionCodes, exceptionQueues } from './exceptions.ts'
import { boundedText, caseId, freeText } from './identifiers.ts'
import { currencyCode, money } from './money.ts'
import {
  approvedLine,
  caseParty,
  credit,
  disposedLine,
  evidence,
  inspectedLine,
  instant,
  invoicedLine,
  keysOf,
  lineNo,
  parcel,
  productRef,
  receivedLine,
  refs,
  requestedLine,
  serials,
  settlementTerms,
  tender,
  webAddress,
} from './parts.ts'
import { decimalQuantity, positiveQuantity, unitCode } from './quantity.ts'
import { systemRoles } from './roles.ts'

/** What every event may carry besides its own fields. */
const common = {
  refs: refs
    .optional()
    .describe('Identifiers of the case in other systems: they find the case, and bind to it.'),
  note: freeText(4000).optional(),
  actor: boundedText(200).optional().describe('Who did it over there, where the source says so.'),
}

const decidedBy = boundedText(200)
  .optional()
  .describe('Who or what decided: a person, or a rule set with its version.')
const lineNos = z.array(lineNo).max(1_000).optional().describe('All lines when left out.')
const parcelMove = {
  parcelId: boundedText(100).optional(),
  tracking: boundedText(100).optional(),
  carrier: boundedText(64).optional(),
  location: freeText(300).optional(),
}
const scan = z.object({ ...common, ...parcelMove, lineNos })
const claimId = boundedText(100)
const creditStep = z.object({ ...common, creditId: boundedText(100) })
const shipment = {
  fulfillmentId: boundedText(100),
  lineNos,
  tracking: boundedText(100).optional(),
  carrier: boundedText(64).optional(),
}
const fulfillmentStep = z.object({ ...common, ...shipment })

/** What a system knows of the order behind a line of the return. */
const recordedLine = z.object({
  lineNo,
  deliveredAt: instant.optional(),
  invoiced: invoicedLine.optional(),
  orderLine: boundedText(100).optional(),
  onOrder: z
    .boolean()
    .optional()
    .describe('False where the product was not on the order; a line that is told of was, else.'),
  ordered: decimalQuantity.optional().describe('In base units.'),
  delivered: decimalQuantity.optional().describe('Delivered so far, in base units.'),
  returned: decimalQuantity
    .optional()
    .describe('Come back so far, by whatever way, in base units.'),
  returning: decimalQuantity
    .optional()
    .describe(
      'Announced to come back and not here yet, in base units; without what the hub itself announced.',
    ),
  serials: serials.optional().describe('Serial numbers that were shipped.'),
  lots: serials.optional().describe('Lots that were shipped.'),
  product: productRef.optional().describe('What was sold, as the system of record calls it.'),
  baseUnit: unitCode.optional().describe('The unit in which the quantities are.'),
  isArchived: z.boolean().optional().describe('The product is no longer in use over there.'),
})

/**
 * The data of each event type, by its name. The order is the order of causes: where two events of a
 * case have the same time, the earlier row counts as earlier.
 */
export const eventData = {
  'return.requested': z.object({
    ...common,
    company: boundedText(64).default('main'),
    channel: z.enum(channels),
    kind: z.enum(caseKinds).default('standard'),
    sourceSystem: boundedText(64)
      .optional()
      .describe('Defaults to the connection that sent the event.'),
    sourceRef: boundedText(200).describe(
      "The request's own id in the source system; a second request with it is a repeat.",
    ),
    customer: caseParty,
    orderRefs: z.array(boundedText(100)).max(50).default([]),
    currency: currencyCode,
    warehouse: boundedText(64).optional(),
    priority: z.enum(['low', 'normal', 'high', 'urgent']).default('normal'),
    flags: z
      .array(z.enum(['hazmat', 'legal_hold', 'fraud_review', 'vip']))
      .max(4)
      .default([]),
    lines: z.array(requestedLine).min(1).max(1_000),
    tenders: z.array(tender).max(50).optional(),
  }),
  'order.recorded': z.object({
    ...common,
    orderRef: boundedText(100),
    exists: z.boolean().optional().describe('False where the system has no such order.'),
    orderedBy: caseParty
      .pick({ partyId: true, commercialPartyId: true, shipFrom: true })
      .optional()
      .describe('Whose order it is, and where it was delivered.'),
    company: boundedText(64).optional(),
    currency: currencyCode.optional(),
    lines: z.array(recordedLine).max(1_000),
    tenders: z.array(tender).max(50).default([]),
  }),
  'return.review_started': z.object({ ...common, lineNos, decidedBy }),
  'return.info_requested': z.object({
    ...common,
    lineNos,
    response: keysOf(responseCodes).optional(),
    customerText: freeText(4000).optional(),
    decidedBy,
  }),
  'return.info_provided': z.object({ ...common, lineNos }),
  'return.approved': z.object({
    ...common,
    rmaNo: boundedText(64).optional(),
    validUntil: instant.optional(),
    warehouse: boundedText(64).optional(),
    carrierInstruction: freeText(1000).optional(),
    packingInstruction: freeText(1000).optional(),
    customerText: freeText(4000).optional(),
    lines: z.array(approvedLine).min(1).max(1_000),
    settlement: settlementTerms.optional(),
    supersedes: boundedText(100).optional(),
    override: z
      .object({ rule: boundedText(64), reason: freeText(2000).min(1) })
      .optional()
      .describe('The rules said no: by which right it is approved all the same, and why.'),
    decidedBy,
  }),
  'return.rejected': z.object({
    ...common,
    lineNos,
    response: keysOf(responseCodes).optional(),
    customerText: freeText(4000).optional(),
    decidedBy,
  }),
  'return.appealed': z.object({ ...common, lineNos }),
  'return.canceled': z.object({ ...common, lineNos }),
  'return.expired': z.object({ ...common, lineNos }),
  'return.extended': z.object({ ...common, validUntil: instant }),
  'label.issued': z.object({
    ...common,
    parcel,
    label: z
      .object({
        url: webAddress.optional(),
        qrUrl: webAddress
          .optional()
          .describe('Link to a code that a shop of the carrier scans to print the label.'),
        format: boundedText(16).optional(),
        cost: money.optional(),
        expiresAt: instant.optional(),
      })
      .optional(),
  }),
  'label.voided': z.object({ ...common, parcelId: boundedText(100) }),
  'label.failed': z.object({
    ...common,
    parcelId: boundedText(100).optional(),
    code: boundedText(100),
  }),
  'parcel.in_transit': scan,
  'parcel.delayed': scan,
  'parcel.damaged': scan,
  'parcel.lost': scan,
  'parcel.returned_to_sender': scan,
  'parcel.weighed': z.object({
    ...common,
    ...parcelMove,
    expectedGrams: z.int().min(0),
    actualGrams: z.int().min(0),
  }),
  'parcel.delivered': scan,
  'goods.expected': z.object({ ...common, lineNos, warehouse: boundedText(64).optional() }),
  'goods.received': z.object({
    ...common,
    receiptId: boundedText(100).describe(
      'Received quantities add up over receipt ids; the same id counts once.',
    ),
    warehouse: boundedText(64).optional(),
    dock: boundedText(64).optional(),
    parcelId: boundedText(100).optional(),
    tracking: boundedText(100).optional(),
    complete: z
      .boolean()
      .optional()
      .describe('The parcel is unpacked: what has not come is missing.'),
    lines: z.array(receivedLine).min(1).max(1_000),
  }),
  'goods.receipt_reversed': z.object({
    ...common,
    receiptId: boundedText(100),
    reversalOf: boundedText(100),
  }),
  'goods.closed_short': z.object({ ...common, lineNos }),
  'goods.refused': z.object({ ...common, lineNos }),
  'inspection.started': z.object({ ...common, lineNos, inspector: boundedText(200).optional() }),
  'inspection.completed': z.object({
    ...common,
    inspectionId: boundedText(100),
    inspector: boundedText(200).optional(),
    lines: z.array(inspectedLine).min(1).max(1_000),
  }),
  'inspection.reopened': z.object({ ...common, lineNos }),
  'disposition.proposed': z.object({
    ...common,
    dispositionId: boundedText(100),
    lines: z.array(disposedLine).min(1).max(1_000),
  }),
  'disposition.approved': z.object({ ...common, dispositionId: boundedText(100) }),
  'disposition.executed': z.object({
    ...common,
    dispositionId: boundedText(100),
    lines: z.array(disposedLine).max(1_000).optional(),
    document: boundedText(200).optional(),
  }),
  'disposition.reversed': z.object({ ...common, dispositionId: boundedText(100) }),
  'credit.proposed': z.object({ ...common, credit }),
  'credit.approval_requested': creditStep,
  'credit.approved': z.object({ ...common, credit }),
  'credit.declined': creditStep,
  'credit.drafted': z.object({ ...common, credit, document: boundedText(200).optional() }),
  'credit.posted': z.object({ ...common, credit, document: boundedText(200).optional() }),
  'credit.reversed': creditStep,
  'credit.failed': z.object({
    ...common,
    creditId: boundedText(100).optional(),
    code: boundedText(100),
  }),
  'refund.released': z.object({
    ...common,
    refundId: boundedText(100),
    creditId: boundedText(100).optional(),
    paymentId: boundedText(100).optional(),
    method: z.enum(settlementMethods),
    amount: money,
  }),
  'refund.settled': z.object({
    ...common,
    refundId: boundedText(100),
    creditId: boundedText(100).optional(),
    paymentId: boundedText(100).optional(),
    method: z.enum(settlementMethods).optional(),
    amount: money,
  }),
  'refund.failed': z.object({
    ...common,
    refundId: boundedText(100),
    code: boundedText(100).optional(),
  }),
  'replacement.planned': fulfillmentStep,
  'replacement.ordered': z.object({
    ...common,
    ...shipment,
    dueAt: instant
      .optional()
      .describe('When the old goods must be back, for an advance replacement.'),
  }),
  'replacement.out_of_stock': fulfillmentStep,
  'replacement.shipped': fulfillmentStep,
  'replacement.delivered': fulfillmentStep,
  'replacement.canceled': fulfillmentStep,
  'repair.planned': fulfillmentStep,
  'repair.started': fulfillmentStep,
  'repair.completed': fulfillmentStep,
  'send_back.shipped': z.object({
    ...common,
    ...shipment,
    quantities: z
      .array(z.object({ lineNo, quantity: positiveQuantity }))
      .max(1_000)
      .optional(),
  }),
  'supplier_claim.identified': z.object({
    ...common,
    claimId,
    lineNos,
    vendor: boundedText(100),
    basis: z.enum(claimBases),
    submitBy: instant.optional(),
  }),
  'supplier_claim.submitted': z.object({ ...common, claimId, lineNos, claimed: money.optional() }),
  'supplier_claim.authorized': z.object({
    ...common,
    claimId,
    lineNos,
    vendorRma: boundedText(100).optional(),
    agreed: money.optional(),
  }),
  'supplier_claim.denied': z.object({ ...common, claimId, lineNos }),
  'supplier_claim.shipped': z.object({
    ...common,
    claimId,
    lineNos,
    tracking: boundedText(100).optional(),
  }),
  'supplier_claim.credited': z.object({ ...common, claimId, lineNos, credited: money }),
  'supplier_claim.disputed': z.object({ ...common, claimId, lineNos }),
  'supplier_claim.written_off': z.object({ ...common, claimId, lineNos }),
  'status.reported': z.object({
    ...common,
    axis: z.enum(
      Object.keys(axisStates) as [keyof typeof axisStates, ...(keyof typeof axisStates)[]],
    ),
    state: boundedText(40).describe('The state that the source shows for the axis, in our words.'),
    lineNos,
  }),
  'claim.accepted': z.object({ ...common, claimId: boundedText(200) }),
  'claim.rejected': z.object({ ...common, claimId: boundedText(200) }),
  'exception.raised': z.object({
    ...common,
    code: keysOf(caseExceptionCodes),
    object: boundedText(200).default('case'),
    detail: freeText(2000).optional(),
    evidence,
  }),
  'exception.assigned': z.object({
    ...common,
    exceptionKey: boundedText(300),
    queue: z.enum(exceptionQueues).optional(),
    owner: boundedText(200).nullable().optional(),
  }),
  'exception.resolved': z.object({
    ...common,
    exceptionKey: boundedText(300),
    action: boundedText(64),
  }),
  'exception.reopened': z.object({ ...common, exceptionKey: boundedText(300) }),
  'case.noted': z.object({ ...common, note: freeText(4000) }),
  'case.flagged': z.object({
    ...common,
    flags: z.array(z.enum(['hazmat', 'legal_hold', 'fraud_review', 'vip'])).max(4),
  }),
  'case.reopened': z.object({ ...common }),
  'delivery.confirmed': z.object({
    ...common,
    deliveryId: boundedText(64),
    command: boundedText(64),
    role: z.enum(systemRoles),
    externalId: boundedText(200).optional(),
  }),
  'delivery.died': z.object({
    ...common,
    deliveryId: boundedText(64),
    command: boundedText(64),
    role: z.enum(systemRoles),
    connection: boundedText(64),
    code: boundedText(100),
    reason: freeText(300).optional().describe('What the receiving side said, in a sentence.'),
    exception: keysOf(exceptionCodes)
      .optional()
      .describe('What is wrong with the return by that; IT01 when left out.'),
    lateAt: instant
      .optional()
      .describe('From when on it is late for a customer who waits for it, should it stay so.'),
  }),
  'delivery.delayed': z.object({
    ...common,
    deliveryId: boundedText(64),
    command: boundedText(64),
    role: z.enum(systemRoles),
    connection: boundedText(64),
  }),
  'delivery.recovered': z.object({
    ...common,
    deliveryId: boundedText(64),
    command: boundedText(64),
  }),
  'timer.fired': z.object({ ...common, timer: boundedText(64), key: boundedText(200) }),
} as const satisfies Record<string, z.ZodObject>

export type EventType = keyof typeof eventData
export type EventData<T extends EventType = EventType> = z.infer<(typeof eventData)[T]>

export const eventTypes = Object.keys(eventData) as readonly EventType[]

/** Version of the event contracts in the CloudEvents type; raised only by a change that is not compatible both ways. */
export const eventVersion = 1

/** `return.approved` -> `backhaul.return.approved.v1`. */
export function cloudEventType(type: EventType): string {
  return `backhaul.${type}.v${eventVersion}`
}

const byCloudEventType: ReadonlyMap<string, EventType> = new Map(
  eventTypes.map((type) => [cloudEventType(type), type]),
)

/** `backhaul.return.approved.v1` -> `return.approved`; null for a type that this version does not know. */
export function eventTypeOf(cloudType: string): EventType | null {
  return byCloudEventType.get(cloudType) ?? null
}

/** Events that only the hub itself makes: a sender from outside may not claim them. */
export const internalEventTypes: ReadonlySet<EventType> = new Set([
  'delivery.confirmed',
  'delivery.died',
  'delivery.delayed',
  'delivery.recovered',
  'timer.fired',
  'claim.accepted',
  'claim.rejected',
  'exception.assigned',
  'exception.resolved',
  'exception.reopened',
  'case.reopened',
])

/** The envelope without its data: CloudEvents 1.0 in structured JSON mode. */
export const eventEnvelope = z.object({
  specversion: z.literal('1.0'),
  id: boundedText(200).describe('Unique within `source`; a second event with both is a repeat.'),
  source: boundedText(300).describe('URI reference of what sent it.'),
  type: z.string().max(100),
  subject: caseId
    .optional()
    .describe('The case, where the sender knows our id; otherwise `data.refs` finds it.'),
  time: instant.describe('When it happened, by the clock of the source.'),
  datacontenttype: z.literal('application/json').optional(),
  dataschema: z.string().max(500).optional(),
  traceparent: z
    .string()
    .regex(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    .optional(),
})

/** A canonical event inside the hub: parsed, with its short type. */
export interface CanonicalEvent<T extends EventType = EventType> {
  readonly id: string
  readonly source: string
  readonly type: T
  readonly subject?: string | undefined
  readonly time: string
  readonly traceparent?: string | undefined
  readonly data: EventData<T>
}

export interface EventProblem {
  /** RFC 6901 pointer into the envelope. */
  readonly pointer: string
  readonly code: 'unknown_type' | 'internal_type' | 'invalid'
  readonly message: string
}

export type ParsedEvent =
  | { readonly ok: true; readonly event: CanonicalEvent }
  | { readonly ok: false; readonly problems: readonly EventProblem[] }

/**
 * Parses a CloudEvent from outside into a canonical event. Unknown fields are dropped, so that a newer
 * sender is understood; everything known is checked. Never throws.
 */
export function parseCanonicalEvent(input: unknown): ParsedEvent {
  const envelope = eventEnvelope.safeParse(input)
  if (!envelope.success) return { ok: false, problems: problemsOf(envelope.error, []) }
  const type = eventTypeOf(envelope.data.type)
  if (type === null) {
    return {
      ok: false,
      problems: [{ pointer: '/type', code: 'unknown_type', message: 'not a known event type' }],
    }
  }
  const data = eventData[type].safeParse((input as { data?: unknown }).data)
  if (!data.success) return { ok: false, problems: problemsOf(data.error, ['data']) }
  const { id, source, subject, time, traceparent } = envelope.data
  return {
    ok: true,
    event: { id, source, type, subject, time, traceparent, data: data.data },
  }
}

function problemsOf(error: z.ZodError, prefix: readonly string[]): EventProblem[] {
  return error.issues.slice(0, 20).map((issue) => ({
    pointer: [...prefix, ...issue.path].map((part) => `/${escapePointer(String(part))}`).join(''),
    code: 'invalid',
    message: issue.message,
  }))
}

function escapePointer(part: string): string {
  return part.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The schema of one event type as it stands on the wire. */
export function cloudEventSchema(type: EventType) {
  return eventEnvelope.extend({ type: z.literal(cloudEventType(type)), data: eventData[type] })
}

/** Where two events of a case have the same time, the lower rank happened first. */
export function causalRank(type: EventType): number {
  return rankOf.get(type) ?? eventTypes.length
}
const rankOf: ReadonlyMap<EventType, number> = new Map(
  eventTypes.map((type, index) => [type, index]),
)
