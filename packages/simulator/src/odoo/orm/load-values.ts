import { nameOf } from './display-name.ts'
import type { Env } from './env.ts'
import { OdooError, valueError } from './errors.ts'
import { findExternalId } from './external-ids.ts'
import type { Field } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import { searchIds } from './search.ts'

/** A cell that could not be read, and why; `moreinfo` as Odoo's import shows it. */
export interface CellError {
  readonly message: string
  readonly moreinfo?: unknown
}

/** One cell: the field it is for, what follows the slash in the column's name, and its text. */
export interface Cell {
  readonly model: ModelDefinition
  readonly name: string
  readonly suffix: string
  readonly value: unknown
  /** `Stock Moves/`, where the cell is for a line. */
  readonly labelPrefix: string
}

const isCellError = (value: unknown): value is CellError =>
  typeof value === 'object' && value !== null && 'message' in value

/** The value that a cell stands for, or what is wrong with it. */
export function readCell(env: Env, cell: Cell): { value: unknown } | { error: CellError } {
  const field = cell.model.fields[cell.name] as Field
  const value = field.relation ? readLinks(env, field, cell) : readPlain(field, cell)
  return isCellError(value) ? { error: value } : { value }
}

const labelOf = ({ model, name, labelPrefix }: Cell): string =>
  `${labelPrefix}${model.fields[name]?.label ?? name}`

function readPlain(field: Field, cell: Cell): unknown {
  const { value } = cell
  switch (field.type) {
    case 'float':
    case 'monetary':
      return Number.isNaN(Number(value))
        ? {
            message: `'${String(value)}' does not seem to be a number for field '${labelOf(cell)}'`,
          }
        : Number(value)
    case 'integer':
      return Number.isInteger(Number(value))
        ? Number(value)
        : {
            message: `'${String(value)}' does not seem to be an integer for field '${labelOf(cell)}'`,
          }
    case 'boolean':
      return readBoolean(cell)
    case 'selection':
      return field.selection && !field.selection.includes(String(value))
        ? { message: `Value '${String(value)}' not found in selection field '${labelOf(cell)}'` }
        : value
    case 'date':
    case 'datetime':
      return /^\d{4}-\d{2}-\d{2}/.test(String(value))
        ? value
        : {
            message: `'${String(value)}' does not seem to be a valid ${field.type} for field '${labelOf(cell)}'`,
          }
    default:
      return value
  }
}

/** Only text is read as a truth value: JSON's own `true` breaks Odoo's import. */
function readBoolean(cell: Cell): unknown {
  if (typeof cell.value !== 'string') {
    const type = { boolean: 'bool', number: 'int' }[typeof cell.value as string] ?? 'NoneType'
    const message = `'${type}' object has no attribute 'lower'`
    throw new OdooError('builtins.AttributeError', message)
  }
  const word = cell.value.toLowerCase()
  if (['1', 'true', 'yes'].includes(word)) return true
  if (['', '0', 'false', 'no'].includes(word)) return false
  return { message: `Unknown value '${cell.value}' for boolean field '${labelOf(cell)}'` }
}

function readLinks(env: Env, field: Field, cell: Cell): unknown {
  if (field.type !== 'many2many') return readLink(env, field, cell)
  const ids: number[] = []
  for (const one of String(cell.value).split(',')) {
    const id = readLink(env, field, { ...cell, value: one.trim() })
    if (isCellError(id)) return id
    ids.push(id as number)
  }
  return [[6, 0, ids]]
}

function readLink(env: Env, field: Field, cell: Cell): unknown {
  const { relation = '' } = field
  const { suffix, value } = cell
  if (suffix === '.id') {
    const id = Number(value)
    if (!Number.isInteger(id)) {
      return { message: `Invalid database id '${String(value)}' for the field '${labelOf(cell)}'` }
    }
    return env.find(relation, id) ? id : noMatch(cell, relation, 'database id')
  }
  if (suffix === 'id') {
    const known = findExternalId(env, String(value))
    return known?.model === relation ? known.res_id : noMatch(cell, relation, 'external id')
  }
  if (suffix !== '')
    throw valueError(`Can not create Many-To-One records indirectly, import the field separately`)
  const wanted = String(value).toLowerCase()
  const target = env.registry.get(relation)
  const found = searchIds(env, target, []).find(
    (id) => nameOf(env, relation, id).toLowerCase() === wanted,
  )
  return found ?? noMatch(cell, relation, 'name')
}

function noMatch(cell: Cell, relation: string, kind: string): CellError {
  const isById = kind !== 'name'
  return {
    message: `No matching record found for ${kind} '${String(cell.value)}' in field '${labelOf(cell)}'`,
    moreinfo: {
      name: 'Possible Values',
      type: 'ir.actions.act_window',
      target: 'new',
      view_mode: 'list,form',
      views: [
        [false, 'list'],
        [false, 'form'],
      ],
      context: { create: false },
      help: 'See all possible values',
      res_model: isById ? 'ir.model.data' : relation,
      ...(isById && { domain: [['model', '=', relation]] }),
    },
  }
}
