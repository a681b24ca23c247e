import type { Queryable } from '../store/database.ts'
import {
  type ChangeHead,
  type ChangePlace,
  findRowsByKeys,
  listChangedRows,
  type RowText,
  separators,
} from '../store/master-data/row-texts.ts'
import type { IdentifiedKind } from '../store/master-data/tables.ts'
import { PackedRows, type RowNumber } from './packed-rows.ts'

/** A part of a row: what it says, and within which scope. A tag with an `@` is an identifier. */
interface RowEntry {
  readonly tag: string
  readonly scope: string
  readonly value: string
}
export type RowEntries = readonly RowEntry[]

/** What rows are found by. */
export interface RowKey {
  /** Of the identifier; `id` for the row's own id. */
  readonly kind: string
  readonly valueKey: string
}

const pageRows = 2_000
const keysPerQuestion = 1_000
const maxComplete = 100_000

/**
 * Rows of master data as they are looked up, in one of two ways. *Whole*: every row is here, and what is not
 * found does not exist. *Partial*, once there are more than `limit`: rows are here because somebody asked for
 * them, and of an identifier nothing is known until it was loaded with all rows that have it. What was not
 * asked for since the last round makes room.
 *
 * Its steps that wait for the database must not overlap: an older reading would come after a newer one.
 */
export class RememberedRows {
  readonly #kind: IdentifiedKind
  readonly #limit: number
  readonly #rows = new PackedRows()
  /** Everything before this place has been read. */
  #place: ChangePlace = { changeNo: 0, id: '' }
  #isPartial = false
  /** Partial: keys of which all rows are here, also where that is none. */
  readonly #complete = new Set<string>()
  /** Partial: rows that were asked for since the last round. */
  #asked = new Uint8Array(1024)
  #hand = 0

  constructor(kind: IdentifiedKind, limit: number) {
    this.#kind = kind
    this.#limit = limit
  }

  get size(): number {
    return this.#rows.size
  }

  get bytes(): number {
    return this.#rows.bytes
  }

  get isPartial(): boolean {
    return this.#isPartial
  }

  /** Rows that have an identifier, in whatever scope; null where that is not known here. */
  find({ kind, valueKey }: RowKey): RowEntries[] | null {
    const tag = `@${kind}`
    const key = keyOf(tag, valueKey)
    const found = this.#find(tag, valueKey)
    for (const { row } of found) this.#noteAsked(row)
    const isCertain = !this.#isPartial || (kind === 'id' && found.length > 0)
    if (!isCertain && !this.#complete.has(key)) return null
    return found.map(({ entries }) => entries)
  }

  /** Reads what was written since the last time. @returns whether there was anything. */
  async refresh(db: Queryable, { changeNo }: ChangeHead): Promise<boolean> {
    if (changeNo < this.#place.changeNo) return false
    const wasPartial = this.#isPartial
    let last = changeNo
    for (;;) {
      const page = await listChangedRows(db, this.#kind, { after: this.#place, limit: pageRows })
      for (const row of page) this.#takeChanged(row)
      const end = page.at(-1)
      // What is left of the first reading is loaded when it is asked for.
      const isCut = this.#isPartial && !wasPartial
      if (end !== undefined && !isCut) {
        this.#place = { changeNo: end.changeNo, id: end.id }
        last = Math.max(last, end.changeNo)
      }
      if (page.length < pageRows || isCut) break
    }
    this.#place = { changeNo: last + 1, id: '' }
    return true
  }

  /** Loads all rows that have one of `keys`. */
  async load(db: Queryable, keys: readonly RowKey[]): Promise<void> {
    for (let from = 0; from < keys.length; from += keysPerQuestion) {
      const some = keys.slice(from, from + keysPerQuestion)
      const rows = await findRowsByKeys(db, this.#kind, some)
      for (const row of rows) this.#put(row)
      if (this.#complete.size > maxComplete) this.#complete.clear()
      for (const { kind, valueKey } of some) this.#complete.add(keyOf(`@${kind}`, valueKey))
      // One of them may have had to make room for another already.
      const gone = rows.filter(({ id }) => this.#rowOf(id) === undefined)
      for (const { text } of gone) this.#forget(keysOf(parse(text)))
    }
  }

  #takeChanged(row: RowText): void {
    const isNew = this.#rowOf(row.id) === undefined
    if (isNew && !this.#isPartial && this.#rows.size >= this.#limit) this.#isPartial = true
    if (this.#isPartial) {
      this.#forget(keysOf(parse(row.text)))
      if (isNew) return
    }
    this.#put(row)
  }

  #put({ id, text }: RowText): void {
    const known = this.#rowOf(id)
    if (known !== undefined) this.#drop(known)
    else if (this.#isPartial && this.#rows.size >= this.#limit) this.#makeRoom()
    this.#noteAsked(this.#rows.add(text, keysOf(parse(text))))
  }

  /** Of what a row was called it is not known any more who else is called so. */
  #drop(row: RowNumber): void {
    const keys = keysOf(parse(this.#rows.text(row)))
    this.#forget(keys)
    this.#rows.remove(row, keys)
  }

  #forget(keys: readonly string[]): void {
    for (const key of keys) this.#complete.delete(key)
  }

  /** Goes round the rows, and drops the first that nobody asked for since it came by the last time. */
  #makeRoom(): void {
    for (;;) {
      const row = this.#hand
      this.#hand = (this.#hand + 1) % this.#rows.rowLimit
      if (!this.#rows.has(row)) continue
      if (this.#asked[row] === 0) return this.#drop(row)
      this.#asked[row] = 0
    }
  }

  #noteAsked(row: RowNumber): void {
    if (!this.#isPartial) return
    if (row >= this.#asked.length) {
      const larger = new Uint8Array(Math.max(row + 1, this.#asked.length * 2))
      larger.set(this.#asked)
      this.#asked = larger
    }
    this.#asked[row] = 1
  }

  #rowOf(id: string): RowNumber | undefined {
    return this.#find('@id', id)[0]?.row
  }

  #find(tag: string, value: string): { row: RowNumber; entries: RowEntries }[] {
    return this.#rows.find(keyOf(tag, value)).flatMap((row) => {
      const entries = parse(this.#rows.text(row))
      const isMeant = entries.some((entry) => entry.tag === tag && entry.value === value)
      return isMeant ? [{ row, entries }] : []
    })
  }
}

function keyOf(tag: string, value: string): string {
  return `${tag}${separators.value}${value}`
}

function keysOf(entries: RowEntries): string[] {
  return entries.flatMap(({ tag, value }) => (tag.startsWith('@') ? [keyOf(tag, value)] : []))
}

function parse(text: string): RowEntries {
  return text
    .split(separators.entry)
    .slice(1)
    .map((entry) => {
      const scopeAt = entry.indexOf(separators.scope)
      const valueAt = entry.indexOf(separators.value, scopeAt)
      return {
        tag: entry.slice(0, scopeAt),
        scope: entry.slice(scopeAt + 1, valueAt),
        value: entry.slice(valueAt + 1),
      }
    })
}
