import {
  boundedText,
  caseKinds,
  channels,
  currencyCode,
  feeKinds,
  freeText,
  keysOf,
  responseCodes,
  settlementMethods,
  settlementTriggers,
  userRoles,
} from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { writtenInputs } from './inputs.ts'

/** From the mildest to the worst: of several, the worst stands. */
export const verdicts = ['allow', 'modify', 'need_info', 'refer', 'deny'] as const
export type Verdict = (typeof verdicts)[number]

const expression = z.string().min(1).max(2_000)
const day = z.iso.date()
const amountText = z.string().regex(/^\d{1,10}(\.\d{1,4})?$/, 'a decimal text such as "500.00"')
const amounts = z.record(currencyCode, amountText)

const scope = z.strictObject({
  companies: z.array(boundedText(64)).max(200).default([]),
  channels: z.array(z.enum(channels)).default([]),
  categories: z.array(boundedText(200)).max(1_000).default([]),
  kinds: z.array(z.enum(caseKinds)).default([]),
})

const ruleFee = z.strictObject({ kind: z.enum(feeKinds), net: expression, tax: expression })

const modification = z
  .strictObject({
    quantity: expression.optional(),
    fees: z.array(ruleFee).max(5).optional(),
    trigger: z.enum(settlementTriggers).optional(),
    method: z.enum(settlementMethods).optional(),
    returnRequired: z.boolean().optional(),
    inspectionRequired: z.boolean().optional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'must say what it changes')

const rule = z
  .strictObject({
    id: z.string().regex(/^[A-Z][A-Z0-9-]{0,31}$/, 'capital letters, digits and hyphens'),
    version: z.int().min(1),
    title: boundedText(200),
    level: z.enum(['case', 'line']),
    when: expression.optional(),
    verdict: z.enum(verdicts),
    if: expression,
    except: expression.optional(),
    unknown: z.enum(['refer', 'need_info', 'allow', 'skip']).default('refer'),
    response: keysOf(responseCodes).optional(),
    customerText: freeText(2_000).optional(),
    modify: modification.optional(),
    approver: boundedText(64).optional(),
    from: day.nullable().default(null),
    to: day.nullable().default(null),
  })
  .refine((value) => (value.verdict === 'modify') === (value.modify !== undefined), {
    message: '`modify` belongs to the verdict modify, and that needs it',
    path: ['modify'],
  })
  .refine((value) => value.verdict !== 'modify' || value.level === 'line', {
    message: 'what is modified are lines',
    path: ['level'],
  })
  .refine((value) => value.from === null || value.to === null || value.from <= value.to, {
    message: 'ends before it begins',
    path: ['to'],
  })
export type Rule = z.output<typeof rule>

const example = z.strictObject({
  name: boundedText(200),
  inputs: writtenInputs,
  verdict: z.enum(verdicts),
  lines: z.record(z.string().regex(/^\d{1,6}$/), z.enum(verdicts)).optional(),
  quantities: z.record(z.string().regex(/^\d{1,6}$/), z.string()).optional(),
  reasons: z.array(z.string()).optional(),
  terms: z
    .strictObject({
      trigger: z.enum(settlementTriggers).optional(),
      method: z.enum(settlementMethods).optional(),
      feesMinor: z.int().optional(),
    })
    .optional(),
})
export type Example = z.output<typeof example>

/** Who may decide against the rules, with a reason, and up to what value. */
const override = z.strictObject({
  id: z.string().regex(/^[A-Z][A-Z0-9-]{0,31}$/),
  version: z.int().min(1),
  title: boundedText(200),
  limits: z
    .partialRecord(z.enum(userRoles), amounts)
    .describe('By role; a role that is left out may not, and an administrator always may.'),
  never: z.array(z.string()).max(100).default([]).describe('Rules that nobody may override.'),
})
export type Override = z.output<typeof override>

/** A parameter: a number, a text, a list of texts, or an amount for each currency. */
const parameter = z.union([
  z.number(),
  z.boolean(),
  z.string().max(2_000),
  z.array(z.string().max(200)).max(200),
  amounts,
])

export const policyDocument = z.strictObject({
  policy: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens'),
  description: freeText(2_000).optional(),
  scope: scope.prefault({}),
  timeZone: z.string().max(64).default('UTC'),
  /** Where no rule says otherwise. */
  otherwise: z.enum(['allow', 'refer']).default('allow'),
  /** A line whose rejection was appealed is not rejected again without a person. */
  appeals: z.enum(['refer', 'decide']).default('refer'),
  settlement: z
    .strictObject({
      method: z.enum(settlementMethods).default('credit_note'),
      trigger: z.enum(settlementTriggers).default('on_inspection'),
    })
    .prefault({}),
  parameters: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9]{0,62}$/), parameter)
    .default({})
    .refine((given) => given['validDays'] === undefined || isDays(given['validDays']), {
      message: 'a whole number of days from 1 to 730',
      path: ['validDays'],
    }),
  rules: z.array(rule).min(1).max(200),
  override: override.optional(),
  examples: z.array(example).max(500).default([]),
})
export type PolicyDocument = z.output<typeof policyDocument>

function isDays(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 730
}
