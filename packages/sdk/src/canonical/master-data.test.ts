import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { normalizeGtin, partyRecord, productRecord } from './master-data.ts'

describe('a GTIN', () => {
  // The examples of GS1 for each length.
  const sound: Readonly<Record<string, string>> = {
    '96385074': '00000096385074',
    '614141007349': '00614141007349',
    '4006381333931': '04006381333931',
    '10614141543219': '10614141543219',
  }
  for (const [said, whole] of Object.entries(sound)) {
    test(`of ${said.length} digits is taken, and has 14 from then on`, () => {
      assert.equal(normalizeGtin(said), whole)
      assert.equal(normalizeGtin(whole), whole)
    })
  }

  test('whose last digit does not fit is none', () => {
    for (const digits of Object.keys(sound)) {
      const wrong = `${digits.slice(0, -1)}${(Number(digits.at(-1)) + 1) % 10}`
      assert.equal(normalizeGtin(wrong), null)
    }
  })

  test('with two neighboring digits swapped is none', () => {
    assert.equal(normalizeGtin('4060381333931'), null)
  })

  test('is neither of another length, nor zeros only, nor of anything but digits', () => {
    for (const text of [
      '',
      '0',
      '00000000',
      '123456789',
      '400638133393I',
      '4006381333931x',
      '١٢٣٤٥٦٧٠',
    ]) {
      assert.equal(normalizeGtin(text), null, text)
    }
  })
})

describe('a product', () => {
  test('needs an id only', () => {
    const { id, baseUnit, isActive, units } = productRecord.parse({ id: '4711' })
    assert.deepEqual([id, baseUnit, isActive, units], ['4711', 'EA', true, []])
  })

  test('says of a wrong GTIN that it is one, wherever it stands', () => {
    for (const wrong of [
      { gtin: '4006381333932' },
      { identifiers: [{ kind: 'gtin', value: '4006381333932' }] },
    ]) {
      const { error } = productRecord.safeParse({ id: '1', ...wrong })
      const codes = error?.issues.map((issue) => issue.code === 'custom' && issue.params?.['code'])
      assert.deepEqual(codes, ['GTIN_INVALID'])
    }
  })

  test('is packed by ratios above zero', () => {
    const { success } = productRecord.safeParse({ id: '1', units: [{ unit: 'CS', ratio: '0' }] })
    assert.equal(success, false)
  })
})

test('a party is named in as many namespaces as its systems have', () => {
  const { identifiers } = partyRecord.parse({
    id: 'P-1',
    identifiers: [
      { kind: 'account', scope: 'shop', value: '77' },
      { kind: 'email', value: 'kim@example.com' },
    ],
  })
  assert.deepEqual(
    identifiers.map(({ scope }) => scope),
    ['shop', ''],
  )
})
