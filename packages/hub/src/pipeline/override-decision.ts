import type { SettlementTerms } from '@backhaul/sdk/canonical'
import {
  type ActivePolicies,
  type CaseState,
  type CompiledPolicy,
  type FindProduct,
  type PolicyDecision,
  settlementOf,
  valueOf,
} from '../domain/index.ts'
import { HubError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { findMessageIds } from '../store/inbox.ts'
import { insertDecisions, listDecisions, type StoredDecision } from '../store/policy.ts'
import { timeAfter, validUntil } from './decide/decide-case.ts'
import { type LoadedCase, loadCase } from './load-case.ts'
import type { MessageResult } from './message.ts'
import { overLimit } from './override-limit.ts'
import { type ActionDeps, type Person, personMessageId, say } from './person-actions.ts'
import { completeRepeat } from './take-in.ts'

export interface OverrideDeps extends ActionDeps {
  readonly policies: ActivePolicies
  readonly findProduct: FindProduct
}

export interface OverrideInput {
  readonly idOrNo: string
  readonly reason: string
  /** All that are not authorized when left out. Without a quantity, what was requested. */
  readonly lines?:
    | readonly { readonly lineNo: number; readonly quantity?: string | undefined }[]
    | undefined
}

type Line = CaseState['lines'][number]
/** A line that a person authorizes, and what was decided of it before. */
interface Overridden {
  readonly line: Line
  readonly quantity: string
}

/** What an override is checked against. */
interface Standing {
  readonly found: LoadedCase
  readonly policy: CompiledPolicy
  readonly lines: readonly Overridden[]
  /** The newest first. */
  readonly decisions: readonly StoredDecision[]
}

const decisionsRead = 200

/**
 * Authorizes lines of a return that a rule set does not, in a person's name and with their reason: an event like
 * any other, and a decision that is kept beside those of the rules.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT where no rule set has decided against it; FORBIDDEN beyond the limit of
 *   the role, and where a rule is not to be overridden.
 */
export async function overrideDecision(
  deps: OverrideDeps,
  input: OverrideInput,
  by: Person,
): Promise<MessageResult> {
  const repeat = await findRepeat(deps, by)
  if (repeat !== null) return repeat
  const standing = await readStanding(deps, input)
  refuseForbidden(standing, by)
  const result = await approve(deps, { standing, reason: input.reason }, by)
  await insertDecisions(deps.pool, [decisionOf(standing, { input, by, at: deps.clock.now() })])
  return result
}

/** A request that was sent before under the same name is answered as it was then. */
async function findRepeat({ pool }: OverrideDeps, by: Person): Promise<MessageResult | null> {
  if (by.requestId === undefined) return null
  const key = { connectionId: 'api', externalId: personMessageId(by, by.requestId) }
  const [known] = await findMessageIds(pool, [key])
  if (known === undefined) return null
  const { messageId, connectionId } = known
  const nothing = { code: null, caseId: null, caseNo: null, caseVersion: null, detail: null }
  const repeat = { ...nothing, messageId, isRepeat: true, outcome: null }
  return completeRepeat(pool, { connectionId, repeat })
}

async function readStanding(deps: OverrideDeps, input: OverrideInput): Promise<Standing> {
  const found = await loadCase(deps.pool, input.idOrNo)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  const lines = linesOf(found.state, input)
  const decisions = await listDecisions(deps.pool, { caseId: found.caseId, limit: decisionsRead })
  const against = lines.every(({ line }) => lastWord(decisions, line.lineNo) !== null)
  if (lines.length === 0 || !against) {
    throw new HubError('CONFLICT', 'No rule set has decided against these lines.')
  }
  return { found, policy: policyOf(deps, found.state, lines), lines, decisions }
}

const notAuthorized: ReadonlySet<string> = new Set([
  'rejected',
  'requested',
  'under_review',
  'info_needed',
])

function linesOf({ lines }: CaseState, input: OverrideInput): Overridden[] {
  const open = lines.filter(({ axes }) => notAuthorized.has(axes.authorization))
  if (input.lines === undefined) {
    return open.map((line) => ({ line, quantity: line.quantities.requested }))
  }
  return input.lines.map(({ lineNo, quantity }) => {
    const line = open.find((one) => one.lineNo === lineNo)
    if (line) return { line, quantity: quantity ?? line.quantities.requested }
    throw new HubError('CONFLICT', `Line ${lineNo} does not wait for a decision.`)
  })
}

/** The last decision that a rule set made about a line; null where it made none, or authorized the line. */
function lastWord(decisions: readonly StoredDecision[], lineNo: number): StoredDecision | null {
  const last = decisions.find(
    ({ decidedBy, lines }) => decidedBy === 'hub' && lines.some((one) => one.lineNo === lineNo),
  )
  const line = last?.lines.find((one) => one.lineNo === lineNo)
  return last === undefined || line?.verdict === 'allow' || line?.verdict === 'modify' ? null : last
}

function policyOf(
  { policies, findProduct }: OverrideDeps,
  { header }: CaseState,
  lines: readonly Overridden[],
): CompiledPolicy {
  const found = lines.map(({ line: { product } }) => {
    const category = (product && findProduct(product)?.category) ?? null
    return policies.find({ ...header, category })
  })
  const [first] = found
  if (first?.override && found.every((one) => one === first)) return first
  const message = 'No one rule set is in force for these lines that a person may decide against.'
  throw new HubError('CONFLICT', message)
}

function refuseForbidden(standing: Standing, by: Person): void {
  const { policy, lines, decisions } = standing
  const never = policy.override?.never ?? []
  for (const { line } of lines) {
    const reasons = lastWord(decisions, line.lineNo)?.reasons ?? []
    const fixed = reasons.find(
      ({ rule, verdict, lineNo }) =>
        verdict === 'deny' && never.includes(rule) && (lineNo ?? line.lineNo) === line.lineNo,
    )
    if (fixed) throw new HubError('FORBIDDEN', `Nobody decides against the rule ${fixed.rule}.`)
  }
  const refusal = overLimit(standing, by.role)
  if (refusal !== null) throw new HubError('FORBIDDEN', refusal)
}

function approve(
  deps: OverrideDeps,
  { standing, reason }: { readonly standing: Standing; readonly reason: string },
  by: Person,
): Promise<MessageResult> {
  const { found, policy, lines } = standing
  const { header } = found.state
  const settlement = settlementFor(standing)
  const data = {
    rmaNo: header.rmaNo ?? found.caseNo,
    validUntil: validUntil(policy, deps.clock.now()),
    lines: lines.map(({ line: { lineNo }, quantity }) => ({ lineNo, quantity })),
    ...(settlement ? { settlement } : {}),
    note: reason,
    override: { rule: policy.override?.id ?? '', reason },
    decidedBy: `${by.actor} against policy ${policy.name} v${policy.version}`.slice(0, 200),
  }
  const notBefore = timeAfter(found.state, deps.clock.now())
  return say(deps, { type: 'return.approved', caseId: found.caseId, data, notBefore }, by)
}

function settlementFor({ policy, found }: Standing): SettlementTerms | null {
  const { method, trigger } = policy.document.settlement
  return settlementOf({ method, trigger, fees: [] }, found.state.header)
}

/** What is kept: on the grounds of the rules' own decision, with the person's reason. */
function decisionOf(
  { found, policy, lines, decisions }: Standing,
  { input, by, at }: { readonly input: OverrideInput; readonly by: Person; readonly at: Date },
): StoredDecision {
  const [{ line }] = lines as readonly [Overridden]
  const last = lastWord(decisions, line.lineNo) as StoredDecision
  const rule = policy.override?.id ?? ''
  const reason = {
    rule,
    version: policy.override?.version ?? 1,
    title: policy.override?.title ?? '',
    lineNo: null,
    verdict: 'allow',
    cause: 'rule',
    detail: input.reason,
    response: null,
    text: null,
    approver: by.actor,
    used: { valueMinor: lines.reduce((sum, one) => sum + (valueOf(one.line).valueMinor ?? 0), 0) },
    digest: last.inputsDigest,
  } as const satisfies PolicyDecision['reasons'][number]
  return {
    decisionId: newId(),
    caseId: found.caseId,
    caseVersion: found.version,
    decidedAt: at,
    decidedBy: by.actor,
    ruleSet: policy.name,
    ruleSetVersion: policy.version,
    verdict: 'allow',
    lines: lines.map((one) => ({
      lineNo: one.line.lineNo,
      verdict: 'allow',
      quantity: one.quantity,
      returnRequired: null,
      inspectionRequired: null,
      fees: [],
      response: null,
      reasons: [rule],
    })),
    reasons: [reason],
    terms: null,
    inputs: last.inputs,
    inputsDigest: last.inputsDigest,
  }
}
