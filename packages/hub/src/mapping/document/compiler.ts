import {
  createExpressionLanguage,
  type EvaluationFailure,
  type ExpressionLanguage,
  HaltError,
} from '../../platform/expression/language.ts'
import { functionTable } from '../functions/function-table.ts'
import type { MappingFunction } from '../functions/mapping-function.ts'
import { seated, UnknownWordError } from '../functions/seat.ts'
import type { MappingRun } from '../run.ts'
import { checkCall } from './check-call.ts'
import type { Spot, WrittenExpression } from './mapping-document.ts'
import { NoValue } from './no-value.ts'
import { parsePath, pathReader, type Scope } from './path.ts'
import { plainValue } from './plain-value.ts'
import type { DocumentProblem } from './yaml-tree.ts'

export interface CompiledExpression {
  readonly text: string
  /** Of its value, as the language names it; a bare path is `dyn`. */
  readonly type: string
  /** The value of a path into the constants, which is known before anything comes in. */
  readonly constant: { readonly value: unknown } | null
  /** Undefined for what is missing on a path. */
  readonly read: (scope: Scope, run: MappingRun) => unknown
}

const problemLimit = 50

const language = createExpressionLanguage({
  variables: {},
  functions: functionTable.flatMap(({ name, signatures, call }) =>
    signatures.map((signature) => ({ signature, call: named(name, call) })),
  ),
})

/** Lets what a function says against its arguments begin with its name. */
function named(name: string, call: MappingFunction['call']): (...values: never[]) => unknown {
  return (...values) => {
    try {
      return call(...values)
    } catch (error) {
      if (!(error instanceof HaltError) || error instanceof UnknownWordError) throw error
      throw new HaltError(`${name} ${error.message}`)
    }
  }
}

/** Compiles the expressions of one document, and keeps what is wrong with it. */
export class Compiler {
  readonly problems: DocumentProblem[] = []
  /** Whether anything but bare paths is in the document. */
  usesLanguage = false
  /** Roots that its expressions name. */
  readonly used = new Set<string>()
  readonly #constants: Readonly<Record<string, unknown>>
  readonly #languages = new Map<string, ExpressionLanguage>()

  constructor(constants: Readonly<Record<string, unknown>>) {
    this.#constants = constants
  }

  problem({ place, path }: Spot, message: string): void {
    if (this.problems.length < problemLimit) {
      this.problems.push({ line: place.line, column: place.column, path, message })
    }
  }

  /** @param names - of what the expression can name. */
  expression(written: WrittenExpression, names: readonly string[]): CompiledExpression | null {
    const steps = parsePath(written.text)
    const [root] = steps ?? []
    if (steps && typeof root === 'string' && names.includes(root)) {
      this.used.add(root)
      return this.#path(written, steps)
    }
    return this.#cel(written, names)
  }

  #path(written: WrittenExpression, steps: readonly (string | number)[]): CompiledExpression {
    const read = pathReader(steps)
    const constants = this.#constants
    const isConstant = steps[0] === 'constants' && steps.length > 1
    const value = isConstant ? read({ constants }) : undefined
    if (isConstant && value === undefined) {
      this.problem(written, `there is no ${written.text.trim()}`)
    }
    const constant = value === undefined ? null : { value }
    return { text: written.text, type: 'dyn', constant, read }
  }

  #cel(written: WrittenExpression, names: readonly string[]): CompiledExpression | null {
    const compiled = this.#languageOf(names).compile(written.text)
    if (!compiled.ok) {
      const { offset, message } = compiled.problem
      this.problem(within(written, offset), message)
      return null
    }
    this.usesLanguage = true
    for (const name of names) if (written.text.includes(name)) this.used.add(name)
    const { expression } = compiled
    for (const call of expression.calls) {
      const refusal = checkCall(call)
      if (refusal !== null) this.problem(within(written, call.offset), `${call.name} ${refusal}`)
    }
    return {
      text: written.text,
      type: expression.type,
      constant: null,
      read: (scope, run) => {
        const result = seated(run, () => expression.evaluate(scope, run.budget))
        return result.ok ? plainValue(result.value) : noValue(result)
      },
    }
  }

  #languageOf(names: readonly string[]): ExpressionLanguage {
    const key = names.join(' ')
    const known = this.#languages.get(key)
    if (known) return known
    const made = language.extend(Object.fromEntries(names.map((name) => [name, 'dyn'])))
    this.#languages.set(key, made)
    return made
  }
}

function within(written: WrittenExpression, offset: number): Spot {
  const { place, path, isOneLine } = written
  if (!isOneLine) return written
  return { path, place: { line: place.line, column: place.column + offset } }
}

/** The messages of the language can name keys of the data, those of our functions do not. */
function noValue({ code, message, cause }: EvaluationFailure): NoValue {
  switch (code) {
    case 'halted':
      return new NoValue(message, !(cause instanceof UnknownWordError))
    case 'missing_key':
      return new NoValue('something that it reads is missing', true)
    case 'no_such_overload':
      return new NoValue('its values are not of the kinds that it reckons with', true)
    case 'too_costly':
      return new NoValue('it would take too many steps', false)
    case 'failed':
      return new NoValue('it cannot be worked out', true)
  }
}
