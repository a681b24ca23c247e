import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { runs } from '../../domain/histories.test.ts'
import {
  compilePolicyText,
  evaluatePolicy,
  type PolicyInputs,
  runExamples,
} from '../../domain/index.ts'
import { type FieldType, inputTypes } from '../../domain/policy/inputs.ts'

const path = new URL('../../../policies/standard-returns.yaml', import.meta.url)
const compiled = compilePolicyText(readFileSync(path, 'utf8'), { version: 1 })
assert.ok(compiled.ok, JSON.stringify(compiled))
const standard = compiled.policy

describe('the rules that come with the hub', () => {
  const results = runExamples(standard)

  for (const { name, differences } of results) {
    test(`decide on ${name}`, () => assert.deepEqual(differences, []))
  }

  test('each speak in some example', () => {
    const spoken = results.flatMap(({ decision }) => decision.reasons.map(({ rule }) => rule))
    assert.deepEqual(
      standard.rules.filter(({ id }) => !spoken.includes(id)).map(({ id }) => id),
      [],
    )
  })
})

/** Any value of a field, null where it can be. */
function fieldOf(type: FieldType): fc.Arbitrary<unknown> {
  if (typeof type === 'object') {
    return 'one' in type ? objectOf(type.one) : fc.array(objectOf(type.many), { maxLength: 3 })
  }
  const plain: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
    text: fc.oneof(
      fc.constantFrom('EUR', 'customer', 'seller', '2026-10-01T08:00:00.000Z', ''),
      fc.string({ maxLength: 20 }),
    ),
    integer: fc.integer({ min: 0, max: 10_000_000_000_000 }),
    quantity: fc.constantFrom('0', '1', '4', '0.333333', '999999999999.999999'),
    'yes or no': fc.boolean(),
    texts: fc.array(fc.constantFrom('SN-1', 'SN-2', 'hygiene'), { maxLength: 3 }),
  }
  const value = plain[type.replace('?', '')] ?? fc.constant(null)
  return type.endsWith('?') ? fc.option(value) : value
}

function objectOf(type: keyof typeof inputTypes): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.entries<FieldType>(inputTypes[type])
  return fc.record(Object.fromEntries(fields.map(([name, of]) => [name, fieldOf(of)])))
}

const anyInputs = fc
  .record({
    case: objectOf('Case'),
    lines: fc.array(objectOf('Line'), { minLength: 1, maxLength: 4 }),
    order: objectOf('Order'),
    history: objectOf('History'),
  })
  .map((made) => {
    const lines = made.lines.map((line, index) => Object.assign(line, { lineNo: index + 1 }))
    return JSON.parse(JSON.stringify({ ...made, lines })) as PolicyInputs
  })

test('the same inputs come to the same decision, also after they were stored', () => {
  fc.assert(
    fc.property(anyInputs, (given) => {
      const decision = evaluatePolicy(standard, given)
      const stored = JSON.parse(JSON.stringify(decision.inputs)) as PolicyInputs
      assert.deepEqual(evaluatePolicy(standard, stored), decision)
    }),
    runs(1_000),
  )
})

test('whatever is known or not, every line is decided, and no more is authorized than was asked for', () => {
  fc.assert(
    fc.property(anyInputs, (given) => {
      const { lines, terms, reasons } = evaluatePolicy(standard, given)
      assert.deepEqual(
        lines.map(({ lineNo }) => lineNo),
        given.lines.map(({ lineNo }) => lineNo),
      )
      for (const [index, { verdict, quantity, fees }] of lines.entries()) {
        const line = given.lines[index]
        assert.ok(Number(quantity) <= Number(line?.quantity))
        if (verdict !== 'allow' && verdict !== 'modify') assert.equal(quantity, '0')
        for (const { netMinor, taxMinor } of fees) assert.ok(netMinor >= 0 && taxMinor >= 0)
      }
      const isAuthorized = lines.some(({ verdict }) => verdict === 'allow' || verdict === 'modify')
      assert.equal(terms !== null, isAuthorized)
      for (const { detail } of reasons) assert.ok(!detail?.startsWith('RULE_FAILED: undefined'))
    }),
    runs(1_000),
  )
})
