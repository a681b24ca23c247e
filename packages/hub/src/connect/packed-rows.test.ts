import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { PackedRows } from './packed-rows.ts'

function textsOf(rows: PackedRows, key: string): string[] {
  return rows.find(key).map((row) => rows.text(row))
}

describe('packed rows', () => {
  test('are found by each of their keys, together with others that share one', () => {
    const rows = new PackedRows()
    rows.add('pump', ['sku:1', 'gtin:9'])
    rows.add('pump again', ['sku:2', 'gtin:9'])
    assert.deepEqual(textsOf(rows, 'sku:1'), ['pump'])
    assert.deepEqual(textsOf(rows, 'gtin:9').toSorted(), ['pump', 'pump again'])
    assert.deepEqual(textsOf(rows, 'sku:3'), [])
  })

  test('are not found any more when they are gone, and leave their place to others', () => {
    const rows = new PackedRows()
    const row = rows.add('pump', ['sku:1'])
    rows.remove(row, ['sku:1'])
    assert.deepEqual([rows.size, rows.has(row), textsOf(rows, 'sku:1')], [0, false, []])
    assert.equal(rows.add('valve', ['sku:1']), row)
    assert.deepEqual(textsOf(rows, 'sku:1'), ['valve'])
  })

  test('hold what a map holds, whatever is added, changed and removed', () => {
    const change = fc.record({
      id: fc.integer({ min: 0, max: 40 }),
      text: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 400 }), (changes) => {
        const rows = new PackedRows()
        const model = new Map<number, { text: string; row: number }>()
        for (const { id, text } of changes) {
          const known = model.get(id)
          if (known !== undefined) rows.remove(known.row, [`id:${id}`, `some:${id % 5}`])
          model.delete(id)
          if (text === null) continue
          model.set(id, { text, row: rows.add(text, [`id:${id}`, `some:${id % 5}`]) })
        }
        assert.equal(rows.size, model.size)
        for (const [id, { text }] of model) assert.ok(textsOf(rows, `id:${id}`).includes(text))
        for (let n = 0; n < 5; n += 1) {
          const expected = [...model].filter(([id]) => id % 5 === n).map(([, { text }]) => text)
          assert.deepEqual(textsOf(rows, `some:${n}`).toSorted(), expected.toSorted())
        }
      }),
    )
  })

  test('give back the memory of what was written over and over', () => {
    const rows = new PackedRows()
    const keep = Array.from({ length: 50 }, (_, n) => rows.add(`kept ${n}`, [`kept:${n}`]))
    const text = 'x'.repeat(100_000)
    for (let n = 0; n < 1_000; n += 1) rows.remove(rows.add(text, ['big']), ['big'])
    assert.ok(rows.bytes < 10_000_000, String(rows.bytes))
    assert.deepEqual(
      keep.map((row) => rows.text(row)),
      keep.map((_, n) => `kept ${n}`),
    )
  })
})
