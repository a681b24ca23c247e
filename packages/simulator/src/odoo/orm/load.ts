import type { Env } from './env.ts'
import { MissingValueError, OdooError, valueError } from './errors.ts'
import { findExternalId, nameRecord } from './external-ids.ts'
import type { Field } from './fields.ts'
import { type CellError, readCell } from './load-values.ts'
import type { ModelDefinition } from './model.ts'
import { createRecord, writeRecords } from './records.ts'
import type { Row } from './rows.ts'

/** What `load` answers, always as a success. */
export interface LoadAnswer {
  readonly ids: readonly number[] | false
  readonly messages: readonly unknown[]
  readonly nextrow: number
}

/** A table as it was sent to `load`. */
export interface LoadTable {
  readonly model: ModelDefinition
  readonly fields: readonly string[]
  readonly data: readonly (readonly unknown[])[]
}

interface Column {
  readonly at: number
  readonly path: readonly string[]
}

/** A record made of cells: its values, the ids that name it, and its lines. */
interface Draft {
  readonly model: ModelDefinition
  readonly values: Record<string, unknown>
  readonly lines: { readonly field: Field; readonly draft: Draft }[]
  name?: string
  databaseId?: number
}

interface Message extends CellError {
  readonly field: string
  readonly field_name: string
}

/**
 * Creates and rewrites records from a table, found again by their external ids. Most of what goes
 * wrong is told in `messages`, with nothing done.
 *
 * @throws {OdooError} for an unknown column, and for a truth value that is no text.
 */
export function loadTable(env: Env, table: LoadTable): LoadAnswer {
  const columns = table.fields.map((field, at) => ({ at, path: pathOf(field) }))
  checkColumns(env, table.model, columns)
  const mark = env.db.mark()
  const ids: number[] = []
  for (const [index, rows] of groupRows(table, columns).entries()) {
    const messages: Message[] = []
    const place = { rows: { from: rows.from, to: rows.to }, record: index }
    const draft = readDraft(
      env,
      { model: table.model, prefix: '', messages },
      { columns, rows: rows.rows },
    )
    try {
      if (messages.length === 0) ids.push(save(env, draft).id)
    } catch (error) {
      messages.push(messageOf(error))
    }
    if (messages.length === 0) continue
    env.db.rollback(mark)
    env.forget()
    return { ids: false, messages: messages.map((one) => layOut(place, one)), nextrow: 0 }
  }
  return { ids, messages: [], nextrow: 0 }
}

/** Odoo tells what a cell and what the database refused in different orders. */
function layOut(place: { rows: unknown; record: number }, message: Message): unknown {
  const { message: text, field, field_name, moreinfo } = message
  if (!field_name) {
    return {
      rows: place.rows,
      record: place.record,
      type: 'error',
      message: text,
      ...(field && { field }),
    }
  }
  const head = { rows: place.rows, type: 'error', record: place.record, field, message: text }
  return { ...head, ...(moreinfo !== undefined && { moreinfo }), field_name }
}

function messageOf(error: unknown): Message {
  if (error instanceof MissingValueError) {
    return { message: error.detail, field: error.field, field_name: '' }
  }
  const isRefusal = error instanceof OdooError && !error.name.startsWith('builtins.')
  if (!isRefusal) throw error
  return { message: error.message, field: '', field_name: '' }
}

function pathOf(column: string): string[] {
  return column.split('/').map((part) => (part === '.id' ? part : part.replace(/:id$/, '')))
}

function checkColumns(env: Env, model: ModelDefinition, columns: readonly Column[]): void {
  for (const { path } of columns) {
    let at: ModelDefinition | undefined = model
    for (const part of path) {
      if (part === 'id' || part === '.id') break
      const field: Field | undefined = at?.fields[part]
      if (!field) throw valueError(`Invalid field name '${part}'`)
      at = field.relation ? env.registry.find(field.relation) : undefined
    }
  }
}

interface RowGroup {
  readonly from: number
  readonly to: number
  readonly rows: readonly (readonly unknown[])[]
}

/** A row without a value of the record's own belongs to the record above it, as one more line. */
function groupRows({ model, data }: LoadTable, columns: readonly Column[]): RowGroup[] {
  const isOfLine = ({ path }: Column) => model.fields[path[0] ?? '']?.type === 'one2many'
  const own = columns.filter((column) => !isOfLine(column))
  const groups: { from: number; to: number; rows: (readonly unknown[])[] }[] = []
  for (const [index, row] of data.entries()) {
    const last = groups.at(-1)
    const isLine = own.every(({ at }) => isEmpty(row[at]))
    if (last && isLine) {
      last.rows.push(row)
      last.to = index
    } else groups.push({ from: index, to: index, rows: [row] })
  }
  return groups
}

const isEmpty = (value: unknown): boolean => value === '' || value === null || value === undefined

interface Reading {
  readonly model: ModelDefinition
  /** The labels that lead to the lines, and the field of the record itself. */
  readonly prefix: string
  readonly top?: { readonly name: string; readonly label: string }
  readonly messages: Message[]
}

interface Sheet {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly unknown[])[]
}

function readDraft(env: Env, reading: Reading, { columns, rows }: Sheet): Draft {
  const draft: Draft = { model: reading.model, values: {}, lines: [] }
  const [head = []] = rows
  const lineColumns = new Map<string, Column[]>()
  for (const column of columns) {
    const [name = '', ...rest] = column.path
    const field = reading.model.fields[name]
    const value = head[column.at]
    if (name === 'id' && !isEmpty(value)) draft.name = String(value)
    else if (name === '.id' && !isEmpty(value)) draft.databaseId = Number(value)
    else if (field?.type === 'one2many') {
      const list = lineColumns.get(name) ?? []
      lineColumns.set(name, [...list, { at: column.at, path: rest }])
    } else if (field && name !== 'id') {
      // A cell that is there and empty says that there is nothing: no tax, not the product's own.
      if (isEmpty(value)) draft.values[name] = field.type === 'many2many' ? [[6, 0, []]] : false
      else takeCell(env, { reading, draft }, { name, suffix: rest[0] ?? '', value })
    }
  }
  for (const [name, own] of lineColumns)
    readLines(env, { reading, draft, name }, { columns: own, rows })
  return draft
}

function takeCell(
  env: Env,
  { reading, draft }: { reading: Reading; draft: Draft },
  { name, suffix, value }: { name: string; suffix: string; value: unknown },
): void {
  const { model, prefix, messages, top } = reading
  const result = readCell(env, { model, name, suffix, value, labelPrefix: prefix })
  if ('value' in result) draft.values[name] = result.value
  else {
    const at = top ?? { name, label: model.fields[name]?.label ?? name }
    messages.push({ ...result.error, field: at.name, field_name: at.label })
  }
}

function readLines(
  env: Env,
  { reading, draft, name }: { reading: Reading; draft: Draft; name: string },
  { columns, rows }: Sheet,
): void {
  const field = reading.model.fields[name] as Field
  const model = env.registry.get(field.relation as string)
  for (const row of rows) {
    if (columns.every(({ at }) => isEmpty(row[at]))) continue
    const inner: Reading = {
      model,
      prefix: `${reading.prefix}${field.label}/`,
      top: reading.top ?? { name, label: field.label },
      messages: reading.messages,
    }
    draft.lines.push({ field, draft: readDraft(env, inner, { columns, rows: [row] }) })
  }
}

/** Creates the record, or rewrites the one that its external id names, or leaves that alone. */
function save(env: Env, draft: Draft): Row {
  const known = draft.name ? findExternalId(env, draft.name) : undefined
  const { model } = draft
  const existing =
    known?.model === model.name
      ? env.find(model.name, known.res_id)
      : draft.databaseId && env.get(model.name, draft.databaseId)
  const isGetOrCreate = env.context['mode'] === 'update' && known?.noupdate === true
  if (existing && isGetOrCreate) return existing
  const commands: Record<string, unknown[]> = {}
  const named: { name: string; relation: string; inverse: string; at: number }[] = []
  for (const { field, draft: line } of draft.lines) {
    const fieldName = nameOfField(model, field)
    const list = (commands[fieldName] ??= [])
    const lineId = line.name ? findExternalId(env, line.name) : undefined
    const isKnown = lineId?.model === line.model.name && env.find(lineId.model, lineId.res_id)
    list.push(isKnown ? [1, lineId.res_id, line.values] : [0, 0, line.values])
    if (line.name && !isKnown) {
      const { relation = '', inverse = '' } = field
      named.push({
        name: line.name,
        relation,
        inverse,
        at: list.filter((one) => isNew(one)).length - 1,
      })
    }
  }
  return finish(env, { draft, existing: existing || undefined, commands, named })
}

const isNew = (command: unknown): boolean => Array.isArray(command) && command[0] === 0

function nameOfField(model: ModelDefinition, field: Field): string {
  return Object.entries(model.fields).find(([, one]) => one === field)?.[0] ?? ''
}

interface Saving {
  readonly draft: Draft
  readonly existing: Row | undefined
  readonly commands: Readonly<Record<string, unknown[]>>
  readonly named: readonly { name: string; relation: string; inverse: string; at: number }[]
}

function finish(env: Env, { draft, existing, commands, named }: Saving): Row {
  const { model } = draft
  const values = { ...draft.values, ...commands }
  const before = existing ? countLines(env, existing, named) : new Map<string, number>()
  if (existing) writeRecords(env, { model: model.name, ids: [existing.id] }, values)
  const row = existing ?? createRecord(env, model.name, values)
  const noupdate = Boolean(env.context['noupdate'])
  for (const { name, relation, inverse, at } of named) {
    const lines = env.by(relation, inverse, row.id)
    const line = lines[(before.get(relation) ?? 0) + at]
    if (line) nameRecord(env, { model: relation, id: line.id }, { name, noupdate })
  }
  if (draft.name) nameRecord(env, { model: model.name, id: row.id }, { name: draft.name, noupdate })
  return row
}

function countLines(env: Env, row: Row, named: Saving['named']): Map<string, number> {
  return new Map(
    named.map(({ relation, inverse }) => [relation, env.by(relation, inverse, row.id).length]),
  )
}
