import { type Env, isStored } from './env.ts'
import { missingError, valueError } from './errors.ts'
import { columnOf, type Field } from './fields.ts'
import type { ModelDefinition } from './model.ts'
import { repr, roundTo } from './python.ts'
import { asIds, type Values } from './rows.ts'

/** What was given for a record, told apart: what goes into its row, and what is done to its lines. */
export interface Parts {
  readonly stored: Values
  readonly lines: readonly LineCommands[]
}

/** The commands for one one2many field. */
export interface LineCommands {
  readonly field: Field
  readonly commands: readonly unknown[]
}

/**
 * Checks what was given and brings it into the form in which it is stored. Values for fields that
 * Odoo works out itself are dropped, as Odoo does.
 *
 * @throws {OdooError} as Odoo does for an unknown field, a bad value, a link to nothing.
 */
export function takeApart(env: Env, model: ModelDefinition, values: Values): Parts {
  const stored: Record<string, unknown> = {}
  const lines: LineCommands[] = []
  for (const [name, value] of Object.entries(values)) {
    const field = model.fields[name]
    if (!field) throw valueError(`Invalid field '${name}' in '${model.name}'`)
    if (name === 'id') continue
    if (field.type === 'one2many') {
      if (Array.isArray(value) && field.inverse) lines.push({ field, commands: value })
    } else if (field.keep) {
      Object.assign(stored, field.keep(value))
    } else if (isStored(field)) {
      stored[columnOf(name, field)] = asStored(env, { model: model.name, name, field }, value)
    }
  }
  return { stored, lines }
}

interface Place {
  readonly model: string
  readonly name: string
  readonly field: Field
}

function asStored(env: Env, { model, name, field }: Place, value: unknown): unknown {
  switch (field.type) {
    case 'float':
      return field.decimals === undefined
        ? asNumber(value)
        : roundTo(asNumber(value), field.decimals)
    case 'monetary':
      return asNumber(value)
    case 'integer':
      return Math.trunc(asNumber(value))
    case 'boolean':
      return Boolean(value)
    case 'selection':
      return asChoice({ model, name, field }, value)
    case 'many2one':
      return asLink(env, field, value)
    case 'many2many':
      return asLinks(value)
    case 'html':
      return asMarkup(value)
    default:
      return asText(value)
  }
}

function asText(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return false
  return typeof value === 'number' ? String(value) : value
}

/** Text that is no markup yet becomes a paragraph. */
function asMarkup(value: unknown): unknown {
  const text = asText(value)
  return typeof text === 'string' && !text.startsWith('<') ? `<p>${text}</p>` : text
}

function asNumber(value: unknown): number {
  if (typeof value === 'string') {
    const number = value.trim() === '' ? Number.NaN : Number(value)
    if (Number.isNaN(number)) throw valueError(`could not convert string to float: ${repr(value)}`)
    return number
  }
  return typeof value === 'number' ? value : Number(Boolean(value))
}

function asChoice({ model, name, field }: Place, value: unknown): unknown {
  if (value === false || value === null || value === undefined) return false
  if (field.selection && !field.selection.includes(value as string)) {
    throw valueError(`Wrong value for ${model}.${name}: ${repr(value)}`)
  }
  return value
}

function asLink(env: Env, field: Field, sent: unknown): unknown {
  // A link as it is read, with its name, will do.
  const value: unknown = Array.isArray(sent) ? sent[0] : sent
  if (value === false || value === null || value === undefined) return false
  if (field.relation && env.registry.find(field.relation) && !env.find(field.relation, value)) {
    throw missingError(field.relation, value, env.user.id)
  }
  return value
}

/** What a list of commands comes to; a plain list of ids is taken as one. */
function asLinks(value: unknown): (held: readonly number[]) => readonly number[] {
  const commands = Array.isArray(value) ? value : []
  if (commands.every((one) => typeof one === 'number')) return () => asIds(commands)
  return (held) => commands.reduce(applyLink, [...held])
}

/** The ids that commands for a many2many come to. */
export function linkedIds(commands: unknown, held: readonly number[]): readonly number[] {
  return asLinks(commands)(held)
}

function applyLink(held: number[], command: unknown): number[] {
  const [kind, id, ids] = Array.isArray(command) ? command : [4, command]
  if (kind === 6) return asIds(ids)
  if (kind === 5) return []
  if (kind === 4) return held.includes(id) ? held : [...held, id]
  return held.filter((one) => one !== id)
}

/** Puts links into their final form, which for commands rests on what a record holds. */
export function resolveLinks(stored: Values, held: Values): Values {
  const entries = Object.entries(stored).map(([name, value]) => {
    if (typeof value !== 'function') return [name, value]
    const before = held[name]
    return [name, (value as (held: unknown) => unknown)(Array.isArray(before) ? before : [])]
  })
  return Object.fromEntries(entries)
}
