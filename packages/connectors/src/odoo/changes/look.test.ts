import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Domain } from '../client/odoo.ts'
import { firstPlace, type Place } from './cursor.ts'
import { type Change, type FindChanges, readPage } from './look.ts'

const overlapSeconds = 15
const startMs = Date.parse('2026-11-23T06:00:00Z')

/** A table of a server: times of writing have microseconds inside, and whole seconds to look at. */
class Table {
  nowMs = startMs
  readonly #rows = new Map<number, { writtenMs: number; committedMs: number }>()
  #open: { ids: readonly number[]; writtenMs: number; commitMs: number }[] = []
  calls = 0

  /** Writes down the time at which it begins, and commits later; who writes the same record waits for it. */
  write(ids: readonly number[], takesMs: number): void {
    const busy = this.#open.filter((one) => one.ids.some((id) => ids.includes(id)))
    const writtenMs = Math.max(this.nowMs, ...busy.map(({ commitMs }) => commitMs))
    this.#open.push({ ids, writtenMs, commitMs: writtenMs + takesMs })
    this.#commit()
  }

  advance(ms: number): void {
    this.nowMs += ms
    this.#commit()
  }

  #commit(): void {
    const due = this.#open.filter(({ commitMs }) => commitMs <= this.nowMs)
    this.#open = this.#open.filter(({ commitMs }) => commitMs > this.nowMs)
    for (const { ids, writtenMs, commitMs } of due.toSorted((a, b) => a.commitMs - b.commitMs)) {
      for (const id of ids) this.#rows.set(id, { writtenMs, committedMs: commitMs })
    }
  }

  committedOf(): ReadonlyMap<number, number> {
    return new Map([...this.#rows].map(([id, { committedMs }]) => [id, committedMs]))
  }

  readonly find: FindChanges<Change> = async ({ domain, order, limit }) => {
    this.calls += 1
    const rows = [...this.#rows]
      .map(([id, { writtenMs }]) => ({ id, writtenMs, second: Math.floor(writtenMs / 1_000) }))
      .filter((row) => domain.every((condition) => holds(row, condition)))
      .toSorted((a, b) =>
        order === 'id'
          ? a.id - b.id
          : (a.writtenMs - b.writtenMs || a.id - b.id) * (order === 'write_date,id' ? 1 : -1),
      )
    return rows.slice(0, limit).map(({ id, second }) => ({ id, second }))
  }
}

function holds(row: { id: number; writtenMs: number }, condition: Domain[number]): boolean {
  const [field, operator, value] = condition as readonly [string, string, string | number]
  const [left, right] =
    field === 'id'
      ? [row.id, Number(value)]
      : [row.writtenMs, Date.parse(`${String(value).replace(' ', 'T')}Z`)]
  if (operator === '>=') return left >= right
  return operator === '<' ? left < right : left > right
}

/** Who looks: with a clock of its own, which only ticks as fast as the server's. */
class Reader {
  place: Place
  readonly readMs = new Map<number, number>()
  readonly order: number[] = []
  pages = 0
  readonly #table: Table
  readonly #skewMs: number

  constructor(table: Table, skewMs = 0) {
    this.#table = table
    this.#skewMs = skewMs
    this.place = firstPlace(new Date(table.nowMs))
  }

  async page({ limit, indexSize }: { limit: number; indexSize: number }): Promise<boolean> {
    const nowSecond = Math.floor((this.#table.nowMs + this.#skewMs) / 1_000)
    const options = { limit, indexSize, overlapSeconds, nowSecond }
    const { changes, place, isEnd } = await readPage(this.#table.find, this.place, options)
    assert.ok(changes.length <= limit)
    if (!isEnd) assert.notDeepEqual(place, this.place, 'a page that is not the last moves on')
    this.place = place
    this.pages += 1
    for (const { id } of changes) {
      this.readMs.set(id, this.#table.nowMs)
      this.order.push(id)
    }
    return isEnd
  }

  async look(options: { limit: number; indexSize: number }): Promise<void> {
    for (let pages = 0; !(await this.page(options)); pages += 1) assert.ok(pages < 5_000)
  }
}

type Action =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'write'; readonly ids: readonly number[]; readonly takesMs: number }
  | { readonly kind: 'page' }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.oneof(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 40_000 })),
  }),
  fc.record({
    kind: fc.constant('write' as const),
    ids: fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { minLength: 1, maxLength: 9 }),
    takesMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: overlapSeconds * 1_000 })),
  }),
  fc.record({ kind: fc.constant('page' as const) }),
)

describe('looking at what was written', () => {
  test('loses no change, however writes, commits and looks fall together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 60 }),
        fc.record({
          limit: fc.integer({ min: 1, max: 6 }),
          more: fc.integer({ min: 0, max: 8 }),
          skewMs: fc.integer({ min: -90_000_000, max: 90_000_000 }),
        }),
        async (actions, { limit, more, skewMs }) => {
          const table = new Table()
          const reader = new Reader(table, skewMs)
          const sizes = { limit, indexSize: limit + more }
          for (const one of actions) {
            if (one.kind === 'wait') table.advance(one.ms)
            else if (one.kind === 'write') table.write(one.ids, one.takesMs)
            else await reader.page(sizes)
          }
          table.advance(200 * overlapSeconds * 1_000)
          await reader.look(sizes)
          await reader.look(sizes)
          for (const [id, committedMs] of table.committedOf()) {
            assert.ok((reader.readMs.get(id) ?? -1) >= committedMs, `${id} was lost`)
          }
        },
      ),
      { numRuns: 3_000 },
    )
  })

  test('finds a thousand changes of a night in order, across pages, many of them in one second', async () => {
    const table = new Table()
    const reader = new Reader(table)
    for (let id = 1_000; id >= 1; id -= 1) {
      table.write([id], 0)
      table.advance(id % 7 === 0 ? 1_000 : 3)
    }
    await reader.look({ limit: 100, indexSize: 250 })
    assert.deepEqual(
      reader.order,
      Array.from({ length: 1_000 }, (_, index) => 1_000 - index),
    )
    assert.ok(reader.pages <= 12, `${reader.pages} pages`)
  })

  test('reads a second of more changes than a page holds by id, and comes to its end', async () => {
    const table = new Table()
    const reader = new Reader(table)
    table.write(
      Array.from({ length: 1_000 }, (_, index) => index + 1),
      0,
    )
    await reader.look({ limit: 100, indexSize: 250 })
    assert.equal(reader.readMs.size, 1_000)
    assert.equal(reader.order.length, 1_000)
  })

  test('asks once where nothing has changed, and reads nothing', async () => {
    const table = new Table()
    const reader = new Reader(table)
    const sizes = { limit: 100, indexSize: 1_000 }
    table.write([1, 2, 3], 0)
    for (let looks = 0; looks < 4; looks += 1) {
      table.advance(30_000)
      await reader.look(sizes)
    }
    table.calls = 0
    const read = reader.order.length
    await reader.look(sizes)
    assert.equal(table.calls, 1)
    assert.equal(reader.order.length, read)
  })

  test('sees what is written again in the second in which it was read', async () => {
    const table = new Table()
    const reader = new Reader(table)
    const sizes = { limit: 100, indexSize: 1_000 }
    table.advance(100)
    table.write([7], 0)
    await reader.look(sizes)
    table.advance(300)
    table.write([7], 0)
    table.advance(60_000)
    await reader.look(sizes)
    assert.ok((reader.readMs.get(7) ?? 0) > startMs + 400)
  })

  test('sees what was begun before, and committed after, what was seen already', async () => {
    const table = new Table()
    const reader = new Reader(table)
    const sizes = { limit: 100, indexSize: 1_000 }
    table.write([1], 14_000)
    table.advance(2_000)
    table.write([2], 0)
    await reader.look(sizes)
    assert.deepEqual(reader.order, [2])
    table.advance(60_000)
    await reader.look(sizes)
    assert.ok(reader.order.includes(1))
  })

  test('does not take a record for settled as long as its second can be written again', async () => {
    const table = new Table()
    const reader = new Reader(table)
    const sizes = { limit: 100, indexSize: 1_000 }
    table.advance(100)
    table.write([7], 0)
    await reader.look(sizes)
    table.advance(300)
    await reader.look(sizes)
    table.advance(300)
    table.write([7], 0)
    table.advance(60_000)
    await reader.look(sizes)
    assert.ok((reader.readMs.get(7) ?? 0) > startMs + 700)
  })
})
