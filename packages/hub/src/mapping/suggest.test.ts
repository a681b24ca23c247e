import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { suggest } from './suggest.ts'
import { vocabularies } from './vocabularies.ts'

const { values: reasons } = vocabularies.reason
const { values: statuses } = vocabularies.status
const nobody: ReadonlyMap<string, number> = new Map()

function likeliest(word: string, values = reasons, elsewhere = nobody): string | undefined {
  return suggest(word, { values: values ?? new Map<string, string>(), elsewhere })[0]?.value
}

describe('what a word may mean', () => {
  // biome-ignore format: a table
  const words = [
    ['Item damaged in transit', 'damaged_in_transit'],
    ['DAMAGED-IN-TRANSIT', 'damaged_in_transit'],
    ['WrongGoods', 'wrong_goods'],
    ['missing part', 'missing_parts'],
    ['no longer neded', 'no_longer_needed'],
    ['Ordering Error', 'ordering_error'],
  ] as const
  for (const [word, value] of words) {
    test(`“${word}” is likely ${value}`, () => {
      assert.equal(likeliest(word), value)
    })
  }

  test('is found among the states of axes', () => {
    assert.equal(likeliest('Partially Received', statuses), 'receipt:partially_received')
  })

  test('is what others mean by it, however little it is like that', () => {
    const elsewhere = new Map([
      ['defective_consumer', 3],
      ['wrong_goods', 1],
    ])
    const found = suggest('kaputt', { values: reasons ?? [], elsewhere })
    assert.equal(found.length, 3)
    assert.deepEqual(found[0], {
      value: 'defective_consumer',
      title: 'Defective, returned by consumer',
      confidence: 0.71,
    })
  })

  test('is three things, and hardly likely to be any where nothing is like it', () => {
    for (const word of ['xq', '']) {
      const found = suggest(word, { values: reasons ?? [], elsewhere: nobody })
      assert.equal(found.length, 3)
      for (const { confidence } of found) assert.ok(confidence < 0.3, `${word} ${confidence}`)
    }
    const many = suggest('defective', { values: reasons ?? [], elsewhere: nobody })
    assert.equal(many.length, 3)
    for (const { confidence } of many) assert.ok(confidence > 0 && confidence < 1)
  })
})
