import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unitCode } from '@backhaul/sdk/canonical'
import { convert, unit, unitCodeOf } from './units.ts'

test('a dozen are twelve pieces, by the factors of any version', () => {
  const new19 = {
    piece: { id: 1, name: 'Units', factor: 1 },
    dozen: { id: 3, name: 'Dozens', factor: 12 },
  }
  const old17 = {
    piece: { id: 1, name: 'Units', factor: 1, factor_inv: 1 },
    dozen: { id: 3, name: 'Dozens', factor: 0.0833333333333333, factor_inv: 12.000000000000004 },
  }
  for (const { piece, dozen } of [new19, old17]) {
    const [pieces, dozens] = [unit.parse(piece), unit.parse(dozen)]
    assert.equal(convert('3', dozens, pieces).toFixed(), '36')
    assert.equal(convert('36', pieces, dozens).toFixed(), '3')
    assert.equal(convert('100000', dozens, pieces).toFixed(), '1200000')
  }
})

test('small units keep their digits', () => {
  const gram = unit.parse({ id: 2, name: 'g', factor: 1000, factor_inv: 0.001 })
  const tonne = unit.parse({ id: 4, name: 't', factor: 0.001, factor_inv: 1000 })
  assert.equal(convert('1', tonne, gram).toFixed(), '1000000')
  assert.equal(convert('5', gram, tonne).toFixed(), '0.000005')
})

test('a quantity stays as it is where a unit is not known', () => {
  const piece = unit.parse({ id: 1, name: 'Units', factor: 1 })
  assert.equal(convert('2', null, piece).toFixed(), '2')
  assert.equal(convert('2', piece, null).toFixed(), '2')
})

test('a unit has a code that the hub takes, and its own where it has none', () => {
  const names = [
    'Units',
    'm²',
    'Pack of 6',
    'Karton à 12',
    '',
    '   ',
    'A very long name of a unit',
    '箱',
  ]
  const codes = names.map((name, index) => unitCodeOf({ id: index + 1, name }))
  for (const code of codes) unitCode.parse(code)
  assert.deepEqual(codes, [
    'EA',
    'MTK',
    'Pack-of-6',
    'Karton-12',
    'uom-5',
    'uom-6',
    'uom-7',
    'uom-8',
  ])
})
