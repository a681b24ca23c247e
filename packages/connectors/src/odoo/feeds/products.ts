import { type MasterDataInput, normalizeGtin } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { nested, reference } from '../client/nested-read.ts'
import type { Odoo } from '../client/odoo.ts'
import { dateTime, decimal, ids, text } from '../client/values.ts'
import { mayRead } from '../orders/abilities.ts'
import { plain } from '../orders/plain.ts'
import { convert, unit, unitCodeOf } from '../orders/units.ts'
import { belonging, feedOf } from './feed.ts'
import { type Component, changedBoms, componentsOf } from './kits.ts'
import type { Source } from './read-page.ts'

const row = z.object({
  id: z.int(),
  write_date: dateTime,
  active: z.boolean(),
  name: text,
  default_code: text,
  barcode: text,
  product_tmpl_id: reference,
  uom_id: nested(unit),
  categ_id: nested(z.object({ id: z.int(), complete_name: text })),
  all_product_tag_ids: z.array(z.object({ id: z.int(), name: text })),
  product_template_attribute_value_ids: ids,
  // Units that it is packed in: from 19 on.
  uom_ids: z.array(unit).optional(),
  // Packages with a name and a number of pieces: up to 18.
  packaging_ids: z.array(z.object({ id: z.int(), name: text, qty: decimal })).optional(),
})
type Row = z.output<typeof row>

const changedPackage = z.object({ id: z.int(), write_date: dateTime, product_id: reference })
const changedPackages = belonging(
  { model: 'product.packaging', domain: [], row: changedPackage },
  ({ product_id }) => [product_id],
)

const mostUnits = 50
const mostTags = 100
const mostComponents = 500

/**
 * Products, each variant for itself, with what they are packed in and what kits are made of. A barcode that is no
 * GTIN is a further reference: people scan it all the same.
 */
export const products = feedOf<'products', typeof row>(async (odoo) => {
  const source = await sourceOf(odoo)
  const isAbsent = source.isAbsent ?? (() => false)
  const hasKits = await mayRead(odoo, 'mrp.bom')
  const hasPackages = !isAbsent('packaging_ids')
  return {
    source,
    belongings: [...(hasKits ? [changedBoms] : []), ...(hasPackages ? [changedPackages] : [])],
    itemsOf: async (rows) => {
      const components = hasKits ? await componentsOf(odoo, rows, isAbsent) : new Map()
      return rows.map((one) => productOf(one, components.get(one.id) ?? []))
    },
  }
})

async function sourceOf(odoo: Odoo): Promise<Source<typeof row>> {
  const found = await odoo.fieldsOf('product.product', ['uom_ids', 'packaging_ids'])
  const ofUnits = await odoo.fieldsOf('uom.uom', ['factor_inv'])
  const isAbsent = (path: string) => {
    if (path === 'uom_ids' || path === 'packaging_ids') return !found.has(path)
    return path.endsWith('factor_inv') && !ofUnits.has('factor_inv')
  }
  return { model: 'product.product', domain: [], row, isAbsent }
}

function productOf(one: Row, components: readonly Component[]): MasterDataInput<'products'> {
  const { id, active, write_date, default_code, barcode, name, categ_id } = one
  const sku = plain(default_code, 100)
  const code = plain(barcode, 100)
  const gtin = code !== undefined && normalizeGtin(code) !== null ? code : undefined
  const alias = gtin === undefined && code !== sku ? code : undefined
  const category = plain(categ_id?.complete_name ?? null, 200)
  const called = plain(name, 300)
  return {
    id: String(id),
    isActive: active,
    ...(write_date === null ? {} : { updatedAt: write_date }),
    ...(sku === undefined ? {} : { sku }),
    ...(gtin === undefined ? {} : { gtin }),
    ...(called === undefined ? {} : { name: called }),
    ...(one.uom_id === null ? {} : { baseUnit: unitCodeOf(one.uom_id) }),
    ...(category === undefined ? {} : { category }),
    tags: one.all_product_tag_ids.flatMap((tag) => plain(tag.name, 100) ?? []).slice(0, mostTags),
    identifiers: alias === undefined ? [] : [{ kind: 'sku', value: alias }],
    units: unitsOf(one),
    components: components.slice(0, mostComponents),
  }
}

function unitsOf({ uom_id, uom_ids = [], packaging_ids = [] }: Row) {
  const packed = [
    ...uom_ids.map((one) => ({ unit: unitCodeOf(one), ratio: convert('1', one, uom_id) })),
    ...packaging_ids.map(({ id, name, qty }) => ({
      unit: unitCodeOf({ id, name: name ?? '' }),
      ratio: convert(qty, null, null),
    })),
  ]
  const byUnit = new Map(packed.map((one) => [one.unit, one.ratio]))
  const base = uom_id === null ? undefined : unitCodeOf(uom_id)
  return [...byUnit]
    .filter(([name, ratio]) => name !== base && ratio.gt(0))
    .map(([name, ratio]) => ({ unit: name, ratio: ratio.toFixed() }))
    .slice(0, mostUnits)
}
