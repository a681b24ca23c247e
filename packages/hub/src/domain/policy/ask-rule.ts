import { sha256Hex } from '../../platform/crypto/hash.ts'
import type { Budget } from '../../platform/expression/budget.ts'
import type { Expression } from '../../platform/expression/language.ts'
import type { Approved } from './change.ts'
import type { CompiledPolicy, CompiledRule } from './compile.ts'
import type { Cause, Reason } from './decision.ts'
import type { Verdict } from './document.ts'
import { celValue, type LineInput, type PolicyInputs } from './inputs.ts'

/** What a rule is asked about: the return, or one line of it. */
export interface Asked {
  readonly policy: CompiledPolicy
  readonly inputs: PolicyInputs
  readonly line: LineInput | null
  /** What is left of the steps that the whole return may cost; shared by all that is asked. */
  readonly steps: Budget
  /** What the data costs that a rule looks at which does not look at all lines. */
  readonly prices: Pick<Budget, 'textCost' | 'listCost'>
  /** What expressions see, as far as it has been made. */
  readonly contexts: Map<string, Readonly<Record<string, unknown>>>
}

/** How a rule came out: it says nothing, it holds, or it cannot say. */
type Finding =
  | { readonly kind: 'silent' | 'holds' }
  | { readonly kind: 'unknown' | 'failed'; readonly detail: string }

/** What a rule has to say about what it is asked; null where that is nothing. */
export function askRule(rule: CompiledRule, asked: Asked): Reason | null {
  return reasonOf(rule, asked, find(rule, asked))
}

/** The reason of a rule that holds, and whose change cannot be worked out. */
export function changeFailed(rule: CompiledRule, asked: Asked, what: string): Reason | null {
  return reasonOf(rule, asked, notWorkedOut(rule, asked, what))
}

function find(rule: CompiledRule, asked: Asked): Finding {
  for (const part of ['when', 'if', 'except'] as const) {
    const expression = rule[part]
    if (expression === null) continue
    const value = runExpression(rule, expression, asked)
    if (typeof value !== 'boolean') return notWorkedOut(rule, asked, `\`${part}\``)
    if (value === (part === 'except')) return { kind: 'silent' }
  }
  return { kind: 'holds' }
}

/** A rule fails for want of a fact where one that it does not await is null; else by itself. */
function notWorkedOut(rule: CompiledRule, asked: Asked, what: string): Finding {
  const missing = rule.reads.filter(
    (path) => !rule.awaits.has(path) && valueAt(asked, path) === null,
  )
  if (missing.length === 0) return { kind: 'failed', detail: `RULE_FAILED: ${what}` }
  return { kind: 'unknown', detail: `FACT_UNKNOWN: ${missing.join(', ')}` }
}

/** The value of an expression of a rule; undefined where it has none. */
export function runExpression(
  rule: CompiledRule,
  expression: Expression,
  asked: Asked & { readonly approved?: Approved },
): unknown {
  const { approved, steps } = asked
  const shared = contextOf(rule, asked)
  const context = approved ? { ...shared, approved: celApproved(approved) } : shared
  // A rule about one line pays for the lists of that line, not for those of all the others.
  const { textCost, listCost } = readsAllLines(rule) ? steps : asked.prices
  const budget = { left: steps.left, textCost, listCost }
  const evaluated = expression.evaluate(context, budget)
  steps.left = budget.left
  return evaluated.ok ? evaluated.value : undefined
}

function readsAllLines({ reads }: CompiledRule): boolean {
  return reads.some((path) => path === 'lines' || path.startsWith('lines.'))
}

/** What the expressions of a rule see: the same for all rules that await the same. */
function contextOf(rule: CompiledRule, asked: Asked): Readonly<Record<string, unknown>> {
  const hasAll = readsAllLines(rule)
  const name = hasAll ? `all lines ${rule.awaitsName}` : rule.awaitsName
  const known = asked.contexts.get(name)
  if (known !== undefined) return known
  const made = makeContext(rule, asked, hasAll)
  asked.contexts.set(name, made)
  return made
}

function makeContext(
  { awaits }: CompiledRule,
  { policy, inputs, line }: Asked,
  hasAll: boolean,
): Record<string, unknown> {
  // In a list, a rule names the item as it likes.
  const names = new Set([...awaits].map((path) => path.slice(path.lastIndexOf('.') + 1)))
  const isAwaited = (path: string) =>
    awaits.has(path) || (path.startsWith('lines.') && names.has(path.slice('lines.'.length)))
  const lineAs = (one: LineInput, path: string) => celValue(one, { type: 'Line', path, isAwaited })
  return {
    case: celValue(inputs.case, { type: 'Case', path: 'case', isAwaited }),
    order: celValue(inputs.order, { type: 'Order', path: 'order', isAwaited }),
    history: celValue(inputs.history, { type: 'History', path: 'history', isAwaited }),
    parameters: policy.document.parameters,
    ...(hasAll ? { lines: inputs.lines.map((one) => lineAs(one, 'lines')) } : {}),
    ...(line === null ? {} : { line: lineAs(line, 'line') }),
  }
}

function celApproved({ quantity, netMinor, taxMinor }: Approved): Record<string, unknown> {
  return { quantity: Number(quantity), netMinor: BigInt(netMinor), taxMinor: BigInt(taxMinor) }
}

/** The recorded value under a path of a rule; undefined where it is not in the inputs. */
function valueAt({ policy, inputs, line }: Asked, path: string): unknown {
  const [root = '', ...fields] = path.split('.')
  if (root === 'line') return fields.reduce<unknown>(fieldOf, line)
  if (root === 'parameters') return fields.reduce<unknown>(fieldOf, policy.document.parameters)
  return fields.reduce<unknown>(fieldOf, fieldOf(inputs, root))
}

function fieldOf(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined
  return (value as Readonly<Record<string, unknown>>)[field]
}

const causes = { holds: 'rule', unknown: 'unknown', failed: 'failed' } as const satisfies Record<
  string,
  Cause
>

function reasonOf(rule: CompiledRule, asked: Asked, found: Finding): Reason | null {
  if (found.kind === 'silent') return null
  const verdict = verdictOf(rule, found.kind)
  if (verdict === null) return null
  const seen = rule.reads.map((path) => [path, valueAt(asked, path)] as const)
  const holds = found.kind === 'holds'
  return {
    rule: rule.id,
    version: rule.version,
    title: rule.title,
    lineNo: asked.line?.lineNo ?? null,
    verdict,
    cause: causes[found.kind],
    detail: 'detail' in found ? found.detail : null,
    response: holds ? (rule.response ?? null) : null,
    text: holds ? rule.customerText : null,
    approver: rule.approver,
    used: Object.fromEntries(seen.filter(isPlain)),
    digest: sha256Hex(JSON.stringify(seen)),
  }
}

/** Null where the rule is passed over for want of a fact. */
function verdictOf(rule: CompiledRule, kind: keyof typeof causes): Verdict | null {
  if (kind === 'failed') return 'refer'
  if (kind === 'holds') return rule.verdict
  return rule.unknown === 'skip' ? null : rule.unknown
}

function isPlain(
  seen: readonly [string, unknown],
): seen is readonly [string, string | number | boolean | null] {
  return seen[1] === null || ['string', 'number', 'boolean'].includes(typeof seen[1])
}
