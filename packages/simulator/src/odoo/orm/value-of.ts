import type { Env } from './env.ts'
import { columnOf, emptyValue, type Field } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import { orderIds } from './order.ts'
import type { Row } from './rows.ts'

/** A field, its name and the model that has it. */
export interface ModelField {
  readonly model: ModelDefinition
  readonly name: string
  readonly field: Field
}

/** What a field of a record holds, be it stored, worked out, or the lines that lead here. */
export function valueOf(env: Env, { model, name, field }: ModelField, row: Row): unknown {
  if (field.compute) return field.compute(env, row)
  if (field.related) return atPath(env, { model, path: field.related }, row)
  if (field.type === 'one2many') return linesOf(env, field, row)
  const value = row[columnOf(name, field)] ?? emptyValue(field)
  return field.type === 'many2many' ? inOrder(env, field, value as readonly number[]) : value
}

/** Links are told in the order of what they lead to. */
function inOrder(env: Env, { relation }: Field, ids: readonly number[]): readonly number[] {
  const model = ids.length > 1 && relation ? env.registry.find(relation) : undefined
  if (!model) return ids
  const rows = ids.flatMap((id) => env.find(model.name, id) ?? [])
  return orderIds(env, { model }, rows)
}

function atPath(env: Env, { model, path }: { model: ModelDefinition; path: string }, row: Row) {
  let at = { model, row }
  const names = path.split('.')
  for (const name of names.slice(0, -1)) {
    const field = at.model.fields[name] as Field
    const link = valueOf(env, { model: at.model, name, field }, at.row)
    const target = env.find(field.relation as string, link)
    if (!target) return false
    at = { model: env.registry.get(field.relation as string), row: target }
  }
  const name = names.at(-1) as string
  return valueOf(env, { model: at.model, name, field: at.model.fields[name] as Field }, at.row)
}

function linesOf(env: Env, { relation, inverse, shows }: Field, row: Row): number[] {
  if (!relation || !inverse) return []
  const model = env.registry.get(relation)
  const lines = env.by(relation, inverse, row.id)
  const active = model.fields['active'] ? lines.filter((line) => line['active'] !== false) : lines
  return orderIds(env, { model }, shows ? active.filter(shows) : active)
}
