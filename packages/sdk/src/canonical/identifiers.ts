import { z } from 'zod'

declare const brand: unique symbol
/** A string that has been through the check of its kind; two kinds do not mix. */
export type Branded<Name extends string> = string & { readonly [brand]: Name }

export type CaseId = Branded<'CaseId'>
export type ConnectionId = Branded<'ConnectionId'>
export type MessageId = Branded<'MessageId'>
export type DeliveryId = Branded<'DeliveryId'>
export type ExceptionId = Branded<'ExceptionId'>
export type ApiKeyId = Branded<'ApiKeyId'>

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
export const uuid = z.string().regex(uuidPattern, 'a UUID in lower case')

/** The hub's own id of a case: a UUID, time-ordered. */
export const caseId = uuid.meta({ id: 'CaseId', description: 'Id of a case, a UUID.' })

/** A connection's name in addresses and logs, for example `odoo-main`. */
export const connectionId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens')
  .meta({ id: 'ConnectionId', description: 'Name of a configured connection.' })

const loneSurrogate = /\p{Surrogate}/u

/** Foreign text that has to survive PostgreSQL and logs: bounded, without NUL or other control characters. */
export function boundedText(max: number) {
  return z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !hasControlCharacter(value), 'must not contain control characters')
    .refine((value) => !loneSurrogate.test(value), 'must be well-formed Unicode')
}

/** Like `boundedText`, with line breaks and tabs allowed and nothing required. */
export function freeText(max: number) {
  return z
    .string()
    .max(max)
    .refine((value) => !hasForbiddenCharacter(value), 'must not contain control characters')
    .refine((value) => !loneSurrogate.test(value), 'must be well-formed Unicode')
}

function hasControlCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}

function hasForbiddenCharacter(value: string): boolean {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index)
    if ((code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || code === 0x7f)
      return true
  }
  return false
}

/** How another system calls something: unique by (system, type, value). */
export const externalRef = z
  .object({
    system: boundedText(64).describe('The system that gave the id, for example a connection id.'),
    type: boundedText(64).describe(
      'What the id names, for example `order`, `ticket`, `tracking`, `credit_note`.',
    ),
    value: boundedText(200),
  })
  .meta({
    id: 'ExternalRef',
    description: 'An identifier of another system.',
    examples: [{ system: 'shop-eu', type: 'order', value: 'S00042' }],
  })
export type ExternalRef = z.infer<typeof externalRef>

/**
 * Kinds of identifier that belong to one return only, so that an event which carries one is about that
 * return. An order number is not among them: an order can come back in several returns.
 */
export const identifyingRefTypes = [
  'return',
  'rma',
  'case_no',
  'ticket',
  'tracking',
  'receipt',
  'interchange',
  'return_transfer',
  'credit_note',
  'refund',
  'replacement_order',
  'repair_order',
  'supplier_claim',
] as const

/**
 * The number that people see, with a check digit (ISO 7064 MOD 11,10 over the digits), so that a
 * misheard digit is noticed: `RMA-000123-7`.
 */
export function formatCaseNo(sequence: number): string {
  const digits = String(sequence).padStart(6, '0')
  return `RMA-${digits}-${checkDigit(digits)}`
}

/** Whether `value` is a case number whose check digit fits. */
export function isCaseNo(value: string): boolean {
  const match = /^RMA-(\d{6,15})-(\d)$/.exec(value)
  return match?.[1] !== undefined && checkDigit(match[1]) === match[2]
}

function checkDigit(digits: string): string {
  let product = 10
  for (const digit of digits) {
    const sum = (product + Number(digit)) % 10
    product = ((sum === 0 ? 10 : sum) * 2) % 11
  }
  return String((11 - product) % 10)
}
