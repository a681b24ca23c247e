import {
  boundedText,
  caseKinds,
  caseParty,
  channels,
  currencyCode,
  decimalQuantity,
  fee,
  fromMinor,
  keysOf,
  positiveQuantity,
  productRef,
  reasonCodes,
  resolutions,
  responseCodes,
  serials,
  settlementMethods,
  settlementTriggers,
} from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { verdicts } from '../../domain/index.ts'
import type { Eligibility } from '../../pipeline/eligibility/ask-eligibility.ts'
import type { JudgedLine } from '../../pipeline/eligibility/judge-lines.ts'
import { validationOf } from '../../pipeline/validate-request.ts'
import { strictly } from '../body/strictly.ts'
import { text, textOrNull, timeOrNull } from './common.ts'
import { answerReason, answerReasonView, validation } from './requested-return.ts'

export const eligibilityQuestion = strictly(
  z.object({
    company: boundedText(64).default('main'),
    channel: z.enum(channels),
    kind: z.enum(caseKinds).default('standard'),
    customer: caseParty
      .pick({ partyId: true, commercialPartyId: true })
      .optional()
      .describe('Whose order it has to be; not checked when left out.'),
    orderRefs: z.array(boundedText(100)).min(1).max(50),
    currency: currencyCode.optional(),
    warehouse: boundedText(64).optional(),
    lines: z
      .array(
        z.object({
          product: productRef,
          quantity: positiveQuantity
            .optional()
            .describe('In base units; as much as may come back when left out.'),
          reason: keysOf(reasonCodes)
            .optional()
            .describe('no_longer_needed when left out: the least that a return may be for.'),
          resolution: z.enum(resolutions).optional(),
          serials: serials.optional(),
          orderLine: boundedText(100).optional(),
        }),
      )
      .min(1)
      .max(200)
      .optional()
      .describe('All lines of the order when left out.'),
  }),
).meta({ id: 'EligibilityQuestion', description: 'What somebody thinks of sending back.' })

const quantityOrNull = decimalQuantity.nullable()

const eligibleLine = z
  .object({
    lineNo: z.int().describe('In the order of the question; of the order where it named no lines.'),
    product: productRef,
    orderLine: textOrNull,
    unit: text,
    ordered: quantityOrNull,
    delivered: quantityOrNull,
    deliveredAt: timeOrNull,
    returned: quantityOrNull.describe('Come back so far, by whatever way.'),
    returning: quantityOrNull.describe('On its way back, by a return that the hub did not make.'),
    openElsewhere: quantityOrNull.describe(
      'On its way back by other returns of the hub, of all channels, or asked for on earlier lines.',
    ),
    returnable: quantityOrNull.describe('What is left of it; null where nobody knows.'),
    quantity: decimalQuantity.describe('The quantity that was asked about.'),
    verdict: z
      .enum(verdicts)
      .nullable()
      .describe('Null where no rule set decides: then a person does, as with refer.'),
    authorized: decimalQuantity.describe('What would be authorized of it now.'),
    until: z.iso
      .date()
      .nullable()
      .describe(
        'The last day on which the answer would be no worse, if all else stays as it is; null where it is turned down now, or can be asked for years.',
      ),
    returnRequired: z.boolean(),
    inspectionRequired: z.boolean(),
    freightPayer: z.enum(['customer', 'seller', 'carrier', 'supplier']),
    settlement: z
      .object({
        method: z.enum(settlementMethods),
        trigger: z.enum(settlementTriggers),
        fees: z.array(fee),
      })
      .nullable(),
    response: keysOf(responseCodes).nullable(),
    reasons: z.array(answerReason),
  })
  .meta({ id: 'EligibleLine', description: 'What may come back of a line, and on which terms.' })

export const eligibility = z
  .object({
    validation,
    order: z.object({
      orderRef: textOrNull,
      exists: z.boolean().nullable().describe('Null where nobody knows.'),
    }),
    reasons: z.array(answerReason).describe('About the order as a whole.'),
    lines: z.array(eligibleLine),
  })
  .meta({ id: 'Eligibility', description: 'What of an order may come back.' })

export function eligibilityView(given: Eligibility): z.infer<typeof eligibility> {
  const { asked, answer, lines, reasons } = given
  return {
    validation: validationOf(asked),
    order: {
      orderRef: answer?.orderRef ?? null,
      exists: answer === null ? null : (answer.exists ?? true),
    },
    reasons: reasons.map(answerReasonView),
    lines: lines.map((line) => lineView(line, given)),
  }
}

function lineView(
  judged: JudgedLine,
  { answer, currency }: Eligibility,
): z.infer<typeof eligibleLine> {
  const { line, input, decision, until } = judged
  const recorded = answer?.lines.find(({ lineNo }) => lineNo === line.lineNo)
  const decided = decision?.lines.find(({ lineNo }) => lineNo === line.lineNo)
  return {
    lineNo: line.lineNo,
    product: line.product ?? {},
    orderLine: input.orderLine,
    unit: recorded?.baseUnit ?? line.unit,
    ordered: input.orderedQuantity,
    delivered: input.deliveredQuantity,
    deliveredAt: line.deliveredAt,
    returned: recorded?.returned ?? input.returnedQuantity,
    returning: recorded?.returning ?? null,
    openElsewhere: judged.openElsewhere,
    returnable: input.returnableQuantity,
    quantity: input.quantity,
    verdict: decided?.verdict ?? null,
    authorized: decided?.quantity ?? '0',
    until,
    returnRequired: decided?.returnRequired ?? line.returnRequired,
    inspectionRequired: decided?.inspectionRequired ?? line.inspectionRequired,
    freightPayer: line.freightPayer,
    settlement: settlementOf(judged, currency),
    response: decided?.response ?? null,
    reasons: (decision?.reasons ?? [])
      .filter(({ lineNo }) => lineNo === null || lineNo === line.lineNo)
      .map(answerReasonView),
  }
}

function settlementOf({ line, decision }: JudgedLine, currency: string) {
  const decided = decision?.lines.find(({ lineNo }) => lineNo === line.lineNo)
  if (!decision?.terms || !decided || decided.quantity === '0') return null
  const { method, trigger } = decision.terms
  return {
    method,
    trigger,
    // Of a line without an amount no fee can be taken.
    fees: (currency === '' ? [] : decided.fees).map(({ kind, netMinor, taxMinor }) => ({
      kind,
      net: fromMinor(netMinor, currency),
      tax: fromMinor(taxMinor, currency),
    })),
  }
}
