import { type Env, isStored } from './env.ts'
import { valueError } from './errors.ts'
import { columnOf } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import type { Row } from './rows.ts'

type Comparison = (a: Row, b: Row) => number

const ordersByModel = new WeakMap<ModelDefinition, Map<string, Comparison>>()

/** The ids of rows in the order asked for, or in that of their model. */
export function orderIds(env: Env, sorting: Sorting, rows: readonly Row[]): number[] {
  const { model, order = model.order ?? 'id' } = sorting
  return rows.toSorted(comparisonFor(env, model, order)).map((row) => row.id)
}

/** A model, and the order in which its records are wanted. */
export interface Sorting {
  readonly model: ModelDefinition
  readonly order?: string | undefined
}

function comparisonFor(env: Env, model: ModelDefinition, order: string): Comparison {
  const known = ordersByModel.get(model) ?? new Map<string, Comparison>()
  ordersByModel.set(model, known)
  const made = known.get(order) ?? makeComparison(env, model, order)
  known.set(order, made)
  return made
}

/**
 * `write_date,id` and the like. A link sorts as what it leads to does.
 *
 * @throws {OdooError} ValueError for an unknown field.
 */
function makeComparison(env: Env, model: ModelDefinition, order: string): Comparison {
  const parts = order.split(',').map((part) => onePart(env, model, part.trim()))
  return (a, b) => {
    for (const part of parts) {
      const result = part(a, b)
      if (result !== 0) return result
    }
    return 0
  }
}

function onePart(env: Env, model: ModelDefinition, part: string): Comparison {
  const [name = '', ...words] = part.split(/\s+/)
  const sign = words[0]?.toLowerCase() === 'desc' ? -1 : 1
  const field = model.fields[name]
  if (!field) throw valueError(`Invalid field '${name}' on model '${model.name}'`)
  if (!isStored(field))
    throw valueError(`Cannot convert ${model.name}.${name} to SQL because it is not stored`)
  const column = columnOf(name, field)
  if (field.type !== 'many2one' || !field.relation) {
    return (a, b) => sign * compareValues(a[column], b[column])
  }
  const target = env.registry.get(field.relation)
  const inner = comparisonFor(env, target, target.order ?? 'id')
  return (a, b) => {
    if (a[column] === b[column]) return 0
    const left = env.find(target.name, a[column])
    const right = env.find(target.name, b[column])
    return sign * (left && right ? inner(left, right) : compareValues(a[column], b[column]))
  }
}

/** What is empty comes last, as PostgreSQL has it. */
function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a === false || b === false) return a === false ? 1 : -1
  return (a as string) < (b as string) ? -1 : 1
}
