import type { Big } from 'big.js'
import { HaltError } from '../../platform/expression/language.ts'
import type { ProductIdKind, ProductWords } from '../words.ts'
import type { MappingFunction } from './mapping-function.ts'
import { decimalOf, isNothing, textOf } from './scalars.ts'
import { currentRun, UnknownWordError } from './seat.ts'
import { findProduct, vocabulary } from './words.ts'

/** The contract's: digits after the point, and before it. */
const decimals = 6
const wholeLimit = 1e12
/** Unit of products that nobody has described yet. */
const plainUnit = 'EA'

export const quantityFunctions: readonly MappingFunction[] = [
  {
    name: 'quantity',
    signatures: ['quantity(dyn): dyn', 'quantity(dyn, dyn): dyn', 'quantity(dyn, dyn, dyn): dyn'],
    does: "A quantity in base units, as contracts write it. The unit is a word of the source; left out, it is the base unit. The product is a SKU, or what product() gave; its packs say how many base units one unit is. A pack that the product does not have parks the message with MD02, since a guess would return other goods than the customer's.",
    example: { expression: 'quantity("2", "case", "PUMP-12V")', result: '"48"' },
    call: (value: unknown, unit?: unknown, product?: unknown) =>
      measure(value, { unit, product })?.base ?? null,
  },
  {
    name: 'said',
    signatures: ['said(dyn, dyn): dyn', 'said(dyn, dyn, dyn): dyn'],
    does: 'The quantity as it was said, {value, unit, baseRatio}, for the field of that name; nothing where it was said in base units.',
    example: {
      expression: 'said("2", "case", "PUMP-12V")',
      result: '{"value": "2", "unit": "CS", "baseRatio": "24"}',
    },
    call: said,
  },
  {
    name: 'baseUnit',
    signatures: ['baseUnit(dyn): dyn', 'baseUnit(dyn, dyn): dyn'],
    does: "The unit that the product's stock is kept in: baseUnit(unit, product). Where the product is not known yet, the unit itself.",
    example: { expression: 'baseUnit("case", "PUMP-12V")', result: '"EA"' },
    call: (unit: unknown, product?: unknown) => unitsOf({ unit, product }).baseUnit,
  },
]

interface Named {
  readonly unit?: unknown
  readonly product?: unknown
}

function said(value: unknown, unit: unknown, product?: unknown): Record<string, string> | null {
  const measured = measure(value, { unit, product })
  if (!measured || measured.unit === measured.baseUnit) return null
  return { value: measured.said, unit: measured.unit, baseRatio: measured.ratio }
}

function measure(value: unknown, named: Named) {
  if (isNothing(value)) return null
  const amount = decimalOf(value)
  const { unit, baseUnit, productId } = unitsOf(named)
  const ratio = unit === baseUnit ? '1' : packRatio(productId, unit)
  const base = amount.times(ratio)
  return { base: wireQuantity(base), said: wireQuantity(amount), unit, baseUnit, ratio }
}

function unitsOf({ unit, product }: Named) {
  const known = isNothing(product) ? null : productOf(product)
  const word = vocabulary('unit', unit ?? null)
  const baseUnit = known?.baseUnit ?? word ?? plainUnit
  return { unit: word ?? baseUnit, baseUnit, productId: known?.productId ?? null }
}

/** The product of a SKU, or of what `product` gave. */
function productOf(product: unknown): ProductWords | null {
  if (typeof product !== 'object' || product === null) return findProduct('sku', textOf(product))
  const fields: readonly (readonly [string, ProductIdKind])[] = [
    ['erpId', 'id'],
    ['sku', 'sku'],
    ['gtin', 'gtin'],
    ['channelSku', 'channel_sku'],
    ['customerPartNo', 'customer_part_no'],
  ]
  for (const [field, kind] of fields) {
    const value = Object.hasOwn(product, field) ? (product as Record<string, unknown>)[field] : null
    if (!isNothing(value)) return findProduct(kind, textOf(value))
  }
  return null
}

function packRatio(productId: string | null, unit: string): string {
  const run = currentRun()
  const ratio = run.words.packRatio(productId, unit)
  if (ratio !== null) return ratio
  run.hasMismatch = true
  throw new UnknownWordError(`how many base units one ${unit} of this product is, is not known`)
}

function wireQuantity(amount: Big): string {
  if (amount.lt(0)) throw new HaltError('takes no quantity below zero')
  if (amount.gte(wholeLimit)) throw new HaltError('takes quantities below 1,000,000,000,000')
  if (!amount.eq(amount.round(decimals))) {
    throw new HaltError(`takes quantities of at most ${decimals} decimals`)
  }
  return amount.toFixed()
}
