import { z } from 'zod'
import { boundedText, freeText } from './identifiers.ts'
import { instant } from './parts.ts'
import { positiveQuantity, unitCode } from './quantity.ts'

/** What systems of record feed the hub with. */
export const masterDataKinds = ['products', 'parties', 'warehouses', 'vendors'] as const
export type MasterDataKind = (typeof masterDataKinds)[number]

/** How a product is named, beside the id that its system of record gave it. */
export const productIdentifierKinds = ['sku', 'gtin', 'channel_sku', 'customer_part_no'] as const

const gtinLengths: ReadonlySet<number> = new Set([8, 12, 13, 14])

/**
 * A GTIN in its form of 14 digits, or null for what is none: another number of digits than 8, 12, 13 or
 * 14, or a check digit that does not fit (GS1 General Specifications, 7.9).
 */
export function normalizeGtin(text: string): string | null {
  const digits = text.trim()
  if (!/^\d+$/.test(digits) || !gtinLengths.has(digits.length)) return null
  const whole = digits.padStart(14, '0')
  // Its check digit fits, and fields that nobody filled in hold it.
  if (/^0+$/.test(whole)) return null
  return Number(whole.at(-1)) === checkDigit(whole.slice(0, 13)) ? whole : null
}

/** Digits count three times and once in turn, from the left of thirteen. */
function checkDigit(thirteen: string): number {
  let sum = 0
  for (let index = 0; index < thirteen.length; index += 1) {
    sum += Number(thirteen[index]) * (index % 2 === 0 ? 3 : 1)
  }
  return (10 - (sum % 10)) % 10
}

/** Code in the parameters of the issue that a wrong GTIN makes, so that it can be told from other mistakes. */
export const gtinIssue = 'GTIN_INVALID'

export const gtin = z
  .string()
  .max(20)
  .transform((value, context) => {
    const whole = normalizeGtin(value)
    if (whole !== null) return whole
    const message = 'must have 8, 12, 13 or 14 digits, the last one a check digit that fits'
    context.addIssue({ code: 'custom', message, params: { code: gtinIssue } })
    return z.NEVER
  })

const recordId = boundedText(100)
const scope = z.union([z.literal(''), boundedText(100)]).default('')

const productIdentifier = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gtin'), scope, value: gtin }),
  z.object({
    kind: z.enum(productIdentifierKinds).exclude(['gtin']),
    scope: scope.describe(
      'Within which it is unique: a connection for `channel_sku`, a customer account for `customer_part_no`; empty: everywhere.',
    ),
    value: boundedText(100),
  }),
])

const common = {
  id: recordId.describe("The system of record's own id."),
  isActive: z.boolean().default(true).describe('False for what is archived or deleted over there.'),
  updatedAt: instant
    .optional()
    .describe(
      'When it changed over there. A record that is older than what is known is not taken.',
    ),
}

export const productRecord = z.object({
  ...common,
  sku: boundedText(100).optional(),
  gtin: gtin.optional(),
  name: freeText(300).optional(),
  baseUnit: unitCode.default('EA').describe('Unit that its stock is kept in.'),
  category: boundedText(200).optional(),
  tags: z.array(boundedText(100)).max(100).default([]),
  supersededBy: recordId.optional().describe('Product that takes its place.'),
  identifiers: z.array(productIdentifier).max(500).default([]).describe('What else it is called.'),
  units: z
    .array(z.object({ unit: unitCode, ratio: positiveQuantity.describe('Base units in one.') }))
    .max(50)
    .default([]),
  components: z
    .array(z.object({ productId: recordId, ratio: positiveQuantity.describe('Of it in one kit.') }))
    .max(500)
    .default([])
    .describe('What a kit is made of.'),
})
export type ProductRecord = z.output<typeof productRecord>

export const partyRecord = z.object({
  ...common,
  name: freeText(300).optional(),
  kind: z.enum(['company', 'person', 'location']).default('company'),
  commercialPartyId: recordId.optional().describe('The account that pays and is credited.'),
  identifiers: z
    .array(
      z.object({
        kind: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,39}$/, 'a name such as account or email')
          .describe('Namespace of the value: `account`, `email`, `vat`, …'),
        scope,
        value: boundedText(200),
      }),
    )
    .max(200)
    .default([]),
})
export type PartyRecord = z.output<typeof partyRecord>

export const warehouseRecord = z.object({
  ...common,
  code: boundedText(64).optional(),
  name: freeText(300).optional(),
  company: boundedText(100).optional(),
})
export type WarehouseRecord = z.output<typeof warehouseRecord>

export const vendorRecord = z.object({
  ...common,
  code: boundedText(64).optional(),
  name: freeText(300).optional(),
  acceptsReturns: z.boolean().optional(),
  claimDays: z.int().min(0).max(3650).optional().describe('Days in which a claim can be made.'),
})
export type VendorRecord = z.output<typeof vendorRecord>

/** The record of each kind. */
export const masterDataRecords = {
  products: productRecord,
  parties: partyRecord,
  warehouses: warehouseRecord,
  vendors: vendorRecord,
} as const satisfies Record<MasterDataKind, z.ZodObject>

export type MasterDataRecord<Kind extends MasterDataKind = MasterDataKind> = z.output<
  (typeof masterDataRecords)[Kind]
>
/** A record as a system says it: what has a default may be left out. */
export type MasterDataInput<Kind extends MasterDataKind = MasterDataKind> = z.input<
  (typeof masterDataRecords)[Kind]
>
