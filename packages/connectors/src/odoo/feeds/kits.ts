import { Big } from 'big.js'
import { z } from 'zod'
import { nested, reference, searchNested } from '../client/nested-read.ts'
import type { Odoo } from '../client/odoo.ts'
import { dateTime, decimal, ids } from '../client/values.ts'
import { convert, unit } from '../orders/units.ts'
import { belonging } from './feed.ts'

const attributeValue = z.object({ id: z.int(), attribute_id: reference })

const bom = z.object({
  id: z.int(),
  product_id: reference,
  product_tmpl_id: reference,
  product_qty: decimal,
  product_uom_id: nested(unit),
  bom_line_ids: z.array(
    z.object({
      id: z.int(),
      product_id: nested(z.object({ id: z.int(), uom_id: nested(unit) })),
      product_qty: decimal,
      product_uom_id: nested(unit),
      bom_product_template_attribute_value_ids: z.array(attributeValue),
    }),
  ),
})
type Bom = z.output<typeof bom>

/** A product, as far as it takes to find what it is made of. */
export interface MaybeKit {
  readonly id: number
  readonly product_tmpl_id: number | null
  readonly uom_id: z.output<typeof unit> | null
  readonly product_template_attribute_value_ids: readonly number[]
}

export interface Component {
  readonly productId: string
  readonly ratio: string
}

const mostBoms = 2_000
const decimals = 6

/** What the kits among products are made of, by their ids: the bills of materials that are sold as one and shipped as parts. */
export async function componentsOf(
  odoo: Odoo,
  products: readonly MaybeKit[],
  isAbsent: (path: string) => boolean,
): Promise<ReadonlyMap<number, readonly Component[]>> {
  if (products.length === 0) return new Map()
  const templates = products.flatMap(({ product_tmpl_id }) => product_tmpl_id ?? [])
  const boms = await searchNested(odoo, 'mrp.bom', {
    domain: [
      ['type', '=', 'phantom'],
      ['product_tmpl_id', 'in', [...new Set(templates)]],
    ],
    row: bom,
    isAbsent,
    order: 'sequence, id',
    limit: mostBoms,
  })
  return new Map(
    products.flatMap((product) => {
      const own = bomOf(product, boms)
      return own ? [[product.id, partsOf(own, product)] as const] : []
    }),
  )
}

/** That of the variant goes before that of all variants, as in Odoo. */
function bomOf(product: MaybeKit, boms: readonly Bom[]): Bom | undefined {
  return (
    boms.find(({ product_id }) => product_id === product.id) ??
    boms.find(
      ({ product_id, product_tmpl_id }) =>
        product_id === null && product_tmpl_id === product.product_tmpl_id,
    )
  )
}

function partsOf({ bom_line_ids, product_qty, product_uom_id }: Bom, kit: MaybeKit): Component[] {
  const made = convert(product_qty, product_uom_id, kit.uom_id)
  const ratios = new Map<number, Big>()
  for (const line of bom_line_ids.filter((one) => isForVariant(one, kit))) {
    if (line.product_id === null || made.lte(0)) continue
    const needed = convert(line.product_qty, line.product_uom_id, line.product_id.uom_id)
    const before = ratios.get(line.product_id.id) ?? new Big(0)
    ratios.set(line.product_id.id, before.plus(needed.div(made)))
  }
  return [...ratios].flatMap(([id, ratio]) => {
    const rounded = ratio.round(decimals)
    return rounded.gt(0) ? [{ productId: String(id), ratio: rounded.toFixed() }] : []
  })
}

/** A line may be for some variants only: then the variant has one of its values of each attribute. */
function isForVariant(
  { bom_product_template_attribute_value_ids: values }: Bom['bom_line_ids'][number],
  { product_template_attribute_value_ids: own }: MaybeKit,
): boolean {
  const attributes = new Set(values.map(({ attribute_id }) => attribute_id))
  return [...attributes].every((attribute) =>
    values.some(({ id, attribute_id }) => attribute_id === attribute && own.includes(id)),
  )
}

const changedBom = z.object({
  id: z.int(),
  write_date: dateTime,
  product_id: reference,
  product_tmpl_id: nested(z.object({ id: z.int(), product_variant_ids: ids })),
})

/** Of whatever type they are now: one that is a kit no more changes its product, too. */
export const changedBoms = belonging(
  { model: 'mrp.bom', domain: [], row: changedBom },
  ({ product_id, product_tmpl_id }) =>
    product_id === null ? (product_tmpl_id?.product_variant_ids ?? []) : [product_id],
)
