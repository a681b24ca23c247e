import { Big } from 'big.js'
import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { decimal, ids, many2one } from '../client/values.ts'

/** What was bought of a product: from which receipt it can go back, and at what price. */
export interface Purchase {
  readonly productId: number
  /** The move that brought it in. */
  readonly moveId: number
  readonly purchaseLineId: number
  readonly orderName: string
  /** For one unit of the product, without tax. */
  readonly price: Big
  readonly taxIds: readonly number[]
}

const moveRow = z.object({ id: z.int(), product_id: many2one, purchase_line_id: many2one })

const lineBase = z.object({
  id: z.int(),
  order_id: many2one,
  price_unit: decimal,
  discount: decimal,
  product_qty: decimal,
  product_uom_qty: decimal,
})
const lineRow = lineBase.extend({ tax_ids: ids })
/** Before Odoo 19. */
const olderRow = lineBase.extend({ taxes_id: ids })

/**
 * The last purchase of each product from a vendor. Two calls; none where purchasing is not installed.
 *
 * @returns by product id; a product that was never bought from them is missing.
 */
export async function lastPurchases(
  odoo: Odoo,
  { vendorId, productIds }: { readonly vendorId: number; readonly productIds: readonly number[] },
): Promise<ReadonlyMap<number, Purchase>> {
  const known = await odoo.fieldsOf('stock.move', ['purchase_line_id'])
  if (known.size === 0) return new Map()
  const moves = await odoo.search('stock.move', {
    domain: [
      ['product_id', 'in', [...productIds]],
      ['state', '=', 'done'],
      ['location_id.usage', '=', 'supplier'],
      ['purchase_line_id.order_id.partner_id', 'child_of', [vendorId]],
    ],
    row: moveRow,
    order: 'date desc, id desc',
    limit: 200,
  })
  const newest = productIds.flatMap(
    (id) => moves.find(({ product_id }) => product_id?.id === id) ?? [],
  )
  const lineIds = newest.flatMap(({ purchase_line_id }) => purchase_line_id?.id ?? [])
  const lines = await readLines(odoo, lineIds)
  return new Map(
    newest.flatMap(({ id, product_id, purchase_line_id }) => {
      const line = lines.find((one) => one.id === purchase_line_id?.id)
      if (line === undefined || product_id === null) return []
      const { order_id, taxIds } = line
      const purchase = {
        productId: product_id.id,
        moveId: id,
        purchaseLineId: line.id,
        orderName: order_id?.name ?? '',
        price: priceOf(line),
        taxIds,
      }
      return [[product_id.id, purchase] as const]
    }),
  )
}

async function readLines(odoo: Odoo, lineIds: readonly number[]) {
  const fields = await odoo.fieldsOf('purchase.order.line', ['tax_ids'])
  if (fields.size > 0) {
    const rows = await odoo.read('purchase.order.line', lineIds, lineRow)
    return rows.map((row) => ({ ...row, taxIds: row.tax_ids }))
  }
  const rows = await odoo.read('purchase.order.line', lineIds, olderRow)
  return rows.map((row) => ({ ...row, taxIds: row.taxes_id }))
}

/** The order's price is for its own unit: Odoo has the quantity in both. */
function priceOf({
  price_unit,
  discount,
  product_qty,
  product_uom_qty,
}: z.output<typeof lineBase>): Big {
  const factor = Number(product_qty) === 0 ? new Big(1) : new Big(product_uom_qty).div(product_qty)
  const net = new Big(price_unit).times(new Big(100).minus(discount)).div(100)
  return factor.eq(0) ? net : net.div(factor)
}
