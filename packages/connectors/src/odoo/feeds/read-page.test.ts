import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { scriptedServer } from '../../../test-odoo/scripted-server.ts'
import { Odoo } from '../client/odoo.ts'
import { dateTime } from '../client/values.ts'
import type { Position } from './cursor.ts'
import { readPage } from './read-page.ts'

/** A table as Odoo has it: times in microseconds, of which it shows whole seconds. */
class Table {
  readonly #rows = new Map<number, number>()
  readonly reads: number[] = []

  /** @param at - in microseconds since the epoch of the test. */
  write(id: number, at: number): void {
    this.#rows.set(id, at)
  }

  get ids(): number[] {
    return [...this.#rows.keys()].toSorted((a, b) => a - b)
  }

  search({ domain, order, limit }: Readonly<Record<string, unknown>>) {
    const leaves = domain as readonly (readonly [string, string, unknown])[]
    const isFound = ([id, at]: [number, number]) =>
      leaves.every(([field, operator, value]) => {
        if (field === 'id') return id > Number(value)
        if (operator === '!=') return true
        const time = (Date.parse(`${String(value).replace(' ', 'T')}Z`) - epoch) * 1_000
        return operator === '>=' ? at >= time : at < time
      })
    const found = [...this.#rows].filter(isFound).toSorted(([idA, a], [idB, b]) => {
      if (order === 'id') return idA - idB
      return order === 'write_date desc, id desc' ? b - a || idB - idA : a - b || idA - idB
    })
    this.reads.push(limit as number)
    const records = found
      .slice(0, limit as number)
      .map(([id, at]) => ({ id, write_date: shown(at) }))
    return { length: records.length, records }
  }
}

const epoch = Date.UTC(2026, 10, 23)
const second = 1_000_000
const row = z.object({ id: z.int(), write_date: dateTime })

function shown(microseconds: number): string {
  const at = new Date(epoch + Math.floor(microseconds / 1_000))
  return at.toISOString().slice(0, 19).replace('T', ' ')
}

interface Given {
  readonly table: Table
  readonly limit: number
  readonly position?: Position | null
  readonly now?: Date
  /** Between pages. */
  readonly meanwhile?: () => void
}

/** All pages to the end. */
async function readOn({ table, limit, position = null, now = new Date(epoch), meanwhile }: Given) {
  const { config, fetch } = scriptedServer({
    methods: { 'res.partner/web_search_read': (given) => table.search(given) },
  })
  const odoo = await Odoo.open({ config, fetch, signal: AbortSignal.timeout(60_000), now })
  const seen: number[] = []
  let at = position
  for (let pages = 1; ; pages += 1) {
    const source = { model: 'res.partner', domain: [], row }
    const limits = { position: at, limit, overlapSeconds: 15, now }
    const page = await readPage(odoo, source, limits)
    seen.push(...page.rows.map(({ id }) => id))
    assert.ok(page.rows.length <= limit)
    if (page.hasMore) assert.notDeepEqual(page.position, at, 'it stands still')
    at = page.position
    if (!page.hasMore) return { seen, position: at, pages }
    assert.ok(pages < 10_000, 'it has no end')
    meanwhile?.()
  }
}

describe('reading what was written', () => {
  test('reads all of it, in pages', async () => {
    const table = new Table()
    for (let id = 1; id <= 300; id += 1) table.write(id, id * second)
    const { seen } = await readOn({ table, limit: 100 })
    assert.deepEqual(
      [...new Set(seen)].toSorted((a, b) => a - b),
      table.ids,
    )
  })

  test('reads thousands that were written at once', async () => {
    const table = new Table()
    for (let id = 1; id <= 5_000; id += 1) table.write(id, 5 * second)
    const { seen, position } = await readOn({ table, limit: 500 })
    assert.equal(new Set(seen).size, 5_000)
    // Once all that was under way then must have ended, they are not read time and again.
    const soon = new Date(epoch + 60_000)
    const again = await readOn({ table, limit: 500, position, now: soon })
    assert.equal(again.seen.length, 5_000)
    const after = await readOn({ table, limit: 500, position: again.position, now: soon })
    assert.deepEqual(after.seen, [])
  })

  test('loses nothing within one second, in whatever order it was written', async () => {
    const table = new Table()
    for (let id = 1; id <= 5; id += 1) table.write(id, 0)
    const { position } = await readOn({ table, limit: 2 })
    for (let id = 5; id >= 1; id -= 1) table.write(id, 100 * second + (6 - id))
    for (const limit of [1, 2, 3, 5, 6]) {
      const { seen } = await readOn({ table, limit, position })
      assert.deepEqual(
        [...new Set(seen)].toSorted((a, b) => a - b),
        [1, 2, 3, 4, 5],
        `pages of ${limit}`,
      )
    }
  })

  test('finds what was committed late, within the overlap', async () => {
    const table = new Table()
    table.write(1, 100 * second)
    const { position } = await readOn({ table, limit: 10 })
    table.write(2, 90 * second)
    const { seen } = await readOn({ table, limit: 10, position })
    assert.deepEqual(seen, [2, 1])
  })

  test('finds what was written while it read all, also within the second in which it began', async () => {
    const table = new Table()
    for (let id = 1; id <= 4; id += 1) table.write(id, 100 * second)
    // Written after it was read, in a transaction that began before.
    const late = [() => table.write(1, 100 * second + 5), () => table.write(2, 90 * second)]
    const { seen } = await readOn({ table, limit: 2, meanwhile: () => late.shift()?.() })
    assert.ok(seen.slice(4).includes(1) && seen.slice(4).includes(2), seen.join())
  })

  test('reads an empty table, and what comes into it', async () => {
    const table = new Table()
    const { seen, position } = await readOn({ table, limit: 10 })
    assert.deepEqual(seen, [])
    table.write(1, second)
    assert.deepEqual((await readOn({ table, limit: 10, position })).seen, [1])
  })

  test('misses no record that is written while it reads, for any times and pages', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 12 * second }), {
      minLength: 1,
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(
        times,
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        async (first, limit, picks) => {
          const table = new Table()
          for (const [index, at] of first.entries()) table.write(index + 1, at)
          const all = await readOn({ table, limit })
          assert.deepEqual(
            [...new Set(all.seen)].toSorted((a, b) => a - b),
            table.ids,
          )
          // Half of them change, close together, and some again while they are read.
          let clock = 100 * second
          const changed = new Set(table.ids.filter((id) => id % 2 === 0))
          for (const id of [...changed].toReversed()) table.write(id, (clock += 300_000))
          const waiting = [...picks]
          const meanwhile = () => {
            const pick = waiting.pop()
            if (pick === undefined) return
            const id = table.ids[pick % table.ids.length] ?? 1
            changed.add(id)
            table.write(id, (clock += 1))
          }
          const { seen } = await readOn({ table, limit, position: all.position, meanwhile })
          const missing = [...changed].filter((id) => !seen.includes(id))
          assert.deepEqual(missing, [])
        },
      ),
      { numRuns: 100 },
    )
  })
})
