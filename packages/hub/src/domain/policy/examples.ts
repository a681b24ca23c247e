import type { CompiledPolicy } from './compile.ts'
import type { PolicyDecision } from './decision.ts'
import type { Example } from './document.ts'
import { evaluatePolicy } from './evaluate.ts'

/** How an example of a rule set came out. */
export interface ExampleResult {
  readonly name: string
  /** What came out other than it says; empty when it holds. */
  readonly differences: readonly string[]
  readonly decision: PolicyDecision
}

/** Holds a rule set against its own examples. */
export function runExamples(policy: CompiledPolicy): readonly ExampleResult[] {
  return policy.document.examples.map((example) => {
    const decision = evaluatePolicy(policy, example.inputs)
    return { name: example.name, differences: differencesOf(example, decision), decision }
  })
}

function differencesOf(example: Example, decision: PolicyDecision): string[] {
  const found: string[] = []
  const compare = (what: string, wanted: unknown, got: unknown) => {
    if (wanted === undefined || JSON.stringify(wanted) === JSON.stringify(got)) return
    found.push(`${what} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`)
  }
  const lineOf = (lineNo: string) => decision.lines.find((line) => line.lineNo === Number(lineNo))
  compare('the verdict', example.verdict, decision.verdict)
  for (const [lineNo, verdict] of Object.entries(example.lines ?? {})) {
    compare(`line ${lineNo}`, verdict, lineOf(lineNo)?.verdict)
  }
  for (const [lineNo, quantity] of Object.entries(example.quantities ?? {})) {
    compare(`the quantity of line ${lineNo}`, quantity, lineOf(lineNo)?.quantity)
  }
  const rules = [...new Set(decision.reasons.map(({ rule }) => rule))]
  compare('the reasons', example.reasons?.toSorted(), example.reasons && rules.toSorted())
  const { trigger, method, feesMinor } = example.terms ?? {}
  compare('the trigger', trigger, decision.terms?.trigger)
  compare('the method', method, decision.terms?.method)
  compare('the sum of the fees', feesMinor, feesOf(decision))
  return found
}

function feesOf({ terms }: PolicyDecision): number | undefined {
  return terms?.fees.reduce((sum, { netMinor, taxMinor }) => sum + netMinor + taxMinor, 0)
}
