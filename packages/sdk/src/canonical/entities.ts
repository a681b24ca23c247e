import { z } from 'zod'
import { type Axis, axes, axisStates, headlines } from './axes.ts'
import {
  caseKinds,
  channels,
  claimBases,
  dispositionCodes,
  feeKinds,
  reasonCodes,
  resolutions,
  settlementMethods,
  settlementTriggers,
} from './codes.ts'
import { type EventType, eventTypes } from './events.ts'
import { exceptionCodes, exceptionQueues } from './exceptions.ts'
import { externalRef, uuid } from './identifiers.ts'
import { currencyCode, money } from './money.ts'
import { instant, keysOf, lineNo, productRef, tender } from './parts.ts'
import { decimalQuantity, unitCode } from './quantity.ts'

/*
 * What the hub shows of a return. Null: the hub keeps the value and has none. Left out: it is not
 * known, or not for this caller. A reader ignores fields that it does not know.
 */

const text = z.string()
const time = z.iso.datetime().meta({ id: 'Time', description: 'UTC, to the millisecond.' })
const axisName = z.enum(axes as [Axis, ...Axis[]])
const eventType = z.enum(eventTypes as [EventType, ...EventType[]])
const lineQuantity = z.object({ lineNo, quantity: decimalQuantity })
const fee = z.object({ kind: z.enum(feeKinds), net: money, tax: money })

const axisStatus = z
  .object({
    authorization: z.enum(axisStates.authorization),
    transport: z.enum(axisStates.transport),
    receipt: z.enum(axisStates.receipt),
    inspection: z.enum(axisStates.inspection),
    disposition: z.enum(axisStates.disposition),
    settlement: z.enum(axisStates.settlement),
    fulfillment: z.enum(axisStates.fulfillment),
    supplierRecovery: z.enum(axisStates.supplierRecovery),
  } satisfies Record<Axis, z.ZodType>)
  .meta({ id: 'LineAxes', description: 'The state of a line on each of the eight axes.' })

const quantities = z
  .object({
    requested: decimalQuantity,
    authorized: decimalQuantity,
    shipped: decimalQuantity,
    received: decimalQuantity.describe('Received within the authorization.'),
    surplus: decimalQuantity.describe('Received beyond the authorization, or without one.'),
    accepted: decimalQuantity,
    rejected: decimalQuantity,
    credited: decimalQuantity,
    replaced: decimalQuantity,
    repaired: decimalQuantity,
    sentBack: decimalQuantity,
    short: decimalQuantity.describe('Authorized, and will not come any more.'),
    writtenOff: decimalQuantity,
  })
  .meta({ id: 'LineQuantities', description: 'The quantity ledger of a line, in its base unit.' })

const returnLine = z
  .object({
    lineNo,
    product: productRef.nullable().describe('Null for goods that nobody could name yet.'),
    unit: unitCode.describe('The base unit.'),
    reason: keysOf(reasonCodes).nullable(),
    fault: z.enum(['customer', 'carrier', 'supplier', 'seller', 'none']),
    resolution: z.enum(resolutions),
    returnRequired: z.boolean(),
    axes: axisStatus,
    since: z
      .partialRecord(axisName, time)
      .describe('When each axis came to its state; an axis that never moved is left out.'),
    quantities,
    deliveredAt: instant.nullable(),
    invoiced: z
      .object({ invoiceLine: text, quantity: decimalQuantity, net: money, tax: money })
      .nullable(),
    posted: money.describe('Posted credits for the line, with tax.'),
  })
  .meta({ id: 'ReturnLine', description: 'A line of a return, with its eight axes.' })

const customer = z
  .object({
    partyId: text,
    commercialPartyId: text.optional(),
    language: text.optional(),
    name: text.optional(),
    email: text.optional(),
    shipFrom: z.record(z.string(), z.unknown()).optional(),
    isMasked: z.boolean().describe('Name, e-mail and address are left out for this caller.'),
  })
  .meta({ id: 'ShownCustomer', description: 'The customer of a return.' })

const parcel = z
  .object({
    parcelId: text,
    direction: z.enum(['inbound', 'outbound', 'to_vendor']),
    carrier: text.nullable(),
    tracking: text.nullable(),
    status: z.enum(axisStates.transport),
    lines: z.array(lineQuantity).nullable().describe('Null: its contents are not known.'),
  })
  .meta({ id: 'ReturnParcel', description: 'A parcel to us, from us or to a vendor.' })

const receiptLine = lineQuantity
  .extend({ serials: z.array(text).optional() })
  .meta({ id: 'ReceiptLine', description: 'What of a receipt counts for a line.' })

const receipt = z
  .object({
    receiptId: text,
    at: time,
    warehouse: text.nullable(),
    reversalOf: text.nullable(),
    isReversed: z.boolean(),
    lines: z.array(receiptLine),
  })
  .meta({ id: 'ReturnReceipt', description: 'Goods that came in together.' })

const inspection = z
  .object({
    inspectionId: text,
    lines: z.array(z.object({ lineNo, accepted: decimalQuantity, rejected: decimalQuantity })),
  })
  .meta({ id: 'ReturnInspection', description: 'What inspection accepted and rejected.' })

const disposition = z
  .object({
    dispositionId: text,
    status: z.enum(['proposed', 'approved', 'executed', 'reversed']),
    lines: z.array(lineQuantity.extend({ code: keysOf(dispositionCodes) })),
  })
  .meta({ id: 'ReturnDisposition', description: 'What happens to returned units.' })

const credit = z
  .object({
    creditId: text,
    status: z.enum([
      'proposed',
      'pending_approval',
      'approved',
      'drafted',
      'posted',
      'declined',
      'failed',
      'reversed',
    ]),
    method: z.enum(settlementMethods),
    total: money.describe('Lines with tax, less fees with tax, plus goodwill.'),
    approved: money.nullable().describe('Null: posted without an approval that we know of.'),
    lines: z.array(lineQuantity.extend({ net: money, tax: money })),
    fees: z.array(fee),
    postedAt: time.nullable(),
  })
  .meta({ id: 'ReturnCredit', description: 'A credit to the customer.' })

const refund = z
  .object({
    refundId: text,
    creditId: text.nullable(),
    paymentId: text.nullable(),
    method: z.enum(settlementMethods).nullable(),
    amount: money,
    status: z.enum(['asked', 'released', 'settled', 'failed']),
  })
  .meta({ id: 'ReturnRefund', description: 'Money on its way back to the customer.' })

const payment = z
  .object({
    paymentId: text,
    method: tender.shape.method,
    captured: money,
    refunded: money.describe('By this case and outside it.'),
  })
  .meta({
    id: 'ReturnTender',
    description: 'What the customer paid, and how much of it went back.',
  })

const fulfillment = z
  .object({
    fulfillmentId: text,
    kind: z.enum(['replacement', 'repair', 'send_back']),
    status: z.enum([
      'planned',
      'out_of_stock',
      'ordered',
      'in_repair',
      'repaired',
      'shipped',
      'delivered',
      'canceled',
    ]),
    dueAt: instant
      .nullable()
      .describe('When the old goods must be back, for an advance replacement.'),
    lines: z.array(lineQuantity),
  })
  .meta({ id: 'ReturnFulfillment', description: 'A replacement, a repair, or goods sent back.' })

const supplierClaim = z
  .object({
    claimId: text,
    status: z.enum(axisStates.supplierRecovery).exclude(['none']),
    lineNos: z.array(lineNo),
    vendor: text.nullable(),
    basis: z.enum(claimBases).nullable(),
    claimed: money.nullable(),
    agreed: money.nullable(),
    credited: money.nullable(),
    submitBy: instant.nullable(),
  })
  .meta({ id: 'SupplierClaim', description: 'What a supplier owes for returned goods.' })

const axisClaim = z
  .object({
    claimId: text,
    axis: axisName,
    type: eventType,
    says: z.array(text).describe('The states that would agree with it.'),
    lineNos: z.array(lineNo).nullable().describe('Null: all lines.'),
    source: text,
    at: time,
    status: z.enum(['open', 'confirmed', 'accepted', 'rejected']),
  })
  .meta({ id: 'Claim', description: 'What a system said about something that it does not own.' })

const exception = z
  .object({
    id: uuid,
    caseId: text.nullable(),
    caseNo: text.nullable(),
    key: text,
    code: keysOf(exceptionCodes),
    title: text,
    object: text.describe('What it is about: the case, a line, a receipt, a credit.'),
    severity: z.enum(['blocking', 'warning', 'info']),
    queue: z.enum(exceptionQueues),
    owner: text.nullable(),
    status: z.enum(['open', 'resolved']),
    detail: text.nullable(),
    openedAt: time,
    dueAt: time.nullable(),
    resolvedAt: time.nullable(),
    action: text.nullable().describe('How it was resolved.'),
    actions: z.array(text).describe('How it can be resolved.'),
    recurrences: z.int(),
  })
  .meta({ id: 'Exception', description: 'Something that is wrong with a case.' })

const boundRef = externalRef
  .extend({ boundAt: time })
  .meta({ id: 'BoundRef', description: 'How another system calls a part of this return.' })

const statusEvent = z
  .object({
    seq: z.int().describe('The version of the return that the event made.'),
    type: eventType,
    eventId: text,
    source: text,
    actor: text,
    occurredAt: time.describe('When it happened, by its source.'),
    recordedAt: time.describe('When the hub took it in.'),
    messageId: uuid,
    data: z.unknown(),
    effect: z.unknown().describe('What it moved, raised, cleared and set off, or why it did not.'),
  })
  .meta({ id: 'StatusEvent', description: 'A step of a return, from any system.' })

const returnCase = z
  .object({
    id: uuid,
    caseNo: text,
    version: z.int().describe('Grows by one with every event.'),
    headline: z.enum(headlines),
    since: time.describe('When the headline last changed.'),
    sentence: text.describe('How it stands, in a plain sentence.'),
    company: text,
    channel: z.enum(channels),
    kind: z.enum(caseKinds),
    priority: z.enum(['low', 'normal', 'high', 'urgent']),
    flags: z.array(z.enum(['hazmat', 'legal_hold', 'fraud_review', 'vip'])),
    currency: currencyCode,
    sourceSystem: text,
    sourceRef: text,
    rmaNo: text.nullable(),
    validUntil: instant.nullable(),
    warehouse: text.nullable(),
    orderRefs: z.array(text),
    customer: customer.nullable(),
    terms: z
      .object({
        method: z.enum(settlementMethods),
        trigger: z.enum(settlementTriggers),
        fees: z.array(fee),
      })
      .nullable(),
    lines: z.array(returnLine),
    parcels: z.array(parcel),
    receipts: z.array(receipt),
    inspections: z.array(inspection),
    dispositions: z.array(disposition),
    credits: z.array(credit),
    refunds: z.array(refund),
    tenders: z.array(payment),
    fulfillments: z.array(fulfillment),
    supplierClaims: z.array(supplierClaim),
    claims: z.array(axisClaim),
    exceptions: z.array(exception),
    refs: z.array(boundRef),
    closedAt: time.nullable(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'ReturnCase', description: 'A return, whole.' })

/** The read model: what the API shows of each part of a case. */
export const entitySchemas = {
  return_case: returnCase,
  return_line: returnLine,
  customer,
  parcel,
  receipt,
  receipt_line: receiptLine,
  inspection,
  disposition,
  credit,
  refund,
  tender: payment,
  fulfillment,
  supplier_claim: supplierClaim,
  claim: axisClaim,
  exception,
  external_ref: boundRef,
  status_event: statusEvent,
} as const satisfies Record<string, z.ZodObject>

export type EntityName = keyof typeof entitySchemas
export type Entity<N extends EntityName> = z.output<(typeof entitySchemas)[N]>
