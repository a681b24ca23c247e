import { z } from 'zod'
import { type Axis, axes, axisStates, headlines } from './axes.ts'
import {
  caseKinds,
  channels,
  claimBases,
  dispositionCodes,
  dockConditions,
  itemGrades,
  reasonCodes,
  resolutions,
  responseCodes,
  settlementMethods,
  settlementTriggers,
} from './codes.ts'
import { type EventType, eventTypes } from './events.ts'
import { exceptionCodes, exceptionQueues } from './exceptions.ts'
import { boundedText, caseId, externalRef, freeText, uuid } from './identifiers.ts'
import { currencyCode, money } from './money.ts'
import {
  caseParty,
  fee,
  instant,
  keysOf,
  lineNo,
  productRef,
  serials,
  tender,
  webAddress,
} from './parts.ts'
import { decimalQuantity, unitCode } from './quantity.ts'

/*
 * What the hub shows of a return. Null: the hub keeps the value and has none. Left out: nothing has
 * filled the field. A reader ignores fields that it does not know.
 */

const id = boundedText(100)
const actor = boundedText(200)
const axisName = z.enum(axes as [Axis, ...Axis[]])
const lineQuantity = z.object({ lineNo, quantity: decimalQuantity })
const lineQuantities = z.array(lineQuantity)

/** A state of each axis, as the line shows it. */
const axisStatus = z
  .object({
    authorization: z.enum(axisStates.authorization),
    transport: z.enum(axisStates.transport),
    receipt: z.enum(axisStates.receipt),
    inspection: z.enum(axisStates.inspection),
    disposition: z.enum(axisStates.disposition),
    settlement: z.enum(axisStates.settlement),
    fulfilment: z.enum(axisStates.fulfilment),
    supplierRecovery: z.enum(axisStates.supplierRecovery),
  } satisfies Record<Axis, z.ZodType>)
  .meta({ id: 'AxisStatus', description: 'The state of a line on each of the eight axes.' })

const quantityLedger = z
  .object({
    requested: decimalQuantity,
    authorized: decimalQuantity,
    shipped: decimalQuantity,
    received: decimalQuantity.describe('Received within the authorization.'),
    surplus: decimalQuantity.describe('Received beyond the authorization, or without one.'),
    accepted: decimalQuantity,
    rejected: decimalQuantity,
    disposed: decimalQuantity.optional(),
    credited: decimalQuantity,
    replaced: decimalQuantity,
    repaired: decimalQuantity,
    sentBack: decimalQuantity,
    short: decimalQuantity.describe('Given up: authorized, and will not come any more.'),
    writtenOff: decimalQuantity,
  })
  .meta({ id: 'QuantityLedger', description: 'Quantities of a line, in its base unit.' })

const returnLine = z
  .object({
    lineNo,
    sourceLineRef: id.optional(),
    product: productRef.nullable().describe('Null for goods that nobody could name yet.'),
    baseUnit: unitCode,
    reason: z
      .object({
        code: keysOf(reasonCodes),
        x12: boundedText(4).nullable().describe('ANSI X12 element 1293.'),
        source: id.optional(),
        text: freeText(2000).optional(),
      })
      .nullable(),
    fault: z.enum(['customer', 'carrier', 'supplier', 'seller', 'none']),
    requestedResolution: z.enum(resolutions).optional(),
    resolution: z.enum(resolutions),
    returnRequired: z.boolean(),
    inspectionRequired: z.boolean(),
    supplierRecovery: z.boolean(),
    freightPayer: z.enum(['customer', 'seller', 'carrier', 'supplier']),
    expectedSerials: serials,
    lots: serials.optional(),
    claimedCondition: id.optional(),
    evidence: z.array(z.object({ kind: boundedText(50), url: webAddress })).optional(),
    origin: z.object({
      orderLine: id.optional(),
      delivery: id.optional(),
      deliveredAt: instant.nullable(),
      invoiced: z
        .object({ invoiceLine: id, quantity: decimalQuantity, net: money, tax: money })
        .nullable(),
    }),
    status: axisStatus,
    since: z
      .partialRecord(axisName, instant)
      .describe('When each axis came to its state; an axis that never moved is left out.'),
    quantities: quantityLedger,
    posted: money.describe('Net and tax of all posted credits for the line.'),
  })
  .meta({ id: 'ReturnLine', description: 'One product of a return, on its eight axes.' })

const ruleVerdict = z.object({
  ruleId: id,
  version: z.int().min(1),
  verdict: z.enum(['allow', 'deny', 'refer', 'need_info', 'modify']),
  message: freeText(2000).optional(),
  inputsHash: id.optional(),
})

const decision = z
  .object({
    decisionId: boundedText(200),
    outcome: z.enum(['approve', 'partial', 'reject', 'need_info', 'refer']),
    lineNos: z.array(lineNo).nullable().describe('Null: all lines.'),
    decidedAt: instant,
    decidedBy: actor.nullable(),
    source: id,
    response: keysOf(responseCodes).optional(),
    customerText: freeText(4000).optional(),
    rules: z.array(ruleVerdict).optional(),
    supersedes: boundedText(200).optional(),
  })
  .meta({ id: 'CaseDecision', description: 'What was decided about a request, by whom and why.' })

const authorization = z
  .object({
    rmaNo: boundedText(64).nullable(),
    approvedAt: instant.nullable(),
    validUntil: instant.nullable(),
    warehouse: boundedText(64).nullable().describe('Where the goods shall go.'),
    carrierInstruction: freeText(1000).optional(),
    packingInstruction: freeText(1000).optional(),
    customerText: freeText(4000).optional(),
    terms: z
      .object({
        method: z.enum(settlementMethods),
        trigger: z.enum(settlementTriggers),
        fees: z.array(fee),
      })
      .nullable(),
    lines: lineQuantities.describe('What was authorized, in base units.'),
  })
  .meta({ id: 'CaseAuthorization', description: 'What the customer was allowed, until when.' })

const parcel = z
  .object({
    parcelId: id,
    direction: z.enum(['inbound', 'outbound', 'to_vendor']),
    carrier: boundedText(64).nullable(),
    service: id.optional(),
    tracking: id.nullable(),
    status: z.enum(axisStates.transport),
    lines: lineQuantities.nullable().describe('Null: the contents are not known.'),
    label: z
      .object({
        url: webAddress.optional(),
        format: boundedText(16).optional(),
        cost: money.optional(),
        expiresAt: instant.optional(),
      })
      .optional(),
    expectedGrams: z.int().min(0).optional(),
    actualGrams: z.int().min(0).optional(),
  })
  .meta({ id: 'CaseParcel', description: 'A parcel on its way to us, from us or to a vendor.' })

const parcelEvent = z
  .object({
    eventId: boundedText(200),
    parcelId: id.nullable(),
    carrier: boundedText(64).nullable(),
    tracking: id.nullable(),
    type: z.enum(eventTypes as [EventType, ...EventType[]]),
    status: z.enum(axisStates.transport).nullable().describe('Null: it moved nothing.'),
    occurredAt: instant,
    recordedAt: instant,
    location: freeText(300).optional(),
  })
  .meta({ id: 'ParcelEvent', description: 'What a carrier said of a parcel.' })

const receiptLine = z
  .object({
    lineNo: lineNo.nullable().describe('Null: matched to no line.'),
    product: productRef.optional(),
    quantity: decimalQuantity,
    serials: serials.optional(),
    lots: serials.optional(),
    condition: z.enum(dockConditions).optional(),
    discrepancy: keysOf(exceptionCodes).optional(),
  })
  .meta({ id: 'ReceiptLine', description: 'Goods of one receipt.' })

const receipt = z
  .object({
    receiptId: id,
    occurredAt: instant,
    source: id.optional(),
    warehouse: boundedText(64).nullable(),
    dock: boundedText(64).optional(),
    parcelId: id.optional(),
    reversalOf: id.nullable(),
    isReversed: z.boolean(),
    lines: z.array(receiptLine),
  })
  .meta({ id: 'Receipt', description: 'Goods that came in together. Receipts add up by id.' })

const inspection = z
  .object({
    inspectionId: id,
    inspector: actor.optional(),
    startedAt: instant.optional(),
    completedAt: instant.optional(),
    lines: z.array(
      z.object({
        lineNo,
        accepted: decimalQuantity,
        rejected: decimalQuantity,
        grade: z.enum(itemGrades).optional(),
        fault: z.enum(['customer', 'carrier', 'supplier', 'own_warehouse', 'none']).optional(),
        finding: keysOf(responseCodes).optional(),
      }),
    ),
  })
  .meta({ id: 'Inspection', description: 'What inspection found.' })

const disposition = z
  .object({
    dispositionId: id,
    status: z.enum(['proposed', 'approved', 'executed', 'reversed']),
    isDerived: z.boolean().describe("Made from an inspection's proposal."),
    lines: z.array(lineQuantity.extend({ code: keysOf(dispositionCodes) })),
    document: boundedText(200).optional(),
    valueRecovered: money.optional(),
    valueLost: money.optional(),
  })
  .meta({ id: 'Disposition', description: 'What happens to returned units.' })

const settlement = z
  .object({
    creditId: id,
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
    isPlanned: z.boolean().describe('Cut by the hub when its trigger was met.'),
    lines: z.array(lineQuantity.extend({ net: money, tax: money })),
    fees: z.array(fee),
    goodwill: money,
    total: money.describe('Lines with tax, less fees with tax, plus goodwill.'),
    approved: money.nullable(),
    postedAt: instant.nullable(),
    document: boundedText(200).optional(),
    source: id,
  })
  .meta({ id: 'Settlement', description: 'A credit to the customer, from proposal to posting.' })

const refund = z
  .object({
    refundId: id,
    creditId: id.nullable(),
    paymentId: id.nullable(),
    method: z.enum(settlementMethods).nullable(),
    amount: money,
    status: z.enum(['asked', 'released', 'settled', 'failed']),
    allocation: z.array(z.object({ paymentId: id, amount: money })),
    source: id,
  })
  .meta({
    id: 'Refund',
    description: 'Money on its way back, and the payments that it is cut from.',
  })

const payment = tender
  .omit({ refunded: true })
  .extend({
    refundedBefore: money.describe('Refunded outside this case.'),
    refunded: money.describe('Refunded by this case.'),
  })
  .meta({ id: 'Payment', description: 'What the customer paid, and how much of it went back.' })

const fulfilment = z
  .object({
    fulfilmentId: id,
    kind: z.enum(['replacement', 'send_back']),
    status: z.enum(['planned', 'out_of_stock', 'ordered', 'shipped', 'delivered', 'canceled']),
    lines: lineQuantities,
    dueAt: instant
      .nullable()
      .describe('When the old goods must be back, for an advance replacement.'),
    carrier: boundedText(64).optional(),
    tracking: id.optional(),
  })
  .meta({ id: 'Fulfilment', description: 'Goods that go out to the customer.' })

const repair = z
  .object({
    fulfilmentId: id,
    status: z.enum([
      'planned',
      'ordered',
      'in_repair',
      'repaired',
      'shipped',
      'delivered',
      'canceled',
    ]),
    lines: lineQuantities,
    isCovered: z.boolean().optional(),
    quote: money.optional(),
    carrier: boundedText(64).optional(),
    tracking: id.optional(),
  })
  .meta({ id: 'Repair', description: "A repair of the customer's own goods." })

const supplierClaim = z
  .object({
    claimId: id,
    status: z.enum([
      'candidate',
      'claimed',
      'authorized',
      'denied',
      'shipped',
      'credited',
      'disputed',
      'written_off',
    ]),
    lineNos: z.array(lineNo),
    vendor: id.nullable(),
    basis: z.enum(claimBases).nullable(),
    vendorRma: id.optional(),
    claimed: money.nullable(),
    agreed: money.nullable(),
    credited: money.nullable(),
    submitBy: instant.nullable(),
    shippedAt: instant.nullable(),
  })
  .meta({ id: 'SupplierClaim', description: 'What a supplier owes for returned goods.' })

const axisClaim = z
  .object({
    claimId: boundedText(200),
    axis: axisName,
    type: z.enum(eventTypes as [EventType, ...EventType[]]),
    says: z.array(boundedText(40)).describe('The states that would agree with it.'),
    lineNos: z.array(lineNo).nullable().describe('Null: all lines.'),
    source: id,
    occurredAt: instant,
    status: z.enum(['open', 'confirmed', 'accepted', 'rejected']),
  })
  .meta({
    id: 'AxisClaim',
    description: 'What a system said about an axis that it does not own. It moves nothing.',
  })

const caseException = z
  .object({
    exceptionId: uuid,
    caseId: caseId.nullable().describe('Null: about a message that has no case.'),
    key: boundedText(300),
    code: keysOf(exceptionCodes),
    title: freeText(200).optional(),
    object: boundedText(200),
    severity: z.enum(['blocking', 'warning', 'info']),
    queue: z.enum(exceptionQueues),
    owner: actor.nullable(),
    status: z.enum(['open', 'resolved']),
    detail: freeText(2000).nullable(),
    openedAt: instant,
    dueAt: instant.nullable(),
    resolvedAt: instant.nullable(),
    action: boundedText(64)
      .nullable()
      .describe('How it ended: one of its actions, or `auto` when the cause went away.'),
    recurrences: z.int().min(0),
    actions: z.array(boundedText(64)).optional().describe('How it can be resolved.'),
  })
  .meta({ id: 'CaseException', description: 'Something that is wrong, and who deals with it.' })

const boundRef = externalRef
  .extend({
    identifying: z.boolean().describe('Belongs to this case only, so that it finds the case.'),
    boundAt: instant,
    role: z.enum(['master', 'mirror']).optional(),
  })
  .meta({ id: 'BoundRef', description: 'How another system calls a part of this case.' })

const statusEvent = z
  .object({
    seq: z.int().min(1).describe('Place in the history, in the order of recording.'),
    eventId: boundedText(200),
    messageId: uuid,
    type: z.enum(eventTypes as [EventType, ...EventType[]]),
    outcome: z.enum(['applied', 'repeated', 'refused']),
    code: boundedText(64).nullable().describe('Why it was refused.'),
    occurredAt: instant.describe('By the clock of the source.'),
    recordedAt: instant.describe('By our clock.'),
    source: id,
    actor,
    moves: z.array(
      z.object({
        lineNo: lineNo.nullable().describe('Null: a move of the whole case.'),
        axis: axisName,
        from: boundedText(40),
        to: boundedText(40),
      }),
    ),
    headline: z
      .object({ from: z.enum(headlines).nullable(), to: z.enum(headlines) })
      .nullable()
      .describe('Null: the headline stayed the same.'),
    note: freeText(4000).optional(),
  })
  .meta({ id: 'StatusEvent', description: 'One event of the history, and what it moved.' })

const returnCase = z
  .object({
    caseId,
    caseNo: boundedText(32),
    version: z.int().min(0).describe('Grows by one with every event.'),
    company: boundedText(64),
    channel: z.enum(channels),
    kind: z.enum(caseKinds),
    sourceSystem: boundedText(64),
    sourceRef: boundedText(200),
    customer: caseParty.nullable(),
    orderRefs: z.array(id),
    currency: currencyCode,
    warehouse: boundedText(64).nullable(),
    priority: z.enum(['low', 'normal', 'high', 'urgent']),
    flags: z.array(z.enum(['hazmat', 'legal_hold', 'fraud_review', 'vip'])),
    headline: z.enum(headlines),
    headlineSince: instant,
    sentence: freeText(500).describe('The state in one plain sentence.'),
    openedBy: z.enum(eventTypes as [EventType, ...EventType[]]),
    openedAt: instant,
    closedAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
    queue: z.enum(exceptionQueues).optional(),
    owner: actor.optional(),
    policyVersion: id.optional(),
    retentionClass: id.optional(),
    lines: z.array(returnLine),
    authorization,
    decisions: z.array(decision).optional(),
    parcels: z.array(parcel),
    receipts: z.array(receipt),
    inspections: z.array(inspection),
    dispositions: z.array(disposition),
    settlements: z.array(settlement),
    refunds: z.array(refund),
    payments: z.array(payment),
    fulfilments: z.array(fulfilment),
    repairs: z.array(repair),
    supplierClaims: z.array(supplierClaim),
    claims: z.array(axisClaim),
    exceptions: z.array(caseException),
    externalRefs: z.array(boundRef),
  })
  .meta({ id: 'ReturnCase', description: 'A return as the hub knows it.' })

/** The read model: what the API shows of each part of a case. */
export const entitySchemas = {
  return_case: returnCase,
  return_line: returnLine,
  decision,
  authorization,
  parcel,
  parcel_event: parcelEvent,
  receipt,
  receipt_line: receiptLine,
  inspection,
  disposition,
  settlement,
  refund,
  payment,
  fulfilment,
  repair,
  supplier_claim: supplierClaim,
  claim: axisClaim,
  exception: caseException,
  external_ref: boundRef,
  status_event: statusEvent,
} as const satisfies Record<string, z.ZodObject>

export type EntityName = keyof typeof entitySchemas
export type Entity<N extends EntityName> = z.output<(typeof entitySchemas)[N]>
