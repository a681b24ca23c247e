import type { Env } from './env.ts'
import { MissingValueError, valueError } from './errors.ts'
import { columnOf } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import { repr } from './python.ts'
import { isObject, type Row, type Values } from './rows.ts'
import { type LineCommands, resolveLinks, takeApart } from './values.ts'

/**
 * Creates one record and its lines. Watchers hear of it twice: before the lines, and at the end.
 *
 * @throws {OdooError}
 */
export function createRecord<T extends Row = Row>(env: Env, name: string, given: Values): T {
  const model = env.registry.get(name)
  env.mayOrThrow(model, 'create')
  if (!isObject(given)) throw valueError(`dictionary expected, got ${repr(given)}`)
  const parts = takeApart(env, model, { ...contextDefaults(env, model), ...given })
  const links = resolveLinks(parts.stored, {})
  const stored = model.defaults ? { ...model.defaults(env, links), ...links } : links
  requireAll(model, stored)
  const row = env.insert<T>(name, stored)
  env.announce(name, row, true)
  for (const lines of parts.lines) writeLines(env, row, lines)
  model.afterCreate?.(env, row, given)
  env.flush()
  env.announce(name, row, false)
  return row
}

/** `default_…` in the context, as wizards are given them. */
function contextDefaults(env: Env, model: ModelDefinition): Values {
  const defaults: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(env.context)) {
    const name = key.startsWith('default_') ? key.slice('default_'.length) : ''
    if (model.fields[name]) defaults[name] = value
  }
  return defaults
}

function requireAll(model: ModelDefinition, stored: Values): void {
  for (const [name, field] of Object.entries(model.fields)) {
    const value = stored[columnOf(name, field)]
    if (!field.isRequired || (value !== false && value !== undefined && value !== null)) continue
    throw new MissingValueError({ name, label: field.label }, model)
  }
}

/**
 * Writes values to records, in one go.
 *
 * @throws {OdooError}
 */
export function writeRecords(
  env: Env,
  { model: name, ids }: { model: string; ids: readonly number[] },
  given: Values,
): void {
  const model = env.registry.get(name)
  env.mayOrThrow(model, 'write')
  const rows = ids.map((id) => env.get(name, id))
  const parts = takeApart(env, model, given)
  for (const row of rows) {
    const stored = resolveLinks(parts.stored, row)
    const change = { row, values: stored, given }
    env.update(name, row, model.beforeWrite ? model.beforeWrite(env, change) : stored)
    for (const lines of parts.lines) writeLines(env, row, lines)
    model.afterWrite?.(env, change)
  }
  env.flush()
}

/** Deletes records and what names them from outside. */
export function unlinkRecords(env: Env, name: string, ids: readonly number[]): void {
  const model = env.registry.get(name)
  env.mayOrThrow(model, 'unlink')
  for (const row of ids.map((id) => env.get(name, id))) {
    model.beforeUnlink?.(env, row)
    if (env.find(name, row.id)) env.delete(name, row)
  }
  env.flush()
}

/** Carries out commands on the lines of a record: `[0, 0, values]`, `[1, id, values]`, `[2, id]` and so on. */
function writeLines(env: Env, owner: Row, { field, commands }: LineCommands): void {
  const { relation, inverse } = field as { relation: string; inverse: string }
  for (const command of commands) {
    if (!Array.isArray(command))
      throw valueError(`Wrong value for ${field.label}: ${repr(command)}`)
    const [kind, id, values] = command
    if (kind === 0) createRecord(env, relation, { ...values, [inverse]: owner.id })
    else if (kind === 1) writeRecords(env, { model: relation, ids: [id] }, values)
    else if (kind === 2 || kind === 3) unlinkRecords(env, relation, [id])
    else if (kind === 4) writeRecords(env, { model: relation, ids: [id] }, { [inverse]: owner.id })
    else if (kind === 5) unlinkRecords(env, relation, idsOf(env, owner, { relation, inverse }))
    else setLines(env, owner, { relation, inverse, ids: values })
  }
}

interface Lines {
  readonly relation: string
  readonly inverse: string
}

function idsOf(env: Env, owner: Row, { relation, inverse }: Lines): number[] {
  return env.by(relation, inverse, owner.id).map((row) => row.id)
}

function setLines(env: Env, owner: Row, lines: Lines & { readonly ids: readonly number[] }): void {
  const { relation, inverse, ids } = lines
  const gone = idsOf(env, owner, lines).filter((id) => !ids.includes(id))
  unlinkRecords(env, relation, gone)
  writeRecords(env, { model: relation, ids }, { [inverse]: owner.id })
}
