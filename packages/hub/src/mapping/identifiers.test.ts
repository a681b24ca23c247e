import assert from 'node:assert/strict'
import { test } from 'node:test'
import { searchKeys, valueKey } from './identifiers.ts'

test('identifiers compare without regard to case and blanks, in one form of Unicode', () => {
  assert.equal(valueKey('sku', '  Pump  12V '), valueKey('sku', 'pump 12v'))
  assert.equal(valueKey('sku', 'Cafe\u0301'), valueKey('sku', 'caf\u00e9'))
  assert.notEqual(valueKey('sku', 'PUMP-12'), valueKey('sku', 'PUMP12'))
})

test('ids are taken to the letter', () => {
  assert.equal(valueKey('id', ' AbC '), 'AbC')
})

test('a GTIN has one form, whatever its length; what is none is nothing to look for', () => {
  assert.equal(valueKey('gtin', '4006381333931'), '04006381333931')
  assert.equal(valueKey('gtin', '4006381333932'), null)
  assert.equal(valueKey('sku', '   '), null)
})

test('what says who somebody is becomes a digest that compares the same', () => {
  const key = valueKey('email', 'Kim@Example.com')
  assert.equal(key, valueKey('email', 'kim@example.com '))
  assert.ok(key !== null && !key.includes('kim'))
  assert.notEqual(key, valueKey('phone', 'kim@example.com'))
})

test('a value that is looked for could be an id, a SKU or a GTIN', () => {
  assert.deepEqual(searchKeys('4006381333931'), [
    { valueKey: '4006381333931', kinds: ['id'] },
    { valueKey: '4006381333931', kinds: ['sku', 'channel_sku', 'customer_part_no'] },
    { valueKey: '04006381333931', kinds: ['gtin'] },
  ])
})
