import { z } from 'zod'

/**
 * What a rule may look at. It is kept with every decision, so it is plain JSON: times are ISO text, quantities
 * decimal text in base units, money integer minor units of the case's currency. Null is what nobody has said.
 */
export interface PolicyInputs {
  readonly case: CaseInput
  readonly lines: readonly LineInput[]
  readonly order: OrderInput
  readonly history: HistoryInput
}

interface CustomerInput {
  readonly partyId: string | null
  readonly commercialPartyId: string | null
}

export interface CaseInput {
  readonly company: string
  readonly channel: string
  readonly kind: string
  readonly requestedAt: string
  readonly decidedAt: string
  readonly currency: string
  readonly flags: readonly string[]
  readonly customer: CustomerInput
  readonly orderRefs: readonly string[]
  /** Σ value of the lines; null where one of them is not invoiced. */
  readonly totalMinor: number | null
  /** How often the customer has answered a question. */
  readonly answers: number
}

export interface LineInput {
  readonly lineNo: number
  /** Where its authorization stands. */
  readonly status: string
  readonly sku: string | null
  readonly productId: string | null
  readonly category: string | null
  readonly tags: readonly string[] | null
  readonly quantity: string
  readonly unit: string
  readonly reason: string | null
  readonly fault: string
  readonly resolution: string
  readonly returnRequired: boolean
  readonly orderLine: string | null
  /** Whether a system that knows the order says that the product was on it. */
  readonly onOrder: boolean | null
  /** Whether the product is no longer in use in the system that keeps the order. */
  readonly archived: boolean | null
  readonly orderedQuantity: string | null
  readonly delivered: boolean | null
  readonly deliveredAt: string | null
  readonly deliveredQuantity: string | null
  readonly invoiced: boolean
  readonly invoicedQuantity: string | null
  readonly unitNetMinor: number | null
  /** Of the requested quantity, as invoiced. */
  readonly netMinor: number | null
  readonly taxMinor: number | null
  readonly valueMinor: number | null
  /**
   * Of the same order line, elsewhere: in other returns and on other lines of this one, and in what the system of
   * record knows of. On its way or back already.
   */
  readonly claimedQuantity: string | null
  /** That part of it which has not come back yet. */
  readonly openQuantity: string | null
  /** That part of it which has come back. */
  readonly returnedQuantity: string | null
  /** What was delivered, or else invoiced, less what is claimed elsewhere. */
  readonly returnableQuantity: string | null
  readonly serials: readonly string[]
  /** What was shipped, where a system has said so. */
  readonly shippedSerials: readonly string[] | null
  /** Serials of this line that stand in another return as well. */
  readonly serialsElsewhere: readonly string[]
  readonly evidenceCount: number
  /** How often a rejection of it was appealed. */
  readonly appeals: number
}

export interface OrderInput {
  /** Whether anybody has told about the order. */
  readonly known: boolean
  readonly exists: boolean | null
  readonly belongsToCustomer: boolean | null
}

export interface DuplicateInput {
  readonly lineNo: number
  readonly caseNo: string
  readonly requestedAt: string
  readonly quantity: string
}

export interface HistoryInput {
  /** Earlier requests for the same quantity of the same order line that were not turned down. */
  readonly duplicates: readonly DuplicateInput[]
}

type Plain = 'text' | 'integer' | 'quantity' | 'yes or no' | 'texts'
/** A field of an input; with a question mark where it can be null. */
export type FieldType =
  | Plain
  | `${Plain}?`
  | { readonly one: InputType }
  | { readonly many: InputType }
type InputType = 'Case' | 'Customer' | 'Line' | 'Order' | 'Duplicate' | 'History'
type Fields<Of> = Readonly<Record<keyof Of, FieldType>>

/** Every field by its type: rules are checked against this, and recorded inputs are read by it. */
export const inputTypes = {
  Customer: { partyId: 'text?', commercialPartyId: 'text?' } satisfies Fields<CustomerInput>,
  Case: {
    company: 'text',
    channel: 'text',
    kind: 'text',
    requestedAt: 'text',
    decidedAt: 'text',
    currency: 'text',
    flags: 'texts',
    customer: { one: 'Customer' },
    orderRefs: 'texts',
    totalMinor: 'integer?',
    answers: 'integer',
  } satisfies Fields<CaseInput>,
  Line: {
    lineNo: 'integer',
    status: 'text',
    sku: 'text?',
    productId: 'text?',
    category: 'text?',
    tags: 'texts?',
    quantity: 'quantity',
    unit: 'text',
    reason: 'text?',
    fault: 'text',
    resolution: 'text',
    returnRequired: 'yes or no',
    orderLine: 'text?',
    onOrder: 'yes or no?',
    archived: 'yes or no?',
    orderedQuantity: 'quantity?',
    delivered: 'yes or no?',
    deliveredAt: 'text?',
    deliveredQuantity: 'quantity?',
    invoiced: 'yes or no',
    invoicedQuantity: 'quantity?',
    unitNetMinor: 'integer?',
    netMinor: 'integer?',
    taxMinor: 'integer?',
    valueMinor: 'integer?',
    claimedQuantity: 'quantity?',
    openQuantity: 'quantity?',
    returnedQuantity: 'quantity?',
    returnableQuantity: 'quantity?',
    serials: 'texts',
    shippedSerials: 'texts?',
    serialsElsewhere: 'texts',
    evidenceCount: 'integer',
    appeals: 'integer',
  } satisfies Fields<LineInput>,
  Order: {
    known: 'yes or no',
    exists: 'yes or no?',
    belongsToCustomer: 'yes or no?',
  } satisfies Fields<OrderInput>,
  Duplicate: {
    lineNo: 'integer',
    caseNo: 'text',
    requestedAt: 'text',
    quantity: 'quantity',
  } satisfies Fields<DuplicateInput>,
  History: { duplicates: { many: 'Duplicate' } } satisfies Fields<HistoryInput>,
} as const satisfies Readonly<Record<InputType, Readonly<Record<string, FieldType>>>>

/** What stands for a field that an example, or somebody who tries a rule set out, leaves out. */
const usual: Readonly<Record<string, unknown>> = {
  'Case.company': 'main',
  'Case.channel': 'ecommerce',
  'Case.kind': 'standard',
  'Case.requestedAt': '2026-11-02T08:00:00.000Z',
  'Case.decidedAt': '2026-11-02T08:00:00.000Z',
  'Case.currency': 'EUR',
  'Line.status': 'requested',
  'Line.quantity': '1',
  'Line.unit': 'EA',
  'Line.fault': 'customer',
  'Line.resolution': 'refund',
  'Line.returnRequired': true,
}

const plainSchemas = {
  text: z.string().max(2_000),
  integer: z.int(),
  quantity: z.string().regex(/^\d{1,12}(\.\d{1,6})?$/, 'a decimal text such as "3" or "0.25"'),
  'yes or no': z.boolean(),
  texts: z.array(z.string().max(2_000)).max(5_000),
} as const

const blanks = { text: '', integer: 0, quantity: '0', 'yes or no': false, texts: [] } as const

function fieldSchema(name: string, type: FieldType): z.ZodType {
  if (typeof type === 'object') {
    return 'one' in type
      ? objectSchema(type.one).prefault({})
      : z.array(objectSchema(type.many)).max(1_000).default([])
  }
  const plain: z.ZodType = plainSchemas[isNullable(type) ? withoutMark(type) : type]
  return isNullable(type)
    ? plain.nullable().default(null)
    : plain.default(usual[name] ?? blanks[type])
}

function objectSchema(type: InputType): z.ZodType {
  const fields = Object.entries<FieldType>(inputTypes[type]).map(
    ([field, of]) => [field, fieldSchema(`${type}.${field}`, of)] as const,
  )
  return z.strictObject(Object.fromEntries(fields))
}

/** Inputs as a person writes them: what is left out is as usual, or not known. */
export const writtenInputs = z.strictObject({
  case: objectSchema('Case').prefault({}),
  lines: z.array(objectSchema('Line')).min(1).max(1_000),
  order: objectSchema('Order').prefault({}),
  history: objectSchema('History').prefault({}),
}) as unknown as z.ZodType<PolicyInputs>

function isNullable(type: Plain | `${Plain}?`): type is `${Plain}?` {
  return type.endsWith('?')
}

function withoutMark(type: `${Plain}?`): Plain {
  return type.slice(0, -1) as Plain
}

const celNames = {
  text: 'string',
  integer: 'int',
  quantity: 'double',
  'yes or no': 'bool',
  texts: 'list<string>',
} as const satisfies Record<Plain, string>

/** The types as the expression language declares them. What can be null has no type there. */
export function celTypes(): Record<string, Record<string, string>> {
  return Object.fromEntries(
    Object.entries(inputTypes).map(([name, fields]) => [
      name,
      Object.fromEntries(
        Object.entries<FieldType>(fields).map(([field, type]) => [field, celType(type)]),
      ),
    ]),
  )
}

function celType(type: FieldType): string {
  if (typeof type === 'object') return 'one' in type ? type.one : `list<${type.many}>`
  return isNullable(type) ? 'dyn' : celNames[type]
}

/** Stands for a fact that nobody has said: of no type that the language knows, so that whatever needs it fails. */
const unknown = Symbol('unknown')

/**
 * An input as the expression language takes it: integers as bigint, quantities as double.
 *
 * @param isAwaited - whether the rule knows what to do where a field (`line.deliveredAt`) is null. Where it does
 *   not, whatever needs the field fails.
 */
export function celValue(
  value: object,
  {
    type,
    path,
    isAwaited,
  }: { type: InputType; path: string; isAwaited: (path: string) => boolean },
): Record<string, unknown> {
  const given = value as Readonly<Record<string, unknown>>
  const made: Record<string, unknown> = {}
  for (const [field, of] of Object.entries<FieldType>(inputTypes[type])) {
    const below = `${path}.${field}`
    const one = given[field]
    if (typeof of !== 'object') made[field] = plainValue(one, of, isAwaited(below))
    else if ('one' in of) {
      made[field] = celValue(one as object, { type: of.one, path: below, isAwaited })
    } else {
      made[field] = (one as readonly object[]).map((item) =>
        celValue(item, { type: of.many, path: below, isAwaited }),
      )
    }
  }
  return made
}

function plainValue(value: unknown, type: Plain | `${Plain}?`, mayBeNull: boolean): unknown {
  // A field that was not there yet when inputs were recorded is one that nobody had said.
  if (value === null || value === undefined) return mayBeNull ? null : unknown
  const plain = isNullable(type) ? withoutMark(type) : type
  if (plain === 'integer') return BigInt(value as number)
  return plain === 'quantity' ? Number(value) : value
}
