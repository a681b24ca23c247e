import { hash } from 'node:crypto'
import { fail } from './document/compile-field.ts'
import type { InboundMapping } from './document/compile-mapping.ts'
import type { CompiledExpression } from './document/compiler.ts'
import { NoValue } from './document/no-value.ts'
import { isNothing, textOf } from './functions/scalars.ts'
import type { FileRecord, Reading } from './reading.ts'
import type { MappingRun } from './run.ts'

/** One record, as events are made of it. */
export class Payload {
  readonly kind = 'record'
  readonly record: unknown
  /** The first row of a group; the record itself otherwise. */
  readonly row: unknown
  readonly source: unknown
  readonly #mapping: InboundMapping
  #id: string | null = null

  constructor(
    mapping: InboundMapping,
    { record, source }: { readonly record: unknown; readonly source: unknown },
  ) {
    this.#mapping = mapping
    this.record = record
    this.row = rowOf(mapping, record)
    this.source = source
  }

  /** The same for every repeat of the record. What has none is a problem of the run. */
  id(run: MappingRun): string {
    this.#id ??= idOf(this.#mapping, run, this.record)
    if (this.#id === null) refuse(run, 'the record has nothing that names it')
    return this.#id ?? ''
  }
}

/** More records than a file of returns has; each of them becomes a message. */
const recordLimit = 20_000
/** What every record of a file brings along of the rest of it, in bytes. */
const sourceLimitBytes = 16_384
/** Leaves room for what is put behind it in an event's id. */
const idLength = 150

/**
 * Finds the records of a payload: the one that events are made of, or the messages that it comes to. Null,
 * with problems in the run, for neither.
 */
export function readRecords(
  mapping: InboundMapping,
  run: MappingRun,
  value: unknown,
): Payload | Reading | null {
  if (!mapping.records) return new Payload(mapping, { record: value, source: value })
  const list = mapping.records(value)
  if (isNothing(list)) return ignored
  const items = (Array.isArray(list) ? list : [list]).filter((item) => !isBlank(item))
  if (items.length > recordLimit) {
    return refuse(run, `it holds more than ${recordLimit} records: it has to come in parts`)
  }
  const records = mapping.groupBy ? grouped(mapping, run, items) : items
  if (records === null || run.faults > 0) return null
  const [only] = records
  if (only === undefined) return ignored
  if (records.length === 1) return new Payload(mapping, { record: only, source: value })
  return bodiesOf(mapping, run, { records, value })
}

/** Reads the body of a record that was made out of a file: `{record, source?}`. */
export function asPayload(mapping: InboundMapping, body: unknown): Payload | null {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'record')) return null
  const { record, source } = body as { readonly record: unknown; readonly source?: unknown }
  return new Payload(mapping, { record, source: source ?? null })
}

/** Whether a row has values for none of its columns: spreadsheets leave such rows behind. */
function isBlank(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return isNothing(item)
  return Object.values(item).every(isNothing)
}

const ignored: Reading = { kind: 'ignored', reason: 'it holds no record' }

function refuse(run: MappingRun, message: string): null {
  run.problem('', message)
  return null
}

function rowOf(mapping: InboundMapping, record: unknown): unknown {
  if (!mapping.groupBy) return record
  const rows = (record as { readonly rows?: unknown } | null)?.rows
  return Array.isArray(rows) ? (rows[0] ?? null) : record
}

/** Puts the items with one value together, in the order in which the values came first. */
function grouped(
  mapping: InboundMapping,
  run: MappingRun,
  items: readonly unknown[],
): readonly unknown[] | null {
  const groups = new Map<string, unknown[]>()
  for (const [index, item] of items.entries()) {
    const key = scalarOf(mapping, run, { expression: mapping.groupBy, record: item, row: item })
    if (key === null) return refuse(run, `record ${index + 1} has nothing to group it by`)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return [...groups.values()].map((rows) => ({ rows }))
}

function bodiesOf(
  mapping: InboundMapping,
  run: MappingRun,
  { records, value }: { readonly records: readonly unknown[]; readonly value: unknown },
): Reading | null {
  const source = mapping.usesSource ? withoutRecords(value, mapping.recordsPath) : undefined
  if (source !== undefined && JSON.stringify(source).length > sourceLimitBytes) {
    return refuse(run, `besides its records it holds more than ${sourceLimitBytes} bytes`)
  }
  const made: FileRecord[] = []
  for (const [index, record] of records.entries()) {
    const externalId = idOf(mapping, run, record)
    if (externalId === null) return refuse(run, `record ${index + 1} has nothing that names it`)
    made.push({ externalId, body: Buffer.from(JSON.stringify({ record, source })) })
  }
  return { kind: 'records', records: made }
}

/** The payload without the list of its records. */
function withoutRecords(value: unknown, path: readonly (string | number)[]): unknown {
  const [step, ...rest] = path
  if (step === undefined || typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === step ? withoutRecords(item, rest) : item))
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (name !== step) return [[name, item]]
      return rest.length === 0 ? [] : [[name, withoutRecords(item, rest)]]
    }),
  )
}

/** What names a record: the document's `id`, else a digest of the record; null where the first is nothing. */
function idOf(mapping: InboundMapping, run: MappingRun, record: unknown): string | null {
  if (!mapping.id) return hash('sha256', JSON.stringify(record) ?? '')
  const row = rowOf(mapping, record)
  const id = scalarOf(mapping, run, { expression: mapping.id, record, row })
  if (id === null) return null
  return id.length > idLength ? hash('sha256', id) : id
}

/** The value of an expression over a record as a text; null for none. */
function scalarOf(
  mapping: InboundMapping,
  run: MappingRun,
  given: {
    readonly expression: CompiledExpression | null
    readonly record: unknown
    readonly row: unknown
  },
): string | null {
  const { expression, record, row } = given
  const { constants } = mapping.document
  const value = expression?.read({ record, row, constants }, run)
  if (value instanceof NoValue) {
    return fail(run, [], `\`${expression?.text ?? ''}\`: ${value.message}`) ?? null
  }
  if (isNothing(value)) return null
  try {
    return textOf(value)
  } catch {
    return null
  }
}
