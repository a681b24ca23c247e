import type { FeeKind, SettlementMethod, SettlementTrigger } from '@backhaul/sdk/canonical'
import type { Expression, ExpressionLanguage } from '../../platform/expression/language.ts'
import type { Override, PolicyDocument, Rule, Verdict } from './document.ts'
import { isTimeZone, type PolicyLanguage, policyLanguage } from './language.ts'
import { type ParsedPolicy, type PolicyProblem, parsePolicy, pathText } from './parse.ts'

/** What a rule does to a line that it modifies, with its expressions compiled. */
export interface CompiledChange {
  readonly quantity: Expression | null
  readonly fees: readonly {
    readonly kind: FeeKind
    readonly net: Expression
    readonly tax: Expression
  }[]
  readonly trigger: SettlementTrigger | null
  readonly method: SettlementMethod | null
  readonly returnRequired: boolean | null
  readonly inspectionRequired: boolean | null
}

export interface CompiledRule {
  readonly id: string
  readonly version: number
  readonly title: string
  readonly level: Rule['level']
  readonly verdict: Verdict
  readonly unknown: Rule['unknown']
  readonly when: Expression | null
  readonly if: Expression
  readonly except: Expression | null
  readonly change: CompiledChange | null
  readonly response: Rule['response'] | null
  readonly customerText: string | null
  readonly approver: string | null
  /** Days, in the time zone of the rule set; both belong to it. */
  readonly from: string | null
  readonly to: string | null
  /** Fields that it looks at. */
  readonly reads: readonly string[]
  /** Those of which it says itself what is to be done where they are null. */
  readonly awaits: ReadonlySet<string>
  /** The same for all rules that await the same. */
  readonly awaitsName: string
}

/** A rule set that is ready to be asked. */
export interface CompiledPolicy {
  readonly name: string
  /** Of the document that it was made of. */
  readonly version: number
  readonly document: PolicyDocument
  readonly rules: readonly CompiledRule[]
  readonly override: Override | null
}

export type Compiled =
  | { readonly ok: true; readonly policy: CompiledPolicy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] }

type Parsed = Extract<ParsedPolicy, { ok: true }>

interface Work {
  readonly parsed: Parsed
  readonly language: PolicyLanguage
  readonly problems: PolicyProblem[]
}

/** Parses and compiles the text of a rule set. Never throws. */
export function compilePolicyText(text: string, given: { readonly version: number }): Compiled {
  const parsed = parsePolicy(text)
  return parsed.ok ? compilePolicy(parsed, given) : parsed
}

/** Checks every expression of a rule set with the types of what it looks at. Never throws. */
function compilePolicy(parsed: Parsed, { version }: { readonly version: number }): Compiled {
  const { document } = parsed
  const problems: PolicyProblem[] = []
  const zone = isTimeZone(document.timeZone) ? document.timeZone : 'UTC'
  const work: Work = { parsed, language: policyLanguage(zone), problems }
  if (zone !== document.timeZone) tell(work, ['timeZone'], 'is not a time zone')
  refuseTwice(work)
  refuseUnknownRules(work)
  const rules = document.rules.map((rule, index) => compileRule(work, rule, index))
  if (problems.length > 0) return { ok: false, problems }
  const made = rules.filter((rule) => rule !== null)
  const override = document.override ?? null
  return { ok: true, policy: { name: document.name, version, document, rules: made, override } }
}

/** `offset` characters into the text of the field. */
function tell({ problems, parsed }: Work, path: Path, said: string | Said): void {
  const { message, offset } = typeof said === 'string' ? { message: said, offset: 0 } : said
  problems.push({ ...parsed.places.of(path, offset), path: pathText(path), message })
}

type Path = readonly PropertyKey[]
type Said = { readonly message: string; readonly offset: number }

function refuseTwice(work: Work): void {
  const seen = new Set<string>()
  for (const [index, { id }] of work.parsed.document.rules.entries()) {
    if (seen.has(id)) tell(work, ['rules', index, 'id'], `there are two rules ${id}`)
    seen.add(id)
  }
}

function refuseUnknownRules(work: Work): void {
  const { rules, override } = work.parsed.document
  for (const [index, id] of (override?.never ?? []).entries()) {
    if (rules.some((rule) => rule.id === id)) continue
    tell(work, ['override', 'never', index], `there is no rule ${id}`)
  }
}

function compileRule(work: Work, rule: Rule, index: number): CompiledRule | null {
  const language = rule.level === 'line' ? work.language.ofLine : work.language.ofCase
  const at = ['rules', index]
  const condition = (field: 'when' | 'if' | 'except') =>
    compileOne(work, { language, text: rule[field], path: [...at, field], isCondition: true })
  const parts = { when: condition('when'), if: condition('if'), except: condition('except') }
  const change = rule.modify ? compileChange(work, rule.modify, [...at, 'modify']) : null
  if (parts.if === null) return null
  const all = [...Object.values(parts), ...expressionsOf(change)].filter((one) => one !== null)
  const awaits = new Set(all.flatMap(({ reads }) => reads.nullTested))
  return {
    ...parts,
    if: parts.if,
    id: rule.id,
    version: rule.version,
    title: rule.title,
    level: rule.level,
    verdict: rule.verdict,
    unknown: rule.unknown,
    change,
    response: rule.response ?? null,
    customerText: rule.customerText ?? null,
    approver: rule.approver ?? null,
    from: rule.from,
    to: rule.to,
    reads: [...new Set(all.flatMap(({ reads }) => reads.paths))],
    awaits,
    awaitsName: [...awaits].toSorted().join(' '),
  }
}

function expressionsOf(change: CompiledChange | null): (Expression | null)[] {
  if (change === null) return []
  return [change.quantity, ...change.fees.flatMap(({ net, tax }) => [net, tax])]
}

type Modify = NonNullable<Rule['modify']>

function compileChange(work: Work, modify: Modify, path: Path): CompiledChange | null {
  const { ofLine, ofChange } = work.language
  const one = (language: ExpressionLanguage, text: string | undefined, below: PropertyKey[]) =>
    compileOne(work, { language, text, path: [...path, ...below], isCondition: false })
  const quantity = one(ofLine, modify.quantity, ['quantity'])
  const fees = (modify.fees ?? []).flatMap(({ kind, net, tax }, index) => {
    const made = {
      net: one(ofChange, net, ['fees', index, 'net']),
      tax: one(ofChange, tax, ['fees', index, 'tax']),
    }
    return made.net && made.tax ? [{ kind, net: made.net, tax: made.tax }] : []
  })
  return {
    quantity,
    fees,
    trigger: modify.trigger ?? null,
    method: modify.method ?? null,
    returnRequired: modify.returnRequired ?? null,
    inspectionRequired: modify.inspectionRequired ?? null,
  }
}

const numbers: ReadonlySet<string> = new Set(['int', 'double', 'dyn'])
const conditions: ReadonlySet<string> = new Set(['bool', 'dyn'])

function compileOne(
  work: Work,
  given: {
    readonly language: ExpressionLanguage
    readonly text: string | undefined
    readonly path: Path
    readonly isCondition: boolean
  },
): Expression | null {
  const { language, text, path, isCondition } = given
  if (text === undefined) return null
  const compiled = language.compile(text)
  if (!compiled.ok) {
    tell(work, path, compiled.problem)
    return null
  }
  const { expression } = compiled
  const isFine = (isCondition ? conditions : numbers).has(expression.type)
  if (!isFine) {
    const wanted = isCondition ? 'a condition, true or false' : 'a number'
    tell(work, path, `must be ${wanted}, and is ${expression.type}`)
  }
  refuseUnknownParameters(work, expression, path)
  return expression
}

function refuseUnknownParameters(work: Work, { reads, text }: Expression, path: Path): void {
  for (const read of reads.paths) {
    const [root, name] = read.split('.')
    if (root !== 'parameters' || name === undefined) continue
    if (Object.hasOwn(work.parsed.document.parameters, name)) continue
    const offset = Math.max(0, text.indexOf(read))
    tell(work, path, { message: `there is no parameter ${name}`, offset })
  }
}
