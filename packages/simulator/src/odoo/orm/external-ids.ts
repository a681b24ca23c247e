import type { Env } from './env.ts'
import { OdooError } from './errors.ts'
import type { Row } from './rows.ts'

/** A row of ir.model.data: the name of a record from outside. */
export interface ExternalId extends Row {
  readonly model: string
  readonly res_id: number
  /** Whether the name was given in get-or-create mode. It stays as it was at first. */
  readonly noupdate: boolean
}

/** A name with its prefix; one without gets that of all imports. */
const fullName = (name: string): string => (name.includes('.') ? name : `__import__.${name}`)

/** What an external id names, of whatever model. */
export function findExternalId(env: Env, name: string): ExternalId | undefined {
  return env.by<ExternalId>('ir.model.data', 'complete_name', fullName(name))[0]
}

/** The first external id of a record, as `module.name`. */
export function externalIdOf(
  env: Env,
  { model, id }: { readonly model: string; readonly id: number },
): string | undefined {
  const [first] = env.by('ir.model.data', 'target', `${model},${id}`)
  return first === undefined ? undefined : String(first['complete_name'])
}

/**
 * Gives a record an external id, or gives an external id another record.
 *
 * @throws {OdooError} where the name has a blank, which the database refuses.
 */
export function nameRecord(
  env: Env,
  record: { readonly model: string; readonly id: number },
  { name, noupdate }: { readonly name: string; readonly noupdate: boolean },
): void {
  const full = fullName(name)
  const module = full.slice(0, full.indexOf('.'))
  const rest = full.slice(module.length + 1)
  const { model, id } = record
  const target = `${model},${id}`
  const known = findExternalId(env, full)
  if (known) {
    if (known['target'] !== target)
      env.update('ir.model.data', known, { model, res_id: id, target })
    return
  }
  if (rest.includes(' ')) {
    throw new OdooError(
      'psycopg2.errors.CheckViolation',
      'new row for relation "ir_model_data" violates check constraint "ir_model_data_name_nospaces"\n' +
        `DETAIL:  Failing row contains (${env.table('ir.model.data').nextId()}, null, ${env.stamp}, ` +
        `${env.stamp}, null, ${id}, ${noupdate ? 't' : 'f'}, ${rest}, ${module}, ${model}).\n`,
    )
  }
  const values = { name: rest, module, complete_name: full, model, res_id: id, target, noupdate }
  env.insert('ir.model.data', values)
}
