import { axisStates, decimalQuantity, keysOf, responseCodes } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { type Reason, verdicts } from '../../domain/index.ts'
import type { Validation } from '../../pipeline/validate-request.ts'
import type { StoredDecision } from '../../store/policy.ts'
import { text, textOrNull } from './common.ts'
import { type ReturnView, returnView } from './returns.ts'

/** Why a rule spoke, for whoever asks for a return. */
export const answerReason = z
  .object({
    rule: text,
    title: text,
    verdict: z.enum(verdicts),
    response: keysOf(responseCodes).nullable(),
    text: textOrNull.describe('What the customer is told.'),
    detail: textOrNull.describe(
      'FACT_UNKNOWN or RULE_FAILED, where the rule could not be worked out.',
    ),
  })
  .meta({ id: 'AnswerReason', description: 'Why a rule spoke about a line.' })

export function answerReasonView(reason: Reason): z.infer<typeof answerReason> {
  const { rule, title, verdict, response, text: customerText, detail } = reason
  return { rule, title, verdict, response, text: customerText, detail }
}

export const validation = z
  .object({
    state: z
      .enum(['none', 'answered', 'pending', 'refused'])
      .describe(
        'What the system that keeps the orders said. none: nobody was asked; pending: it has not answered yet, and the return is decided when it has; refused: it could not say, and a person looks at it.',
      ),
    sentence: textOrNull,
  })
  .meta({ id: 'Validation', description: 'Whether the order was looked up.' })

const authorizationOfLine = z
  .object({
    lineNo: z.int(),
    state: z.enum(axisStates.authorization),
    quantity: decimalQuantity.describe('Authorized base units.'),
    reasons: z.array(answerReason),
  })
  .meta({ id: 'LineAuthorization', description: 'What became of a line that was asked for.' })

export const requestedReturn = returnView
  .extend({ validation, authorization: z.array(authorizationOfLine) })
  .meta({
    id: 'RequestedReturn',
    description: 'A return that was asked for, and what was answered.',
  })

/** @param decisions - on the return, the newest first. */
export function requestedReturnView(
  view: ReturnView,
  given: { readonly validation: Validation; readonly decisions: readonly StoredDecision[] },
): z.infer<typeof requestedReturn> {
  const authorization = view.lines.map(({ lineNo, axes, quantities }) => ({
    lineNo,
    state: axes.authorization,
    quantity: quantities.authorized,
    reasons: reasonsOf(given.decisions, lineNo).map(answerReasonView),
  }))
  return { ...view, validation: given.validation, authorization }
}

/** Of the last decision on the line: what was said of it, and of the return as a whole. */
function reasonsOf(decisions: readonly StoredDecision[], lineNo: number): readonly Reason[] {
  const last = decisions.find(({ lines }) => lines.some((line) => line.lineNo === lineNo))
  return (last?.reasons ?? []).filter((one) => one.lineNo === null || one.lineNo === lineNo)
}
