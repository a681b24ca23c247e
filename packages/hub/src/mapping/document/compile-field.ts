import { isNothing } from '../functions/scalars.ts'
import type { MappingRun } from '../run.ts'
import { checkConstant, checkExpression, checkObject, checkShape } from './check-field.ts'
import { coercionOf } from './coercion.ts'
import type { CompiledExpression, Compiler } from './compiler.ts'
import { type Contract, contractOf, fieldsOf, itemOf } from './contract.ts'
import type { Field, ListField, ObjectField, WrittenExpression } from './mapping-document.ts'
import { NoValue } from './no-value.ts'
import type { Scope } from './path.ts'

/** Makes a value; undefined for none. */
export type Make = (scope: Scope, run: MappingRun) => unknown

export interface CompiledField {
  readonly make: Make
  /** Nothing of a message is in it: alone it makes no object. */
  readonly isFixed: boolean
}

/** Where a field stands: what it can name, where its value goes, and what the contract wants there. */
export interface Setting {
  readonly names: readonly string[]
  readonly pointer: Pointer
  /** Null where no contract is known. */
  readonly contract: Contract | null
  /** An object is made also where nothing of the message is in it. */
  readonly isWhole?: boolean
}

/** Parts of a JSON pointer; a null stands for the position in a list. */
export type Pointer = readonly (string | null)[]

/** More than any contract takes. */
const itemLimit = 10_000

const nothing: CompiledField = { make: () => undefined, isFixed: true }

/** Compiles a field into closures; what is wrong with it is kept by the compiler. */
export function compileField(compiler: Compiler, field: Field, setting: Setting): CompiledField {
  switch (field.kind) {
    case 'constant':
      checkConstant(compiler, field, { value: field.value, contract: setting.contract })
      return { make: () => field.value ?? undefined, isFixed: true }
    case 'expression':
      return compileValue(compiler, { from: field.expression, isRequired: false }, setting)
    case 'value':
      return compileValue(compiler, field, setting)
    case 'list':
      return compileList(compiler, field, setting)
    case 'items':
      return compileItems(compiler, field, setting)
    case 'object':
      return compileObject(compiler, field, setting)
  }
}

interface ValueField {
  readonly from: WrittenExpression
  readonly isRequired: boolean
  readonly fallback?: Field | null
  readonly when?: WrittenExpression | null
}

function compileValue(compiler: Compiler, field: ValueField, setting: Setting): CompiledField {
  const { contract, pointer } = setting
  const from = compiler.expression(field.from, setting.names)
  const fallback = field.fallback ? compileField(compiler, field.fallback, setting) : null
  const when = field.when ? compileCondition(compiler, field.when, setting) : null
  if (!from) return nothing
  if (from.constant) checkConstant(compiler, field.from, { value: from.constant.value, contract })
  else checkExpression(compiler, field.from, { type: from.type, contract })
  const coerce = coercionOf(contract)
  const dropsEmpty = field.isRequired || fallback !== null || contract?.takesEmpty === false
  const value: CompiledValue = { ...field, from, when, fallback, coerce, dropsEmpty, pointer }
  const isPlain = !when && !fallback && !field.isRequired
  return { make: isPlain ? plainMake(value) : conditionalMake(value), isFixed: false }
}

interface CompiledValue {
  readonly from: CompiledExpression
  readonly isRequired: boolean
  readonly when: ((scope: Scope, run: MappingRun) => boolean) | null
  readonly fallback: CompiledField | null
  readonly coerce: ((value: unknown) => unknown) | null
  readonly dropsEmpty: boolean
  readonly pointer: Pointer
}

/** Most fields of most documents have no conditions: as little as possible is done for them. */
function plainMake({ from, coerce, dropsEmpty, pointer }: CompiledValue): Make {
  const { read, text } = from
  return (scope, run) => {
    const value = read(scope, run)
    if (value === undefined || value === null || (dropsEmpty && value === '')) return undefined
    if (value instanceof NoValue) return fail(run, pointer, `${quoted(text)}: ${value.message}`)
    return coerce ? coerce(value) : value
  }
}

function conditionalMake(field: CompiledValue): Make {
  const { from, isRequired, when, fallback, coerce, dropsEmpty, pointer } = field
  const text = quoted(from.text)
  return (scope, run) => {
    if (when && !when(scope, run)) return undefined
    const value = from.read(scope, run)
    if (value instanceof NoValue && !(fallback && value.allowsDefault)) {
      return fail(run, pointer, `${text}: ${value.message}`)
    }
    const isMissing = value instanceof NoValue || (dropsEmpty ? isNothing(value) : value == null)
    if (!isMissing) return coerce ? coerce(value) : value
    if (fallback) return fallback.make(scope, run)
    if (isRequired) return fail(run, pointer, `is required, and ${text} is empty`)
    return undefined
  }
}

function compileItems(
  compiler: Compiler,
  field: Extract<Field, { kind: 'items' }>,
  setting: Setting,
): CompiledField {
  checkShape(compiler, field, { shape: 'list', contract: setting.contract })
  const contract = setting.contract && itemOf(setting.contract)
  const items = field.items.map((item, index) =>
    compileField(compiler, item, {
      ...setting,
      contract,
      pointer: [...setting.pointer, String(index)],
      isWhole: false,
    }),
  )
  return {
    make: (scope, run) =>
      items.map(({ make }) => make(scope, run)).filter((value) => value !== undefined),
    isFixed: items.every(({ isFixed }) => isFixed),
  }
}

function compileList(compiler: Compiler, field: ListField, setting: Setting): CompiledField {
  checkShape(compiler, field, { shape: 'list', contract: setting.contract })
  const each = compiler.expression(field.each, setting.names)
  const inner: Setting = {
    names: setting.names.includes(field.as) ? setting.names : [...setting.names, field.as],
    pointer: [...setting.pointer, null],
    contract: setting.contract && itemOf(setting.contract),
  }
  const when = field.when ? compileCondition(compiler, field.when, inner) : null
  const item = compileField(compiler, field.item, inner)
  if (!each) return nothing
  const { as } = field
  const { text } = field.each
  const make: Make = (scope, run) => {
    const values = listOf(each.read(scope, run), { run, pointer: setting.pointer, text })
    if (!values) return undefined
    const made: unknown[] = []
    forEach(values, { scope, as, run }, (below) => {
      if (when && !when(below, run)) return
      const value = item.make(below, run)
      if (value !== undefined) made.push(value)
    })
    return made
  }
  return { make, isFixed: false }
}

/** What is gone through: a list, or one thing as a list of one; null, with a problem, for no value. */
export function listOf(
  value: unknown,
  at: { readonly run: MappingRun; readonly pointer: Pointer; readonly text: string },
): readonly unknown[] | null {
  if (value instanceof NoValue) {
    fail(at.run, at.pointer, `${quoted(at.text)}: ${value.message}`)
    return null
  }
  if (isNothing(value)) return null
  // XML and forms write a list of one like the one thing.
  if (!Array.isArray(value)) return [value]
  if (value.length <= itemLimit && at.run.take(value.length)) return value
  fail(at.run, at.pointer, `${quoted(at.text)} goes through too many items`)
  return null
}

/** Does something for each value, under its name and with its position, which the scope has meanwhile. */
export function forEach(
  values: readonly unknown[],
  at: { readonly scope: Scope; readonly as: string; readonly run: MappingRun },
  work: (scope: Scope) => void,
): void {
  const { scope, as, run } = at
  const { [as]: itemBefore, index: indexBefore } = scope
  const level = run.indices.push(0) - 1
  for (let index = 0; index < values.length; index += 1) {
    scope[as] = values[index] ?? null
    scope['index'] = index
    run.indices[level] = index
    work(scope)
  }
  run.indices.pop()
  scope[as] = itemBefore
  scope['index'] = indexBefore
}

/** Compiles an object: what makes no value is left out, and itself where nothing of the message is in it. */
export function compileObject(
  compiler: Compiler,
  field: ObjectField,
  setting: Setting,
): CompiledField {
  const { contract, pointer } = setting
  checkObject(compiler, field, contract)
  const shape = contract && fieldsOf(contract)
  const fields = field.fields.map(({ name, field: inner }) => {
    const schema = shape && Object.hasOwn(shape, name) ? shape[name] : undefined
    const below = {
      ...setting,
      pointer: [...pointer, name],
      contract: schema ? contractOf(schema) : null,
      isWhole: false,
    }
    return { name, ...compileField(compiler, inner, below) }
  })
  const when = field.when ? compileCondition(compiler, field.when, setting) : null
  const isFixed = fields.every((one) => one.isFixed)
  const isKept = isFixed || setting.isWhole === true
  const make: Make = (scope, run) => {
    if (when && !when(scope, run)) return undefined
    const made: Record<string, unknown> = {}
    let isEmpty = !isKept
    for (const one of fields) {
      const value = one.make(scope, run)
      if (value === undefined) continue
      made[one.name] = value
      if (!one.isFixed) isEmpty = false
    }
    return isEmpty ? undefined : made
  }
  return { make, isFixed: isFixed && !when }
}

/** Compiles a condition. One that has no value is a problem, and does not hold. */
export function compileCondition(
  compiler: Compiler,
  written: WrittenExpression,
  { names, pointer }: Pick<Setting, 'names' | 'pointer'>,
): (scope: Scope, run: MappingRun) => boolean {
  const expression = compiler.expression(written, names)
  if (expression && expression.type !== 'bool' && expression.type !== 'dyn') {
    compiler.problem(written, `a condition is true or false, and this is a ${expression.type}`)
  }
  if (!expression) return () => false
  return (scope, run) => {
    const value = expression.read(scope, run)
    if (typeof value === 'boolean') return value
    if (isNothing(value)) return false
    const why = value instanceof NoValue ? value.message : 'it is neither true nor false'
    fail(run, pointer, `the condition ${quoted(written.text)}: ${why}`)
    return false
  }
}

/** Notes a problem at a place of the result. */
export function fail(run: MappingRun, pointer: Pointer, message: string): undefined {
  let depth = 0
  const parts = pointer.map((part) => (part === null ? String(run.indices[depth++] ?? 0) : part))
  run.problem(parts.map((part) => `/${escapePointer(part)}`).join(''), message)
}

function escapePointer(part: string): string {
  return part.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')
}

function quoted(text: string): string {
  return `\`${text.length > 200 ? `${text.slice(0, 200)}…` : text}\``
}
