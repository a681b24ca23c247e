import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { problem, read } from './formats.test.ts'

const json = { format: 'json' } as const

describe('a return as JSON', () => {
  test('is read as any parser reads it, where nothing in it is ambiguous', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        fc.pre(!/"__proto__"|\\u0000|\\ud[89a-f]|\d{15}|\de/i.test(text))
        assert.deepEqual(read(text, json), JSON.parse(text))
      }),
    )
  })

  test('keeps the digits of numbers that a double would change', () => {
    const text = `{"orderId":9007199254740993,"amount":0.1234567890123456789,"huge":1e400,
      "tiny":1E-400,"safe":9007199254740991,"price":12.50,"list":[-12345678901234567890]}`
    assert.deepEqual(read(text, json), {
      orderId: '9007199254740993',
      amount: '0.1234567890123456789',
      huge: '1e400',
      tiny: '1E-400',
      safe: 9007199254740991,
      price: 12.5,
      list: ['-12345678901234567890'],
    })
  })

  test('keeps what only looks like such a number', () => {
    const value = { '12345678901234567890': 'order 12345678901234567890, 1e400', a: '\\"1e400' }
    assert.deepEqual(read(JSON.stringify(value), json), value)
  })

  test('may have a byte order mark, and keys that are names of any object', () => {
    const value = read('\ufeff{"constructor":{"prototype":1},"toString":2}', json)
    assert.deepEqual(value, { constructor: { prototype: 1 }, toString: 2 })
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
  })

  test('in which a key stands twice is refused, with the place of the second', () => {
    assert.deepEqual(problem('{"rma":1,\n  "line":{"qty":1, "q\\u0074y":1}}', json), {
      message: 'a key stands twice in one object',
      line: 2,
      column: 20,
    })
  })

  test('that is no JSON is refused with the place, and never quoted', () => {
    const found = problem('{"email":"jo@example.org"\n,,}', json)
    assert.deepEqual(found, { message: 'the document is no JSON', line: 2, column: 2 })
  })

  // biome-ignore format: a table
  const refused: [string, string | Uint8Array, RegExp][] = [
    ['is empty', '', /no JSON/],
    ['has a number with a leading zero', '[00000000000000000001]', /no JSON/],
    ['has a number as a key', '{12345678901234567890:1}', /no JSON/],
    ['is in UTF-16', Buffer.from('{"a":1}', 'utf16le'), /UTF-16/],
    ['is in UTF-16 with its mark', Buffer.from('\ufeff{"a":1}', 'utf16le'), /UTF-16/],
    ['is in Latin-1', Buffer.from('{"a":"é"}', 'latin1'), /not text in utf-8/],
    ['has a bare NUL', '["\u0000"]', /U\+0000/],
    ['has a NUL in escapes', String.raw`{"a":["\u0000"]}`, /U\+0000/],
    ['has half a surrogate pair', String.raw`{"\ud800":1}`, /surrogate/],
    ['has a key __proto__', '[{"__proto__":{"role":"admin"}}]', /__proto__/],
    ['has a key __proto__ in escapes', String.raw`{"\u005f_proto__":1}`, /__proto__/],
    ['is nested 61 deep', '['.repeat(61) + ']'.repeat(61), /60 deep/],
    ['has a text of 65,537 characters', JSON.stringify('x'.repeat(65_537)), /65536 characters/],
    ['is too large', ' '.repeat(2_000_001), /2000000 bytes/],
  ]
  for (const [name, body, message] of refused) {
    test(`that ${name} is refused`, () => {
      assert.match(problem(body, json).message, message)
    })
  }

  test('is taken up to the limits of depth and text', () => {
    assert.ok(read('['.repeat(60) + ']'.repeat(60), json))
    assert.equal(read(JSON.stringify('x'.repeat(65_536)), json), 'x'.repeat(65_536))
  })
})

describe('a form', () => {
  const form = { format: 'form' } as const

  test('is strings by name, and a list where a name is repeated', () => {
    assert.deepEqual(read('rma=R+1&tag=a&tag=b%26&lines%5B0%5D%5Bsku%5D=P&empty=', form), {
      rma: 'R 1',
      tag: ['a', 'b&'],
      'lines[0][sku]': 'P',
      empty: '',
    })
  })

  // biome-ignore format: a table
  const refused: [string, string, RegExp][] = [
    ['a field __proto__', '__proto__=1', /__proto__/],
    ['a NUL', 'a=%00', /U\+0000/],
    ['10,001 fields', 'a=1&'.repeat(10_000), /10000 fields/],
    ['a value of 65,537 characters', `a=${'x'.repeat(65_537)}`, /65536 characters/],
  ]
  for (const [name, body, message] of refused) {
    test(`with ${name} is refused`, () => {
      assert.match(problem(body, form).message, message)
    })
  }
})
