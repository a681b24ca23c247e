import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { read, write } from './formats.test.ts'
import { sourceFormat } from './source-format.ts'
import { targetFormat } from './target-format.ts'

/** Text that every format takes: Unicode without control characters but tab and line ends. */
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map((value) => value.replaceAll(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Surrogate}/gu, ''))
const key = text.filter((name) => name !== '__proto__')

describe('what is written is read as the same value', () => {
  test('in JSON', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        text,
        fc.integer(),
        fc.constantFrom(true, false, null, 0.5, -12.25, 9007199254740991),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).value
    fc.assert(
      fc.property(value, (given) => {
        assert.deepEqual(read(write(given, { format: 'json' }), { format: 'json' }), given)
      }),
    )
  })

  test('in forms', () => {
    const several = fc.array(text, { minLength: 2, maxLength: 4 })
    const fields = fc.dictionary(key, fc.oneof(text, several), { noNullPrototype: true })
    fc.assert(
      fc.property(fields, (given) => {
        assert.deepEqual(read(write(given, { format: 'form' }), { format: 'form' }), given)
      }),
    )
  })

  test('in XML', () => {
    const name = fc.constantFrom('a', 'b-1', 'x:c', 'constructor', 'Größe')
    const { element } = fc.letrec((tie) => ({
      element: fc.oneof({ maxDepth: 4 }, text, tie('object')),
      object: fc
        .record({
          attributes: fc.dictionary(name, text, { maxKeys: 2 }),
          children: fc.dictionary(
            name,
            fc.oneof(tie('element'), fc.tuple(tie('element'), tie('element'))),
            { minKeys: 1, maxKeys: 3 },
          ),
        })
        .map(({ attributes, children }) => ({
          ...Object.fromEntries(Object.entries(attributes).map(([at, value]) => [`@${at}`, value])),
          ...children,
        })),
    }))
    fc.assert(
      fc.property(element, (given) => {
        const value = { root: given }
        assert.deepEqual(read(write(value, { format: 'xml' }), { format: 'xml' }), value)
      }),
    )
  })

  test('in CSV', () => {
    const cell = text.filter((value) => !/^[=+\-@\t\r]/.test(value))
    const columns = fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z ,;"#]{0,8}[A-Za-z]$/), {
      minLength: 1,
      maxLength: 5,
    })
    const table = columns.chain((names) => {
      const row = fc.tuple(...names.map(() => cell))
      const rows = fc.array(row, { minLength: 1, maxLength: 5 })
      return rows.map((lines) =>
        lines.map((line) => Object.fromEntries(names.map((name, at) => [name, line[at] ?? '']))),
      )
    })
    const options = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      lineEnd: fc.constantFrom('lf' as const, 'crlf' as const),
    })
    fc.assert(
      fc.property(table, options, (rows, { delimiter, lineEnd }) => {
        const body = write({ rows }, { format: 'csv', delimiter, lineEnd })
        assert.deepEqual(read(body, { format: 'csv', delimiter }), { rows })
      }),
    )
  })

  test('in X12', () => {
    const element = fc.stringMatching(/^[A-Za-z0-9äß ,.]{1,12}$/)
    const keys = fc.constantFrom('e01', 'e02', 'e05', 'e07c01', 'e07c02', 'e99')
    const elements = fc
      .dictionary(keys, element, { maxKeys: 4 })
      // One component alone is an element as any other.
      .map(({ e07c01, e07c02, ...others }) =>
        e07c01 && e07c02 ? { ...others, e07c01, e07c02 } : others,
      )
    const segment = (tag: string) => elements.map((given) => ({ tag, ...given }))
    const list = (tag: string) => fc.array(segment(tag), { minLength: 1, maxLength: 3 })
    const item = fc
      .tuple(segment('BLI'), fc.option(list('N9'), { nil: undefined }), list('QTY'))
      .map(([own, N9, QTY]) => ({ ...own, ...(N9 ? { N9 } : {}), QTY }))
    const interchange = {
      senderQualifier: '01',
      sender: 'ACME',
      receiverQualifier: 'ZZ',
      receiver: 'SUPPLIER 1',
      date: '261123',
      time: '0815',
      version: '00401',
      controlNumber: '000000007',
      usage: 'T',
    }
    const group = {
      functionalId: 'AN',
      sender: 'A1',
      receiver: 'S1',
      date: '20261123',
      time: '0815',
      controlNumber: '3',
      version: '004010',
    }
    const envelope = { set: '180', interchange, group }
    const byTag = fc
      .tuple(list('BGN'), list('N9'), fc.array(item, { minLength: 1, maxLength: 3 }))
      .map(([BGN, N9, BLI]) => ({ ...envelope, BGN, N9, BLI }))
    const flat = fc
      .array(fc.constantFrom('BGN', 'N9', 'DTM').chain(segment), { maxLength: 6 })
      .map((segments) => ({ ...envelope, segments }))
    const file = (sets: fc.Arbitrary<object>) =>
      fc.array(sets, { minLength: 1, maxLength: 3 }).map((transactions) => ({
        interchange,
        transactions: transactions.map((one, at) => ({ ...one, controlNumber: `000${at + 1}` })),
      }))
    const loops = { BLI: ['N9', 'QTY'] }
    fc.assert(
      fc.property(file(byTag), (value) => {
        assert.deepEqual(read(write(value, { format: 'x12' }), { format: 'x12', loops }), value)
      }),
    )
    fc.assert(
      fc.property(file(flat), fc.boolean(), (value, lineBreaks) => {
        const body = write(value, { format: 'x12', lineBreaks })
        assert.deepEqual(read(body, { format: 'x12' }), value)
      }),
    )
  })
})

describe('nothing is thrown', () => {
  const sources = [
    { format: 'json' },
    { format: 'form' },
    { format: 'xml', lists: ['a.b'], stripPrefixes: true },
    { format: 'csv' },
    { format: 'csv', encoding: 'shift_jis', quote: false, trim: true, comment: '#', skipLines: 1 },
    { format: 'x12' },
    { format: 'x12', loops: { N9: ['DTM'], DTM: ['N9'] }, checkCounts: false },
  ].map((options) => sourceFormat.parse(options))

  /** Pieces that the formats are made of, in any order: further into a parser than mere bytes come. */
  // biome-ignore format: a table
  const pieces = fc.constantFrom(
    '{', '}', '[', ']', '"', ':', ',', '\\', '\\u00', '1e9', '-', '12345678901234567890', 'true',
    '<a>', '</a>', '<a', '/>', ' b="', "'", '<!--', '-->', '<![CDATA[', ']]>', '&amp;', '&#', '<?',
    'a=1', '&', '%4', '+', '\n', '\r\n', ';', '\t', '#', '__proto__', 'constructor', '\0', 'é',
    'ISA*00*          *00*          *ZZ*S              *ZZ*R              *261123*0815*U',
    '*00401*000000001*0*P*>~', 'GS*AN~', 'ST*180*1~', 'N9*a>b~', 'SE*3*1~', 'GE*1*~', '~', '*',
  )
  const document = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 100 }).map((given) => Buffer.from(given)),
    fc.array(pieces, { maxLength: 40 }).map((given) => Buffer.from(given.join(''))),
  )

  test('whatever the bytes are', () => {
    fc.assert(
      fc.property(document, (bytes) => {
        for (const options of sources) {
          const result = decode(bytes, options)
          // A parser's own exception would be told by this message.
          if (!result.ok) assert.doesNotMatch(result.problem.message, /cannot be read as/)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('whatever the value is', () => {
    const targets = (['json', 'form', 'xml', 'csv', 'x12'] as const).map((format) =>
      targetFormat.parse({ format }),
    )
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        for (const options of targets) {
          const result = encode(value, options)
          if (!result.ok) assert.doesNotMatch(result.problem.message, /cannot be written as/)
        }
      }),
      { numRuns: 500 },
    )
  })
})
