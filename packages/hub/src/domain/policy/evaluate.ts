import { DateTime } from 'luxon'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { type Budget, budgetFor } from '../../platform/expression/budget.ts'
import { isZero } from '../ledger/decimal.ts'
import { type Asked, askRule, changeFailed, runExpression } from './ask-rule.ts'
import { applyChange, applyFees, approvedOf, type Changed, unchanged } from './change.ts'
import type { CompiledPolicy, CompiledRule } from './compile.ts'
import type { DecidedTerms, LineDecision, PolicyDecision, Reason } from './decision.ts'
import { type Verdict, verdicts } from './document.ts'
import type { LineInput, PolicyInputs } from './inputs.ts'
import { latestTrigger, mergeFees } from './terms.ts'

/** A line with all that was said about it. */
interface Judged {
  readonly line: LineInput
  reasons: Reason[]
  changed: Changed
}

/**
 * Asks every rule about a return and each of its lines. The worst verdict stands, and every reason is kept.
 * The same rule set says the same to the same inputs. Never throws: a rule that cannot be worked out refers.
 */
export function evaluatePolicy(policy: CompiledPolicy, inputs: PolicyInputs): PolicyDecision {
  const rules = policy.rules.filter((rule) => isValidThen(rule, policy, inputs))
  const steps = stepsFor(inputs)
  const asked = ask({ policy, inputs, steps, line: null })
  const ofCase = rules.flatMap((rule) =>
    rule.level === 'case' ? (askRule(rule, asked) ?? []) : [],
  )
  const judged = inputs.lines.map((line) => judge(rules, ask({ policy, inputs, steps, line })))
  return decisionOf({ policy, inputs, judged: judged.map((one) => withCase(policy, one, ofCase)) })
}

/** Enough for every line; more than ten lines share, so that a large return is bounded as well. */
function stepsFor(inputs: PolicyInputs): Budget {
  const steps = budgetFor(inputs)
  return { ...steps, left: steps.left * Math.min(10, Math.max(1, inputs.lines.length)) }
}

function ask<Line extends LineInput | null>(
  given: Omit<Asked, 'prices' | 'contexts' | 'line'> & { readonly line: Line },
): Asked & { readonly line: Line } {
  const { policy, inputs, line } = given
  const { lines: _lines, ...rest } = inputs
  const prices = budgetFor([rest, line, policy.document.parameters])
  return { ...given, prices, contexts: new Map() }
}

/** A customer asked under the rules of that day. */
function isValidThen(rule: CompiledRule, policy: CompiledPolicy, inputs: PolicyInputs): boolean {
  const { from, to } = rule
  if (from === null && to === null) return true
  const { requestedAt } = inputs.case
  const asked = DateTime.fromISO(requestedAt, { zone: policy.document.timeZone })
  const day = asked.isValid ? asked.toISODate() : requestedAt.slice(0, 10)
  return (from === null || day >= from) && (to === null || day <= to)
}

type AskedOfLine = Asked & { readonly line: LineInput }

function judge(rules: readonly CompiledRule[], asked: AskedOfLine): Judged {
  const { line } = asked
  const one: Judged = { line, reasons: [], changed: unchanged(line) }
  const ofLine = rules.filter(({ level }) => level === 'line')
  for (const rule of ofLine) askLine(rule, asked, one)
  for (const rule of ofLine) takeFees(rule, asked, one)
  return one
}

function askLine(rule: CompiledRule, asked: AskedOfLine, one: Judged): void {
  const reason = askRule(rule, asked)
  if (reason === null) return
  if (reason.cause !== 'rule' || rule.change === null) {
    one.reasons.push(reason)
    return
  }
  const changed = applyChange(rule.change, one.changed, (text) => runExpression(rule, text, asked))
  if ('failed' in changed) {
    one.reasons.push(...present(changeFailed(rule, asked, changed.failed)))
    return
  }
  one.changed = changed
  // What nothing is left of is not authorized.
  one.reasons.push(isZero(changed.quantity) ? { ...reason, verdict: 'deny' } : reason)
}

/** Fees are worked out last, on what is left of the line after every rule. */
function takeFees(rule: CompiledRule, asked: AskedOfLine, one: Judged): void {
  const { change } = rule
  const isModified = one.reasons.some(
    ({ rule: id, cause, verdict }) => id === rule.id && cause === 'rule' && verdict === 'modify',
  )
  if (change === null || change.fees.length === 0 || !isModified) return
  const approved = approvedOf(one.line, one.changed)
  const changed = applyFees(change, one.changed, {
    approved,
    run: (expression) => runExpression(rule, expression, { ...asked, approved }),
  })
  if ('failed' in changed) {
    const failed = present(changeFailed(rule, asked, changed.failed))
    one.reasons = one.reasons.flatMap((each) => (each.rule === rule.id ? failed : each))
  } else one.changed = changed
}

function present<T>(one: T | null): T[] {
  return one === null ? [] : [one]
}

/** The line with what was said about the whole return; what a person asked to be looked at again, a person looks at. */
function withCase({ document }: CompiledPolicy, one: Judged, ofCase: readonly Reason[]): Judged {
  const reasons = [...ofCase, ...one.reasons]
  if (document.appeals === 'decide' || one.line.appeals === 0) return { ...one, reasons }
  const { lineNo } = one.line
  return {
    ...one,
    reasons: reasons.map((reason) =>
      reason.verdict === 'deny'
        ? { ...reason, lineNo, verdict: 'refer', cause: 'appeal', response: null, text: null }
        : reason,
    ),
  }
}

/** Negative where `a` is milder than `b`. */
function compareVerdicts(a: Verdict, b: Verdict): number {
  return verdicts.indexOf(a) - verdicts.indexOf(b)
}

function worstOf(all: readonly Verdict[]): Verdict {
  return all.reduce<Verdict>(
    (worst, one) => (compareVerdicts(one, worst) > 0 ? one : worst),
    'allow',
  )
}

function decisionOf(given: {
  readonly policy: CompiledPolicy
  readonly inputs: PolicyInputs
  readonly judged: readonly Judged[]
}): PolicyDecision {
  const { policy, inputs, judged } = given
  const lines = judged.map((one) => lineDecision(policy, one))
  const place = new Map(policy.rules.map(({ id }, index) => [id, index]))
  const once = new Map(
    judged.flatMap(({ reasons }) => reasons.map((one) => [`${one.rule} ${one.lineNo}`, one])),
  )
  return {
    ruleSet: { name: policy.name, version: policy.version },
    verdict: worstOf(lines.map(({ verdict }) => verdict)),
    lines,
    reasons: [...once.values()].toSorted(
      (a, b) => (place.get(a.rule) ?? 0) - (place.get(b.rule) ?? 0),
    ),
    terms: termsOf(policy, judged, lines),
    inputs,
    inputsDigest: sha256Hex(JSON.stringify(inputs)),
  }
}

function lineDecision(
  { document }: CompiledPolicy,
  { line, reasons, changed }: Judged,
): LineDecision {
  const said = reasons.toSorted((a, b) => compareVerdicts(b.verdict, a.verdict))
  const verdict = said[0]?.verdict ?? document.otherwise
  const common = {
    lineNo: line.lineNo,
    verdict,
    response: said.find((one) => one.verdict === verdict && one.response)?.response ?? null,
    reasons: [...new Set(said.map(({ rule }) => rule))],
  }
  if (!isAuthorized({ verdict })) {
    return { ...common, quantity: '0', returnRequired: null, inspectionRequired: null, fees: [] }
  }
  const { quantity, returnRequired, inspectionRequired, fees } = changed
  return { ...common, quantity, returnRequired, inspectionRequired, fees }
}

/** Whether the goods may come back by this verdict. */
export function isAuthorized({ verdict }: { readonly verdict: Verdict }): boolean {
  return verdict === 'allow' || verdict === 'modify'
}

function termsOf(
  { document }: CompiledPolicy,
  judged: readonly Judged[],
  lines: readonly LineDecision[],
): DecidedTerms | null {
  const { method, trigger } = document.settlement
  const changes = judged.flatMap(({ changed }, index) => {
    const line = lines[index]
    return line && isAuthorized(line) ? [changed] : []
  })
  if (changes.length === 0) return null
  return {
    method: changes.find((one) => one.method !== null)?.method ?? method,
    trigger: latestTrigger(changes.map((one) => one.trigger ?? trigger)),
    fees: mergeFees(changes.flatMap(({ fees }) => fees)),
  }
}
