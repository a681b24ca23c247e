import { nameOf } from './display-name.ts'
import { type Env, isStored } from './env.ts'
import { valueError } from './errors.ts'
import { columnOf, type Field } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import { reprTuple } from './python.ts'
import { type Row, textOf } from './rows.ts'
import { valueOf } from './value-of.ts'

/** One condition of a domain. */
export interface Condition {
  readonly path: string
  readonly operator: string
  readonly value: unknown
}

/** A condition made ready. */
export interface Compiled {
  readonly test: (row: Row) => boolean
  readonly among: () => readonly number[] | null
}

/** What conditions need of the world: the call, and a way to search other models. */
export interface Scope {
  readonly env: Env
  readonly searchIds: (env: Env, model: ModelDefinition, domain: unknown) => number[]
}

// biome-ignore format: a table
const operators = new Set([
  '=', '!=', '<', '>', '<=', '>=', 'in', 'not in', 'like', 'not like', 'ilike', 'not ilike',
  '=like', '=ilike', 'child_of', 'parent_of', 'any', 'not any',
])

const opposites: Readonly<Record<string, string>> = {
  '!=': '=',
  'not in': 'in',
  'not like': 'like',
  'not ilike': 'ilike',
  'not any': 'any',
}

interface FieldCondition extends Condition {
  readonly model: ModelDefinition
  readonly name: string
  readonly field: Field
}

/**
 * Makes one condition ready.
 *
 * @throws {OdooError} ValueError for an unknown field or operator, and for a field that cannot be searched.
 */
export function compileCondition(scope: Scope, model: ModelDefinition, given: Condition): Compiled {
  const { path, value } = given
  const operator = given.operator === '<>' ? '!=' : given.operator
  const quoted = reprTuple([path, operator, value])
  if (!operators.has(operator)) throw valueError(`Invalid operator in condition ${quoted}`)
  const [name = '', ...rest] = path.split('.')
  const field = model.fields[name]
  if (!field) throw valueError(`Invalid field ${model.name}.${name} in condition ${quoted}`)
  if (field.isUnsearchable) {
    throw valueError(`Cannot convert ${model.name}.${name} to SQL because it is not stored`)
  }
  const detour = field.related ?? field.searchAs
  if (detour) {
    const longer = [detour, ...rest].join('.')
    return compileCondition(scope, model, { path: longer, operator, value })
  }
  const condition = { path, operator, value, model, name, field }
  if (rest.length === 0) return onField(scope, condition)
  return throughLink(scope, condition, [[rest.join('.'), operator, value]])
}

function onField(scope: Scope, condition: FieldCondition): Compiled {
  const { operator, field, value } = condition
  const opposite = opposites[operator]
  if (opposite) {
    const { test } = onField(scope, { ...condition, operator: opposite })
    return { test: (row) => !test(row), among: () => null }
  }
  if (operator === 'any') return throughLink(scope, condition, value)
  if (operator === 'child_of' || operator === 'parent_of') {
    return memberOf(scope, condition, family(scope, condition))
  }
  if (field.relation) return onLink(scope, condition)
  return onValue(scope, condition)
}

/** A condition on a link: by id, or by the name of what it leads to. */
function onLink(scope: Scope, condition: FieldCondition): Compiled {
  const { operator, value, field } = condition
  const isByName = operator.endsWith('like') || (typeof value === 'string' && value !== '')
  if (!isByName) return memberOf(scope, condition, Array.isArray(value) ? value : [value])
  const target = scope.env.registry.get(field.relation as string)
  const holds = comparison(operator === 'in' ? '=' : operator, value)
  const ids = scope
    .searchIds(scope.env, target, [])
    .filter((id) => holds(nameOf(scope.env, target.name, id)))
  return memberOf(scope, condition, ids)
}

function throughLink(scope: Scope, condition: FieldCondition, domain: unknown): Compiled {
  const target = scope.env.registry.get(condition.field.relation as string)
  // A condition on what a link leads to looks at archived records too.
  const ids = scope.searchIds(scope.env.with({ active_test: false }), target, domain)
  return memberOf(scope, condition, ids)
}

/** Whether a link, or one of several, leads to one of `wanted`; `false` among them stands for no link. */
function memberOf({ env }: Scope, condition: FieldCondition, wanted: readonly unknown[]): Compiled {
  const { field, name, model } = condition
  const links: unknown[] = wanted.map((one) => one ?? false)
  if (field.type === 'one2many' && field.inverse) return ownerOf(env, condition, links)
  const set = new Set<unknown>(links)
  const wantsNone = set.has(false)
  const test = (row: Row): boolean => {
    const value = valueOf(env, condition, row)
    if (!Array.isArray(value)) return set.has(value)
    return value.length === 0 ? wantsNone : value.some((id) => set.has(id))
  }
  const hasIndex = isStored(field) && !(wantsNone && field.type === 'many2many')
  return {
    test,
    among: () => (hasIndex ? env.table(model.name).lookUp(columnOf(name, field), links) : null),
  }
}

/** Whether one of `lines` belongs to a record. */
function ownerOf(env: Env, condition: FieldCondition, lines: readonly unknown[]): Compiled {
  const { relation, inverse } = condition.field as { relation: string; inverse: string }
  const owners = new Set(lines.map((id) => env.find(relation, id)?.[inverse]))
  const wantsNone = lines.includes(false)
  const test = (row: Row): boolean => {
    if (owners.has(row.id)) return true
    return wantsNone && (valueOf(env, condition, row) as unknown[]).length === 0
  }
  const ids = [...owners].filter((id): id is number => typeof id === 'number')
  return { test, among: () => (wantsNone ? null : ids) }
}

/** The records under those given, or above them, with themselves. */
function family({ env }: Scope, condition: FieldCondition): number[] {
  const { field, model, value, operator } = condition
  const target = field.relation ? env.registry.get(field.relation) : model
  const parent = target.parent ?? 'parent_id'
  const found = new Set<number>()
  const waiting = (Array.isArray(value) ? value : [value]).filter((id) => env.find(target.name, id))
  for (let id = waiting.pop() as number; id !== undefined; id = waiting.pop() as number) {
    if (found.has(id)) continue
    found.add(id)
    const next =
      operator === 'child_of'
        ? env.by(target.name, parent, id).map((row) => row.id)
        : [env.get(target.name, id)[parent]]
    waiting.push(...next.filter((one) => typeof one === 'number'))
  }
  return [...found]
}

function onValue({ env }: Scope, condition: FieldCondition): Compiled {
  const { operator, value, name, field, model } = condition
  const table = env.table(model.name)
  if (operator === 'in' || operator === '=') {
    const wanted = (Array.isArray(value) ? value : [value]).map((one) => one ?? false)
    const isTime = field.type === 'datetime'
    const set = new Set(wanted.map((one) => (isTime ? seconds(one) : asSearched(field, one))))
    const test = (row: Row): boolean => {
      const held = valueOf(env, condition, row)
      return set.has(isTime ? seconds(held) : held) || (held === '' && set.has(false))
    }
    const hasIndex = isStored(field) && !isTime
    return { test, among: () => (hasIndex ? table.lookUp(columnOf(name, field), [...set]) : null) }
  }
  const holds = comparison(operator, value, field.type === 'datetime')
  const test = (row: Row): boolean => holds(valueOf(env, condition, row))
  const among = (): readonly number[] | null => {
    if (name === 'write_date' && operator.startsWith('>')) {
      return table.writtenSince(String(seconds(value)))
    }
    if (operator !== '=like' || !isStored(field)) return null
    // What stands before the first sign that means something else.
    const beginning = /^[^%_\\]*/.exec(textOf(value))?.[0] ?? ''
    return table.lookUpBeginning(columnOf(name, field), beginning)
  }
  return { test, among }
}

/** `"26"` finds the record 26: the database reads the text as a number. */
function asSearched(field: Field, value: unknown): unknown {
  return field.type === 'integer' && typeof value === 'string' ? Number(value) : value
}

/** Times are compared to the whole second, on both sides. */
function seconds(value: unknown): unknown {
  return typeof value === 'string' ? value.slice(0, 19) : value
}

function comparison(operator: string, value: unknown, isTime = false): (held: unknown) => boolean {
  if (operator.endsWith('like')) return likeness(operator, textOf(value))
  const right = isTime ? seconds(value) : value
  return (held) => {
    const left = isTime ? seconds(held) : held
    if (operator === '=' || operator === 'in') return left === right
    if (typeof left !== typeof right || left === false || right === false) return false
    const order = left === right ? 0 : Number((left as string) > (right as string)) * 2 - 1
    if (order === 0) return operator.endsWith('=')
    return order > 0 === operator.startsWith('>')
  }
}

/** SQL's patterns: `%` is any text and `_` any one letter, also where nobody meant them so. */
function likeness(operator: string, pattern: string): (held: unknown) => boolean {
  const whole = operator.startsWith('=') ? pattern : `%${pattern}%`
  const source = whole
    // A wildcard behind a backslash is itself.
    .replaceAll(/\\(.)|([.*+?^${}()|[\]\\])|%|_/gs, (found, escaped, special) => {
      if (escaped !== undefined) return `\\u{${String(escaped).codePointAt(0)?.toString(16)}}`
      if (special !== undefined) return `\\${found}`
      return found === '%' ? '.*' : '.'
    })
  const expression = new RegExp(`^${source}$`, operator.includes('ilike') ? 'isu' : 'su')
  return (held) => typeof held === 'string' && expression.test(held)
}
