import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { problem, read } from './formats.test.ts'
import { sourceFormat } from './source-format.ts'

const csv = { format: 'csv' } as const

describe('a returns report as CSV', () => {
  test('is rows of strings by column', () => {
    const text =
      '\ufeffOrder ID,Reason,Note\r\n1,"too ""big"", wet",\r\n\r\n2,DEFECT,"two\nlines"\r\n'
    assert.deepEqual(read(text, csv), {
      rows: [
        { 'Order ID': '1', Reason: 'too "big", wet', Note: '' },
        { 'Order ID': '2', Reason: 'DEFECT', Note: 'two\nlines' },
      ],
    })
  })

  test('shows by its first line what separates its fields', () => {
    for (const sign of [',', ';', '\t', '|']) {
      const text = `"a,;|\tb,,,"${sign}c${sign}d\n1${sign}2${sign}3\n`
      assert.deepEqual(read(text, csv), { rows: [{ 'a,;|\tb,,,': '1', c: '2', d: '3' }] })
    }
    assert.deepEqual(read('sku\nPUMP', csv), { rows: [{ sku: 'PUMP' }] })
  })

  test('may have lines before its header, comments, blanks, no header, and an encoding', () => {
    const text = Buffer.from('Report of May\n# made by hand\n Größe ; 2 \n#\n', 'latin1')
    const options = {
      ...csv,
      encoding: 'windows-1252',
      skipLines: 1,
      comment: '#',
      trim: true,
      delimiter: ';',
      header: ['name', 'quantity'],
    }
    assert.deepEqual(read(text, options), { rows: [{ name: 'Größe', quantity: '2' }] })
  })

  test('that quotes nothing may hold quotes', () => {
    assert.deepEqual(read('sku\tname\nP\t5" pipe\n', { ...csv, quote: false }), {
      rows: [{ sku: 'P', name: '5" pipe' }],
    })
    assert.deepEqual(problem('sku\tname\nP\t5" pipe\n', csv), {
      message: 'a quote stands inside a value: `quote: false` takes it as it is',
      line: 2,
    })
  })

  test('keeps empty fields between tabs, also where blanks go', () => {
    assert.deepEqual(read('a\tb\tc\n\t\t 3 \n', { ...csv, trim: true }), {
      rows: [{ a: '', b: '', c: '3' }],
    })
  })

  test('names a column without a name by its place', () => {
    assert.deepEqual(read('a;;\n1;2;3', csv), {
      rows: [{ a: '1', 'column 2': '2', 'column 3': '3' }],
    })
  })

  test('with a row that is too short or too long is refused, with the line', () => {
    const wrong = 'a row has not as many fields as there are columns'
    assert.deepEqual(problem('a,b\n1,2\n\n3\n', csv), { message: wrong, line: 4 })
    const options = { ...csv, skipLines: 2, header: ['a', 'b'] }
    assert.deepEqual(problem('x\nx\n1,2,3\n', options), { message: wrong, line: 3 })
    assert.deepEqual(problem('x\nx\n1,2\n1,2,3\n', options), { message: wrong, line: 4 })
  })

  // biome-ignore format: a table
  const refused: [string, string, RegExp][] = [
    ['a quote that is not closed', 'a,b\n1,"2\n', /not closed/],
    ['text behind a quote', 'a,b\n"1"x,2\n', /behind a closing quote/],
    ['two columns of one name', 'a,a\n1,2\n', /one name/],
    ['a column __proto__', 'a,__proto__\n1,2\n', /__proto__/],
    ['501 columns', Array.from({ length: 501 }, (_, n) => `c${n}`).join(), /500 columns/],
    ['a NUL', 'a\n\u0000\n', /U\+0000/],
    ['a row without an end', `a,b\n"${'x'.repeat(300_000)}`, /262144 characters/],
    ['a quoted row of many lines', `a,b\n"${'x\n'.repeat(150_000)}`, /262144 characters/],
    ['too many lines', '1\n'.repeat(200_001), /200000 lines/],
    ['too many fields', `${','.repeat(400)}\n`.repeat(5_000), /2000000 fields/],
  ]
  for (const [name, text, message] of refused) {
    test(`with ${name} is refused`, () => {
      assert.match(problem(text, csv).message, message)
    })
  }

  test('without rows has none', () => {
    assert.deepEqual(read('', csv), { rows: [] })
    assert.deepEqual(read('a,b\n', csv), { rows: [] })
  })
})

test('a format that cannot work is not taken', () => {
  const unusable = [
    { ...csv, encoding: 'klingon' },
    { ...csv, delimiter: ';;' },
    { ...csv, delimiter: "'", quote: "'" },
    { ...csv, header: ['a', 'a'] },
    { ...csv, header: ['__proto__'] },
    { ...csv, separator: ';' },
    { format: 'x12', loops: { bli: [] } },
    { format: 'json', maxBytes: 20_000_001 },
    { format: 'yaml' },
  ]
  for (const options of unusable) assert.ok(!sourceFormat.safeParse(options).success)
})
