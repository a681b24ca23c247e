import { z } from 'zod'
import { axisStates } from './axes.ts'
import {
  dispositionCodes,
  dockConditions,
  feeKinds,
  itemGrades,
  reasonCodes,
  resolutions,
  responseCodes,
  settlementMethods,
  settlementTriggers,
} from './codes.ts'
import { boundedText, externalRef, freeText } from './identifiers.ts'
import { money } from './money.ts'
import { decimalQuantity, positiveQuantity, unitCode } from './quantity.ts'

/** Values from the keys of a code table, as a zod enum. */
export function keysOf<T extends Record<string, unknown>>(table: T) {
  return z.enum(Object.keys(table) as [keyof T & string, ...(keyof T & string)[]])
}

export const instant = z.iso
  .datetime({ offset: true })
  .refine((value) => isSensibleInstant(value), 'must be a time between 2000 and 2100')
  .meta({
    id: 'Instant',
    description: 'RFC 3339 time with an offset.',
    examples: ['2026-11-23T08:15:00Z'],
  })

const earliest = Date.UTC(2000, 0, 1)
const latest = Date.UTC(2100, 0, 1)

function isSensibleInstant(value: string): boolean {
  const at = Date.parse(value)
  return at >= earliest && at < latest
}

/** A line's place in its case, from 1. */
export const lineNo = z.int().min(1).max(100_000)

export const refs = z.array(externalRef).max(50)
export const serials = z.array(boundedText(100)).max(5_000)

/** A link that a person may open: a web address, without blanks and control characters. */
export const webAddress = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .refine((value) => !/[\s\p{Cc}\p{Surrogate}]/u.test(value), 'must not contain blanks')

/** What a line is about, in as many namings as the source knows. At least one of them. */
export const productRef = z
  .object({
    sku: boundedText(100).optional(),
    gtin: z
      .string()
      .regex(/^\d{8,14}$/, '8 to 14 digits')
      .optional(),
    channelSku: boundedText(100).optional(),
    customerPartNo: boundedText(100).optional(),
    erpId: boundedText(100).optional(),
    name: freeText(300).optional(),
  })
  .refine(({ name: _name, ...ids }) => Object.values(ids).some((id) => id !== undefined), {
    message: 'needs at least one identifier: sku, gtin, channelSku, customerPartNo or erpId',
  })
  .meta({
    id: 'ProductRef',
    description: 'A product, by any of its identifiers.',
    examples: [{ sku: 'PUMP-12V' }],
  })
export type ProductRef = z.infer<typeof productRef>

/** What was invoiced for a line: what a credit is cut from. */
export const invoicedLine = z
  .object({
    invoiceLine: boundedText(100).describe(
      'Id of the posted invoice line in the system that owns it.',
    ),
    quantity: positiveQuantity.describe('Invoiced quantity in base units.'),
    net: money.describe('Line total without tax, after discounts.'),
    tax: money.describe('Tax on the line.'),
  })
  .meta({ id: 'InvoicedLine', description: 'The posted invoice line that a credit derives from.' })
export type InvoicedLine = z.infer<typeof invoicedLine>

/** Money that the customer paid, and that can be given back at most once. */
export const tender = z
  .object({
    paymentId: boundedText(100),
    method: z.enum([
      'card',
      'bank',
      'cash',
      'store_credit',
      'gift_card',
      'marketplace',
      'on_account',
    ]),
    captured: money,
    refunded: money.optional().describe('Already refunded outside this case.'),
  })
  .meta({ id: 'Tender', description: 'A payment of the original order.' })
export type Tender = z.infer<typeof tender>

/** Pictures and papers about goods, as links that people may open. */
export const evidence = z
  .array(z.object({ kind: boundedText(50), url: webAddress }))
  .max(50)
  .optional()

export const requestedLine = z
  .object({
    lineNo,
    sourceLineRef: boundedText(100).optional(),
    product: productRef,
    quantity: positiveQuantity.describe('In base units.'),
    baseUnit: unitCode.default('EA'),
    said: z
      .object({ value: decimalQuantity, unit: unitCode, baseRatio: positiveQuantity })
      .optional()
      .describe('The quantity as the customer said it, where the unit differs.'),
    serials: serials.optional(),
    lots: serials.optional(),
    reason: z.object({
      code: keysOf(reasonCodes),
      source: boundedText(100).optional().describe("The source system's own code."),
      text: freeText(2000).optional(),
    }),
    requestedResolution: z.enum(resolutions).default('refund'),
    returnRequired: z.boolean().default(true),
    freightPayer: z.enum(['customer', 'seller', 'carrier', 'supplier']).optional(),
    claimedCondition: boundedText(100).optional(),
    origin: z
      .object({
        orderLine: boundedText(100).optional(),
        delivery: boundedText(100).optional(),
        deliveredAt: instant.optional(),
        invoiced: invoicedLine.optional(),
      })
      .optional(),
    evidence,
  })
  .meta({ id: 'RequestedLine', description: 'A line as it was asked for.' })
export type RequestedLine = z.infer<typeof requestedLine>

/** A deduction from a credit. Its tax is said, never guessed: a fee without tax beside taxed goods is a wrong sum. */
export const fee = z
  .object({ kind: z.enum(feeKinds), net: money, tax: money })
  .meta({ id: 'Fee', description: 'A deduction from a credit, with its own tax.' })
export type Fee = z.infer<typeof fee>

export const settlementTerms = z
  .object({
    method: z.enum(settlementMethods).default('credit_note'),
    trigger: z.enum(settlementTriggers).default('on_inspection'),
    fees: z.array(fee).max(20).default([]),
  })
  .meta({ id: 'SettlementTerms', description: 'How and when the customer gets the money.' })
export type SettlementTerms = z.infer<typeof settlementTerms>

export const approvedLine = z
  .object({
    lineNo,
    quantity: decimalQuantity.describe('Authorized quantity in base units.'),
    resolution: z.enum(resolutions).optional(),
    returnRequired: z.boolean().optional(),
    inspectionRequired: z.boolean().optional(),
    supplierRecovery: z.boolean().optional(),
    expectedSerials: serials.optional(),
  })
  .meta({ id: 'ApprovedLine', description: 'What was authorized for a line.' })

export const receivedLine = z
  .object({
    lineNo: lineNo.optional().describe('Left out when the goods could not be matched to a line.'),
    product: productRef.optional().describe('What was scanned, when it differs or is unmatched.'),
    quantity: positiveQuantity,
    serials: serials.optional(),
    lots: serials.optional(),
    condition: z.enum(dockConditions).default('ok'),
    missingParts: z.boolean().optional(),
    evidence,
  })
  .meta({ id: 'ReceivedLine', description: 'Goods that stand on the dock.' })

export const inspectedLine = z
  .object({
    lineNo,
    accepted: decimalQuantity,
    rejected: decimalQuantity,
    grade: z.enum(itemGrades).optional(),
    fault: z.enum(['customer', 'carrier', 'supplier', 'own_warehouse', 'none']).optional(),
    finding: keysOf(responseCodes).optional(),
    proposed: keysOf(dispositionCodes).optional(),
    missingParts: z.boolean().optional(),
    evidence,
  })
  .meta({ id: 'InspectedLine', description: 'What inspection found of a line.' })

export const disposedLine = z
  .object({ lineNo, quantity: positiveQuantity, code: keysOf(dispositionCodes) })
  .meta({ id: 'DisposedLine', description: 'What happens to units of a line.' })

export const creditedLine = z
  .object({ lineNo, quantity: decimalQuantity, net: money, tax: money })
  .meta({ id: 'CreditedLine', description: 'A part of a credit that stands for units of a line.' })
export type CreditedLine = z.infer<typeof creditedLine>

export const credit = z
  .object({
    creditId: boundedText(100).describe(
      'Names the credit over its whole life: draft, posted, reversed.',
    ),
    lines: z.array(creditedLine).max(1_000),
    fees: z.array(fee).max(20).default([]),
    goodwill: money.optional().describe('Above what was invoiced; never within the caps.'),
    total: money.describe(
      'What the customer gets: lines with tax, less fees with tax, plus goodwill.',
    ),
    method: z.enum(settlementMethods).default('credit_note'),
  })
  .meta({ id: 'Credit', description: 'A credit to the customer.' })
export type Credit = z.infer<typeof credit>

export const caseParty = z
  .object({
    partyId: boundedText(100).describe(
      'As the system of record names the customer; a name of another system has that before it, with a colon: `shop:17`.',
    ),
    commercialPartyId: boundedText(100).optional(),
    name: freeText(300).optional(),
    email: z.email().max(320).optional(),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
      .optional(),
    shipFrom: z
      .object({
        name: freeText(300).optional(),
        street: freeText(300).optional(),
        city: freeText(200).optional(),
        postalCode: freeText(30).optional(),
        region: freeText(100).optional(),
        country: z
          .string()
          .regex(/^[A-Z]{2}$/)
          .optional(),
      })
      .optional(),
    billTo: boundedText(100).optional(),
  })
  .meta({ id: 'CaseParty', description: 'The customer of a case.' })

/** What of a customer somebody needs who writes to it, or has its goods collected. */
export const customerContact = caseParty.pick({
  name: true,
  email: true,
  language: true,
  shipFrom: true,
})

export const parcel = z
  .object({
    parcelId: boundedText(100).describe('Names the parcel in this case.'),
    direction: z.enum(['inbound', 'outbound', 'to_vendor']).default('inbound'),
    carrier: boundedText(64).optional(),
    service: boundedText(100).optional(),
    tracking: boundedText(100).optional(),
    lines: z
      .array(z.object({ lineNo, quantity: positiveQuantity }))
      .max(1_000)
      .optional(),
  })
  .meta({ id: 'Parcel', description: 'A parcel of a case.' })

/** A line of a case as it stands, for a system that shows it to people. Quantities are in base units. */
export const standingLine = z
  .object({
    lineNo,
    sourceLineRef: boundedText(100)
      .optional()
      .describe('What the system that asked for the return calls the line.'),
    orderLine: boundedText(100).optional(),
    product: productRef.optional(),
    unit: unitCode,
    requested: decimalQuantity,
    authorized: decimalQuantity,
    received: decimalQuantity.describe('All that has come in, more than authorized as well.'),
    accepted: decimalQuantity,
    rejected: decimalQuantity,
    credited: decimalQuantity,
    axes: z.object({
      authorization: z.enum(axisStates.authorization),
      transport: z.enum(axisStates.transport),
      receipt: z.enum(axisStates.receipt),
      inspection: z.enum(axisStates.inspection),
      disposition: z.enum(axisStates.disposition),
      settlement: z.enum(axisStates.settlement),
      fulfillment: z.enum(axisStates.fulfillment),
      supplierRecovery: z.enum(axisStates.supplierRecovery),
    }),
    dispositions: z
      .array(z.object({ code: keysOf(dispositionCodes), quantity: positiveQuantity }))
      .max(50)
      .optional()
      .describe('What has happened to the units, as far as it is done.'),
  })
  .meta({ id: 'StandingLine', description: 'A line of a case as it stands.' })
