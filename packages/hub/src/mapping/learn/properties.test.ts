import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { compileMapping } from '../document/compile-mapping.ts'
import { parseMapping } from '../document/parse-mapping.ts'
import { learnMapping } from './learn-mapping.ts'

const scale = Number(process.env['BACKHAUL_PROPERTY_SCALE'] ?? 1)
const numRuns = 150 * scale

const words = fc.constantFrom(
  'order',
  'id',
  'Menge',
  'rma',
  'reason',
  'items',
  'return',
  'in',
  'ean',
  'a "quoted" name',
  'Order ID',
  '#text',
  'customer',
  'status',
  'date',
  'è',
  '',
  '__proto__',
  'constructor',
  '1',
)
const key = fc.oneof(words, fc.string({ unit: 'binary', maxLength: 12 }))
const scalar = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('2026-11-23', '23.11.2026 09:30', '1.204,50', 'EUR', '8712345678906', 'Stk'),
)
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
}))
const csv = fc
  .array(fc.array(fc.oneof(words, fc.string({ maxLength: 10 })), { minLength: 1, maxLength: 6 }), {
    maxLength: 6,
  })
  .map((rows) => rows.map((row) => row.join(';')).join('\n'))
const bytes = fc.oneof(
  json.map((value) => Buffer.from(JSON.stringify(value))),
  csv.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }),
  fc.webQueryParameters().map((text) => Buffer.from(text)),
)
const samples = fc.array(
  bytes.map((one) => ({ name: 'sample', bytes: one })),
  { maxLength: 4 },
)
const topics = fc.constantFrom(
  'returns',
  'tracking-status',
  'receipts',
  'refunds',
  'pruefung',
  'label',
)

describe('a draft learned from whatever comes', () => {
  test('is a mapping document, and the same each time', () => {
    fc.assert(
      fc.property(samples, topics, (given, topic) => {
        const input = { samples: given, topic, connection: 'any' }
        const learned = learnMapping(input)
        const parsed = parseMapping(learned.document)
        assert.ok(parsed.ok, JSON.stringify(parsed))
        assert.ok(parsed.document.direction === 'inbound')
        const compiled = compileMapping(parsed.document)
        assert.ok(compiled.ok, `${JSON.stringify(compiled)}\n${learned.document}`)
        assert.deepEqual(learnMapping(input), learned)
      }),
      { numRuns },
    )
  })

  test('holds none of the values that it was learned from', () => {
    const secret = fc.stringMatching(/^[a-z]{4}-9[0-9]{5}$/)
    const record = fc.dictionary(words, fc.oneof(secret, fc.array(secret, { maxLength: 2 })), {
      noNullPrototype: true,
    })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), topics, (records, topic) => {
        const given = [{ name: 'one', bytes: Buffer.from(JSON.stringify({ records })) }]
        const { document, decisions } = learnMapping({ samples: given, topic })
        const said = `${document}${JSON.stringify(decisions)}`
        assert.doesNotMatch(said, /[a-z]{4}-9[0-9]{5}/)
      }),
      { numRuns },
    )
  })

  test('is one whatever people answer', () => {
    const path = fc.constantFrom(
      'events[0].data.currency',
      'constants.zone',
      'events[0].type',
      'nowhere[3].at.all',
    )
    fc.assert(
      fc.property(json, path, fc.string({ maxLength: 30 }), (value, at, answer) => {
        const given = [{ name: 'one', bytes: Buffer.from(JSON.stringify(value)) }]
        const { document } = learnMapping({
          samples: given,
          topic: 'returns',
          hints: { answers: { [at]: answer } },
        })
        assert.equal(typeof document, 'string')
      }),
      { numRuns },
    )
  })
})

describe('a draft learned from what shall keep a process busy', () => {
  const limitMs = 5_000
  const hostile: Readonly<Record<string, () => string>> = {
    'a list that is 100,000 rows long': () => `sku;qty;reason\n${'P-1;2;defekt\n'.repeat(100_000)}`,
    'rows with 500 columns': () =>
      `${Array.from({ length: 500 }, (_, index) => `order number ${index}`).join(',')}\n${`${Array(500).fill('1').join(',')}\n`.repeat(100)}`,
    'objects with 20,000 different keys': () =>
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`order${index}`, index])),
      ),
    'lists in lists in lists': () => '['.repeat(50) + ']'.repeat(50),
    'names as long as books': () =>
      JSON.stringify({ ['bestell'.repeat(5_000)]: 1, ['dagnoid'.repeat(5_000)]: 2 }),
    'values of which none is like another': () =>
      JSON.stringify(
        Array.from({ length: 20_000 }, (_, index) => ({
          reason: `r${index}`,
          status: `s${index}`,
        })),
      ),
    'texts that are nearly numbers': () =>
      JSON.stringify({ list: Array.from({ length: 3_000 }, () => '1'.repeat(60_000 / 100)) }),
  }
  for (const [what, make] of Object.entries(hostile)) {
    test(`with ${what} comes soon`, () => {
      const given = [{ name: 'hostile', bytes: Buffer.from(make()) }]
      const startedMs = performance.now()
      const { document } = learnMapping({ samples: given, topic: 'returns' })
      assert.ok(performance.now() - startedMs < limitMs)
      assert.ok(parseMapping(document).ok)
    })
  }
})
