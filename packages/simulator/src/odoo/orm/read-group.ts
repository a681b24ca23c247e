import { nameOf } from './display-name.ts'
import type { Env } from './env.ts'
import { valueError } from './errors.ts'
import type { Field } from './fields.ts'
import type { MethodCall, ModelDefinition } from './model.ts'
import { orderIds } from './order.ts'
import type { Row } from './rows.ts'
import { searchRows } from './search.ts'
import { valueOf } from './value-of.ts'

interface Group {
  readonly keys: readonly unknown[]
  readonly rows: Row[]
}

/** Totals by group, as `formatted_read_group` answers them: `quantity:sum`, `id:count` and the like. */
export function groupRecords(env: Env, { model, args }: MethodCall): unknown {
  env.mayOrThrow(model, 'read')
  const names = (args['groupby'] ?? []) as string[]
  const aggregates = (args['aggregates'] ?? ['__count']) as string[]
  const rows = searchRows(env, model, args['domain'])
  const groups = split(env, { model, names }, rows)
  const offset = Number(args['offset'] ?? 0)
  const limit = Number(args['limit'] ?? groups.length)
  return groups.slice(offset, offset + limit).map((group) => {
    const answer: Record<string, unknown> = {}
    for (const [at, name] of names.entries()) {
      answer[name] = shownKey(env, fieldOf(model, name), group.keys[at])
    }
    answer['__extra_domain'] = extraDomain(names, group.keys)
    for (const one of aggregates) answer[one] = total(env, { model, rows: group.rows }, one)
    return answer
  })
}

/** Totals by group, as `read_group` answers them up to 18: one field at a time unless it is not `lazy`. */
export function groupRecordsOldStyle(env: Env, call: MethodCall): unknown {
  const { args } = call
  const all = [args['groupby'] ?? []].flat() as string[]
  const groupby = args['lazy'] === false ? all : all.slice(0, 1)
  const summed = ([args['fields'] ?? []].flat() as string[])
    .map((field) => field.split(':')[0] as string)
    .filter((name) => !all.includes(name) && isNumber(fieldOf(call.model, name)))
  const aggregates = ['__count', ...summed.map((name) => `${name}:sum`)]
  const groups = groupRecords(env, { ...call, args: { ...args, groupby, aggregates } })
  const count = args['lazy'] === false || all.length === 0 ? '__count' : `${groupby[0]}_count`
  return (groups as Record<string, unknown>[]).map((group) => {
    const { __count: size, __extra_domain: extra, ...rest } = group
    const sums = summed.map((name) => [name, rest[`${name}:sum`]])
    const keys = groupby.map((name) => [name, rest[name]])
    const domain = [...(extra as unknown[]), ...([args['domain'] ?? []].flat(1) as unknown[])]
    return { ...Object.fromEntries([...keys, ...sums]), [count]: size, __domain: domain }
  })
}

const isNumber = ({ type }: Field): boolean => ['float', 'integer', 'monetary'].includes(type)

function fieldOf(model: ModelDefinition, name: string): Field {
  const field = model.fields[name]
  if (!field) throw valueError(`Invalid field '${name}' on '${model.name}'`)
  return field
}

function split(
  env: Env,
  { model, names }: { model: ModelDefinition; names: readonly string[] },
  rows: Row[],
): Group[] {
  if (names.length === 0) return [{ keys: [], rows }]
  const fields = names.map((name) => ({ model, name, field: fieldOf(model, name) }))
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const keys = fields.map((field) => valueOf(env, field, row))
    const id = JSON.stringify(keys)
    const group = groups.get(id)
    if (group) group.rows.push(row)
    else groups.set(id, { keys, rows: [row] })
  }
  return [...groups.values()].toSorted((a, b) => compareKeys(env, fields, { a, b }))
}

function compareKeys(
  env: Env,
  fields: readonly { field: Field }[],
  { a, b }: { a: Group; b: Group },
): number {
  for (const [at, { field }] of fields.entries()) {
    const left = a.keys[at]
    const right = b.keys[at]
    if (left === right) continue
    if (left === false || right === false) return left === false ? 1 : -1
    const both = [left, right].map((id) => field.relation && env.find(field.relation, id))
    if (field.relation && both.every(Boolean)) {
      const [first] = orderIds(env, { model: env.registry.get(field.relation) }, both as Row[])
      return first === left ? -1 : 1
    }
    return (left as string) < (right as string) ? -1 : 1
  }
  return 0
}

function shownKey(env: Env, field: Field, key: unknown): unknown {
  const { type, relation } = field
  const isLink = type === 'many2one' && typeof key === 'number'
  return isLink && relation ? [key, nameOf(env, relation, key)] : key
}

function extraDomain(names: readonly string[], keys: readonly unknown[]): unknown[] {
  const conditions = names.map((name, at) => [name, '=', keys[at]])
  return [...conditions.slice(1).map(() => '&'), ...conditions]
}

function total(
  env: Env,
  { model, rows }: { model: ModelDefinition; rows: readonly Row[] },
  aggregate: string,
): unknown {
  if (aggregate === '__count') return rows.length
  const [name = '', how = 'sum'] = aggregate.split(':')
  const field = { model, name, field: fieldOf(model, name) }
  const values = rows.map((row) => valueOf(env, field, row))
  if (how === 'count') return values.filter((value) => value !== false).length
  if (how === 'count_distinct') return new Set(values).size
  if (how === 'array_agg') return values
  const numbers = values.map(Number)
  if (numbers.length === 0) return false
  if (how === 'max') return Math.max(...numbers)
  if (how === 'min') return Math.min(...numbers)
  const sum = numbers.reduce((a, b) => a + b, 0)
  return how === 'avg' ? sum / numbers.length : sum
}
