import { nameOf } from './display-name.ts'
import type { Env } from './env.ts'
import { valueError } from './errors.ts'
import type { Field } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import type { Row } from './rows.ts'
import { wholeSeconds } from './stamps.ts'
import { valueOf } from './value-of.ts'

/**
 * Records as `read` answers them; what does not exist is left out without a word.
 *
 * @throws {OdooError} ValueError for an unknown field.
 */
export function readRecords(
  env: Env,
  { model, ids }: { model: ModelDefinition; ids: readonly number[] },
  fields: readonly string[] | null,
): Record<string, unknown>[] {
  env.flush()
  const names = fields && fields.length > 0 ? fields : Object.keys(model.fields)
  for (const name of names) {
    if (!model.fields[name]) throw valueError(`Invalid field '${name}' on '${model.name}'`)
  }
  const answer: Record<string, unknown>[] = []
  for (const id of ids) {
    const row = env.find(model.name, id)
    if (row) answer.push(readOne(env, { model, names }, row))
  }
  return answer
}

function readOne(
  env: Env,
  { model, names }: { model: ModelDefinition; names: readonly string[] },
  row: Row,
): Record<string, unknown> {
  const record: Record<string, unknown> = { id: row.id }
  for (const name of names) {
    if (name === 'id') continue
    const field = model.fields[name] as Field
    record[name] = shown(env, field, valueOf(env, { model, name, field }, row))
  }
  return record
}

/** A value as it is sent: links with names, times without fractions. */
function shown(env: Env, field: Field, value: unknown): unknown {
  if (field.type === 'many2one' && field.relation && typeof value === 'number') {
    return [value, nameOf(env, field.relation, value)]
  }
  if (field.type === 'datetime' && typeof value === 'string') return wholeSeconds(value)
  return value ?? false
}
