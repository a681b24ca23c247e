import { Environment } from '@marcbachmann/cel-js'
import type { Budget } from './budget.ts'
import { type ExpressionCall, type ExpressionCost, inspectExpression } from './guard.ts'
import { HaltError, metered, runMetered, TooCostlyError } from './meter.ts'
import { registerNumbers } from './numbers.ts'
import { matchesPattern } from './pattern.ts'
import { type Reads, readsOf } from './reads.ts'

export { HaltError } from './meter.ts'

/** A function that expressions may call. */
export interface ExpressionFunction {
  /** As CEL declares it: `vocabulary(string, dyn): string`, or `string.upper(): string` for a receiver. */
  readonly signature: string
  /** What it throws ends the evaluation and reaches the caller of `evaluate`, unless it is a `HaltError`. */
  readonly call: (...values: never[]) => unknown
}

/** Why an expression is not taken, and where in it. */
export interface ExpressionProblem {
  readonly message: string
  /** Zero-based offset of the character in the expression's text. */
  readonly offset: number
}

/** What a value could not be had for. `halted`: a function said so, with its own error in `cause`. */
export interface EvaluationFailure {
  readonly ok: false
  readonly code: 'missing_key' | 'no_such_overload' | 'too_costly' | 'halted' | 'failed'
  readonly message: string
  readonly cause?: HaltError
}

type Evaluation = { readonly ok: true; readonly value: unknown } | EvaluationFailure

export interface Expression {
  readonly text: string
  /** The type of its value as CEL names it, such as `bool`, `string`, `dyn`. */
  readonly type: string
  /** Calls of functions, so that what is written out in them can be checked before it runs. */
  readonly calls: readonly ExpressionCall[]
  /** The fields that it looks at. */
  readonly reads: Reads
  /** Never throws. Integers come as bigint, other numbers as number, lists and maps as they are. */
  readonly evaluate: (context: Readonly<Record<string, unknown>>, budget: Budget) => Evaluation
}

type Compiled =
  | { readonly ok: true; readonly expression: Expression }
  | { readonly ok: false; readonly problem: ExpressionProblem }

/** A language of expressions: CEL with certain variables and functions. */
export interface ExpressionLanguage {
  /** Parses and checks an expression. Never throws. */
  readonly compile: (text: string) => Compiled
  /** The same language with more variables. */
  readonly extend: (variables: Readonly<Record<string, string>>) => ExpressionLanguage
}

const textLimit = 2_000

/** Enough for what a field or a rule says; what is larger is a program, and belongs elsewhere. */
const limits = {
  maxAstNodes: 300,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 50,
  maxCallArguments: 8,
}

/**
 * CEL without what can keep a process busy: regular expressions run in linear time, iterations do not nest
 * deeper than two, and each evaluation pays from a budget what it costs.
 *
 * @param given.variables - name to CEL type; anything else is refused when an expression is compiled.
 * @param given.types - types of variables by name, each with the CEL type of every field that it has: a field
 *   that is not among them is refused when an expression is compiled.
 * @throws {Error} for a signature that CEL does not know: a mistake of the program, not of its data.
 */
export function createExpressionLanguage(given: {
  readonly variables: Readonly<Record<string, string>>
  readonly functions: readonly ExpressionFunction[]
  readonly types?: Readonly<Record<string, Readonly<Record<string, string>>>>
}): ExpressionLanguage {
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits,
  })
  registerNumbers(environment)
  environment.registerFunction('dyn.matchesPattern(string): bool', matchesPattern)
  environment.registerFunction('metered(A): A', metered)
  for (const [name, fields] of Object.entries(given.types ?? {})) {
    environment.registerType(name, { fields: { ...fields } })
  }
  for (const { signature, call } of given.functions) {
    environment.registerFunction(signature, call as (...values: unknown[]) => unknown)
  }
  return languageOf(environment, given.variables)
}

function languageOf(
  parent: Environment,
  variables: Readonly<Record<string, string>>,
): ExpressionLanguage {
  const environment = parent.clone()
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type)
  return {
    compile: (text) => compile(environment, text),
    extend: (more) => languageOf(environment, more),
  }
}

function compile(environment: Environment, text: string): Compiled {
  if (text.length > textLimit) {
    return refused({ message: `it is longer than ${textLimit} characters`, offset: textLimit })
  }
  try {
    const draft = environment.parse(text)
    const checked = draft.check()
    if (!checked.valid) return refused(problemOf(checked.error))
    const reads = readsOf(draft.ast)
    const inspected = inspectExpression(draft.ast)
    if (!inspected.ok) return refused(inspected.problem)
    const run = environment.parse(inspected.text)
    run.check()
    return {
      ok: true,
      expression: {
        text,
        type: String(checked.type),
        calls: inspected.calls,
        evaluate: (context, budget) => evaluate(run, { context, budget, cost: inspected.cost }),
        reads,
      },
    }
  } catch (error) {
    return refused(problemOf(error))
  }
}

function evaluate(
  run: (context: Record<string, unknown>) => unknown,
  given: {
    readonly context: Readonly<Record<string, unknown>>
    readonly budget: Budget
    readonly cost: ExpressionCost
  },
): Evaluation {
  try {
    return { ok: true, value: runMetered(given, () => run(given.context)) }
  } catch (error) {
    return failureOf(error)
  }
}

function failureOf(error: unknown): EvaluationFailure {
  if (error instanceof HaltError) {
    return { ok: false, code: 'halted', message: error.message, cause: error }
  }
  if (error instanceof TooCostlyError) {
    return { ok: false, code: 'too_costly', message: error.message }
  }
  const code = (error as { code?: unknown } | null)?.code
  const message = firstLine(error)
  if (code === 'no_such_key') return { ok: false, code: 'missing_key', message }
  if (code === 'no_such_overload') return { ok: false, code, message }
  return { ok: false, code: 'failed', message }
}

function refused(problem: ExpressionProblem): Compiled {
  return { ok: false, problem }
}

function problemOf(error: unknown): ExpressionProblem {
  const range = (error as { range?: { start?: unknown } } | null)?.range
  const offset = typeof range?.start === 'number' ? range.start : 0
  return { message: firstLine(error), offset }
}

/** CEL's messages draw the expression below the first line; its data is not in them. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return (message.split('\n')[0] ?? '').slice(0, 300)
}
