import {
  feeKinds,
  keysOf,
  responseCodes,
  settlementMethods,
  settlementTriggers,
} from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { verdicts } from '../../domain/index.ts'
import type { StoredDecision } from '../../store/policy.ts'
import { iso, text, textOrNull, time, uuid } from './common.ts'

const verdict = z.enum(verdicts)
const response = keysOf(responseCodes).nullable()
const fee = z.object({ kind: z.enum(feeKinds), netMinor: z.int(), taxMinor: z.int() })

const reason = z
  .object({
    rule: text,
    version: z.int(),
    title: text,
    lineNo: z.int().nullable().describe('Null for a rule about the whole return.'),
    verdict,
    cause: z
      .enum(['rule', 'unknown', 'failed', 'appeal'])
      .describe('unknown: a fact is missing; failed: the rule could not be worked out.'),
    detail: textOrNull,
    response,
    text: textOrNull.describe('What the customer is told.'),
    approver: textOrNull,
    used: z
      .record(text, z.union([text, z.number(), z.boolean(), z.null()]))
      .nullable()
      .describe('What it looked at; null for who may not see it.'),
    digest: text.describe('SHA-256 of what it looked at.'),
  })
  .meta({ id: 'DecisionReason', description: 'Why a rule spoke.' })

const line = z
  .object({
    lineNo: z.int(),
    verdict,
    quantity: text,
    returnRequired: z.boolean().nullable(),
    inspectionRequired: z.boolean().nullable(),
    fees: z.array(fee),
    response,
    reasons: z.array(text).describe('The rules that spoke, the worst first.'),
  })
  .meta({ id: 'LineDecision', description: 'What was decided of a line.' })

export const decision = z
  .object({
    id: uuid,
    caseVersion: z.int(),
    decidedAt: time,
    decidedBy: text.describe('`hub`, or the person who decided against the rules.'),
    ruleSet: z.object({ name: text, version: z.int() }),
    verdict,
    lines: z.array(line),
    reasons: z.array(reason),
    terms: z
      .object({
        method: z.enum(settlementMethods),
        trigger: z.enum(settlementTriggers),
        fees: z.array(fee),
      })
      .nullable(),
    inputs: z
      .record(text, z.unknown())
      .nullable()
      .describe('What the rules were asked about; null for who may not see it.'),
    inputsDigest: text,
  })
  .meta({ id: 'Decision', description: 'What a rule set, or a person against it, decided.' })

/** Rules tell how to get around them: what they looked at is for those who work on returns. */
export function decisionView(
  stored: StoredDecision,
  { showsInputs }: { readonly showsInputs: boolean },
): z.infer<typeof decision> {
  const { decisionId: id, caseId: _caseId, ruleSet: name, ruleSetVersion, ...rest } = stored
  return {
    ...rest,
    id,
    decidedAt: iso(stored.decidedAt),
    ruleSet: { name, version: ruleSetVersion },
    lines: stored.lines.map((one) => {
      return { ...one, fees: [...one.fees], reasons: [...one.reasons] }
    }),
    reasons: stored.reasons.map((one) => ({ ...one, used: showsInputs ? { ...one.used } : null })),
    terms: stored.terms && { ...stored.terms, fees: [...stored.terms.fees] },
    inputs: showsInputs ? { ...stored.inputs } : null,
  }
}
