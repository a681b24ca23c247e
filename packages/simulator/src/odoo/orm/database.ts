import type { Row, Values } from './rows.ts'

/** Every table, what undoes the running transaction, and the counters that nothing undoes. */
export class Database {
  private readonly tables = new Map<string, Table>()
  private readonly numbers = new Map<string, number>()
  private undo: (() => void)[] = []
  private kept: (() => void)[] | null = null

  /** Declares a table, whose `indexed` fields are found without looking at every row. */
  define(name: string, indexed: readonly string[]): void {
    this.tables.set(name, new Table(indexed))
  }

  table(name: string): Table {
    const table = this.tables.get(name)
    if (!table) throw new Error(`there is no table ${name}`)
    return table
  }

  /** Keeps what was done. */
  commit(): void {
    this.kept?.push(...this.undo)
    this.undo = []
    for (const table of this.tables.values()) table.tidy()
  }

  /** Undoes what was done since the last commit, or since `mark`; ids and numbers that were taken stay taken. */
  rollback(mark = 0): void {
    while (this.undo.length > mark) this.undo.pop()?.()
  }

  /** From now on remembers how to go back to what there is now. */
  remember(): void {
    this.kept = []
  }

  /** Undoes all that was kept since `remember`, or since the last time; ids and numbers that were taken stay taken. */
  goBack(): void {
    while (this.kept?.length) this.kept.pop()?.()
  }

  /** Where a savepoint would be. */
  mark(): number {
    return this.undo.length
  }

  insert(name: string, row: Row): void {
    const table = this.table(name)
    table.add(row)
    table.noteWrite(row)
    this.undo.push(() => table.remove(row))
  }

  update(name: string, row: Row, values: Values): void {
    const table = this.table(name)
    const before: Record<string, unknown> = {}
    for (const field of Object.keys(values)) before[field] = row[field]
    table.change(row, values)
    table.noteWrite(row)
    this.undo.push(() => table.change(row, before))
  }

  delete(name: string, row: Row): void {
    const table = this.table(name)
    table.remove(row)
    this.undo.push(() => table.add(row))
  }

  /** The next number of a sequence that leaves gaps, as PostgreSQL's own do. */
  nextNumber(sequence: string): number {
    const number = (this.numbers.get(sequence) ?? 0) + 1
    this.numbers.set(sequence, number)
    return number
  }

  /** Every sequence's last number, to go back to. */
  numbersNow(): ReadonlyMap<string, number> {
    return new Map(this.numbers)
  }

  /** Lets every sequence go on from where it was. */
  setNumbers(numbers: ReadonlyMap<string, number>): void {
    for (const [sequence, last] of numbers) this.numbers.set(sequence, last)
  }

  /** The last number of a sequence that others count for themselves. */
  lastNumber(sequence: string): number {
    return this.numbers.get(sequence) ?? 0
  }

  /** Lets a sequence go on after `last`. */
  continueAfter(sequence: string, last: number): void {
    this.numbers.set(sequence, last)
  }
}

/** The rows of one model, with indexes over some of their fields and the order in which they were written. */
export class Table {
  readonly rows = new Map<number, Row>()
  private lastId = 0
  private readonly indexes = new Map<string, Map<unknown, Set<number>>>()
  /** Of texts that were searched by their beginning: the rows by the first letters. */
  private readonly heads = new Map<string, Map<string, Set<number>>>()
  private writes: Write[] = []
  private isSorted = true

  constructor(indexed: readonly string[]) {
    for (const field of indexed) this.indexes.set(field, new Map())
  }

  nextId(): number {
    this.lastId += 1
    return this.lastId
  }

  /** Lets ids go on at `id`. */
  continueAt(id: number): void {
    this.lastId = id - 1
  }

  add(row: Row): void {
    this.rows.set(row.id, row)
    this.lastId = Math.max(this.lastId, row.id)
    for (const field of this.indexes.keys()) this.enter(field, row)
  }

  remove(row: Row): void {
    this.rows.delete(row.id)
    for (const field of this.indexes.keys()) this.leave(field, row)
  }

  change(row: Row, values: Values): void {
    for (const [field, value] of Object.entries(values)) {
      const isIndexed = this.indexes.has(field)
      if (isIndexed) this.leave(field, row)
      row[field] = value
      if (isIndexed) this.enter(field, row)
    }
  }

  /** The ids of the rows that have one of `values` in `field`, or null where `field` has no index. */
  lookUp(field: string, values: readonly unknown[]): number[] | null {
    if (field === 'id') return values.filter((id): id is number => this.rows.has(id as number))
    const index = this.indexes.get(field)
    if (!index) return null
    const [only] = values
    if (values.length === 1) return [...(index.get(only) ?? [])]
    return [...new Set(values.flatMap((value) => [...(index.get(value) ?? [])]))]
  }

  /**
   * The ids of all rows whose text in `field` may begin with `prefix`, or null where too little of it is known, or
   * `field` has no index.
   */
  lookUpBeginning(field: string, prefix: string): number[] | null {
    if (!this.indexes.has(field) || prefix.length < headLength) return null
    if (!this.heads.has(field)) {
      this.heads.set(field, new Map())
      for (const row of this.rows.values()) this.enterHead(field, row)
    }
    return [...(this.heads.get(field)?.get(prefix.slice(0, headLength)) ?? [])]
  }

  /** The ids of the rows that were last written at `stamp` or later. */
  writtenSince(stamp: string): number[] {
    if (!this.isSorted) this.writes.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))
    this.isSorted = true
    const ids: number[] = []
    for (let at = this.firstWriteFrom(stamp); at < this.writes.length; at += 1) {
      const write = this.writes[at] as Write
      if (this.rows.get(write.id)?.['write_date'] === write.at) ids.push(write.id)
    }
    return [...new Set(ids)]
  }

  private firstWriteFrom(stamp: string): number {
    let low = 0
    let high = this.writes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.writes[middle] as Write).at < stamp) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Remembers when a row was written. What is undone later stays in the list, and is passed over. */
  noteWrite(row: Row): void {
    const at = row['write_date']
    const last = this.writes.at(-1)
    if (typeof at !== 'string' || (last?.id === row.id && last.at === at)) return
    // What is imported may have been written in the past.
    if (last && last.at > at) this.isSorted = false
    this.writes.push({ at, id: row.id })
  }

  /** Forgets writes that later ones have covered. Not while a transaction runs, which may be undone. */
  tidy(): void {
    if (this.writes.length < 4 * this.rows.size + 1000) return
    this.writes = this.writes.filter(({ at, id }) => this.rows.get(id)?.['write_date'] === at)
  }

  private enter(field: string, row: Row): void {
    const index = this.indexes.get(field)
    for (const key of keysOf(row[field])) {
      const ids = index?.get(key)
      if (ids) ids.add(row.id)
      else index?.set(key, new Set([row.id]))
    }
    this.enterHead(field, row)
  }

  private enterHead(field: string, row: Row): void {
    const heads = this.heads.get(field)
    const text = row[field]
    if (!heads || typeof text !== 'string') return
    const head = text.slice(0, headLength)
    const ids = heads.get(head)
    if (ids) ids.add(row.id)
    else heads.set(head, new Set([row.id]))
  }

  private leave(field: string, row: Row): void {
    const index = this.indexes.get(field)
    for (const key of keysOf(row[field])) {
      const ids = index?.get(key)
      ids?.delete(row.id)
      if (ids?.size === 0) index?.delete(key)
    }
    this.leaveHead(field, row)
  }

  private leaveHead(field: string, row: Row): void {
    const text = row[field]
    if (typeof text !== 'string') return
    const heads = this.heads.get(field)
    const head = text.slice(0, headLength)
    const ids = heads?.get(head)
    ids?.delete(row.id)
    if (ids?.size === 0) heads?.delete(head)
  }
}

/** As long as a case number: texts that begin with one are few. */
const headLength = 12

interface Write {
  readonly at: string
  readonly id: number
}

/** What a value is found by: itself, or each of its members where it is a list of links. */
function keysOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
