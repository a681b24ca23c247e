import { Big } from 'big.js'
import { z } from 'zod'

/** Factors reach from milligrams to tonnes, so they keep their significant digits and not their decimals. */
const factor = z.number().transform((value) => new Big(value.toPrecision(12)))

/**
 * A unit of measure. Up to version 18 `factor` says how many of it make one reference unit and `factor_inv` the
 * opposite; from 19 on there is `factor` alone, with the meaning of the latter.
 */
export const unit = z
  .object({
    id: z.int(),
    name: z.union([z.string(), z.literal(false).transform(() => '')]),
    factor,
    factor_inv: factor.optional(),
  })
  .transform(({ id, name, factor: size, factor_inv }) => ({ id, name, size: factor_inv ?? size }))
export type Unit = z.output<typeof unit>

const decimals = 6

/** A quantity in another unit of the same kind; as it is where one of the units is not known. */
export function convert(quantity: string | Big, from: Unit | null, to: Unit | null): Big {
  const value = new Big(quantity)
  if (from === null || to === null || from.id === to.id || to.size.eq(0)) return value
  return value.times(from.size).div(to.size).round(decimals)
}

/** Odoo's own units by their English names, as UN/ECE Recommendation 20 has them. */
const codes: Readonly<Record<string, string>> = {
  units: 'EA',
  unit: 'EA',
  pieces: 'EA',
  dozens: 'DZN',
  hours: 'HUR',
  days: 'DAY',
  kg: 'KGM',
  g: 'GRM',
  t: 'TNE',
  lb: 'LBR',
  oz: 'ONZ',
  mm: 'MMT',
  cm: 'CMT',
  m: 'MTR',
  km: 'KMT',
  in: 'INH',
  ft: 'FOT',
  yd: 'YRD',
  mi: 'SMI',
  l: 'LTR',
  ml: 'MLT',
  'gal (us)': 'GLL',
  'qt (us)': 'QTL',
  'fl oz (us)': 'OZA',
  'm²': 'MTK',
  'ft²': 'FTK',
  'm³': 'MTQ',
  'ft³': 'FTQ',
  'in³': 'INQ',
  kwh: 'KWH',
}

/** The unit as the hub writes it: its code where it is one of Odoo's own, else its name as far as a code may hold it. */
export function unitCodeOf({ id, name }: Pick<Unit, 'id' | 'name'>): string {
  const known = codes[name.trim().toLowerCase()]
  if (known !== undefined) return known
  const plain = name
    .trim()
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  // Names that differ only at their end would become one.
  return plain === '' || plain.length > 16 ? `uom-${id}` : plain
}
