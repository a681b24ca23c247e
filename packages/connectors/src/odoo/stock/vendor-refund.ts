import { Big } from 'big.js'
import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import type { Odoo } from '../client/odoo.ts'
import { decimal, many2one, text } from '../client/values.ts'
import { creditReference, externalId } from '../references.ts'
import type { Purchase } from './purchases.ts'

export interface ClaimedGoods {
  readonly productId: number
  /** In the product's own unit. */
  readonly quantity: Big
  readonly purchase: Purchase | null
}

export interface VendorRefund {
  readonly id: number
  /** With tax, in the currency of the document. */
  readonly amount: string
  readonly currency: string
}

const costRow = z.object({ id: z.int(), standard_price: decimal })
const refundRow = z.object({
  id: z.int(),
  amount_total: decimal,
  currency_id: many2one,
  state: text,
})

/**
 * Drafts the refund that a vendor owes, and leaves it to accounting: their number and date come with their own
 * document. Odoo's own button on the purchase order makes an empty second one when it is pressed again; this is
 * found by its external id.
 *
 * Goods without a purchase are claimed at cost. Two calls, one more for those.
 */
export async function draftVendorRefund(
  odoo: Odoo,
  claim: {
    readonly caseNo: string
    readonly claimId: string
    readonly vendorId: number
    readonly goods: readonly ClaimedGoods[]
  },
): Promise<VendorRefund> {
  const { caseNo, claimId, vendorId, goods } = claim
  const costs = await costsOf(odoo, goods)
  const key = externalId(odoo.config, caseNo, 'claim', claimId, 'refund')
  const orders = [...new Set(goods.flatMap(({ purchase }) => purchase?.orderName ?? []))]
  const id = await getOrCreate(odoo, 'account.move', {
    key,
    values: {
      move_type: 'in_refund',
      'partner_id/.id': vendorId,
      ref: creditReference(caseNo, claimId),
      invoice_origin: orders.join(', '),
      invoice_date: odoo.now.toISOString().slice(0, 10),
    },
    lines: {
      field: 'invoice_line_ids',
      records: goods.map((one, index) => ({
        key: `${key}-line${index + 1}`,
        values: lineValues(one, costs),
      })),
    },
  })
  const [refund] = await odoo.read('account.move', [id], refundRow)
  return { id, amount: refund?.amount_total ?? '0', currency: refund?.currency_id?.name ?? '' }
}

function lineValues(
  { productId, quantity, purchase }: ClaimedGoods,
  costs: ReadonlyMap<number, string>,
) {
  const price = purchase?.price ?? new Big(costs.get(productId) ?? 0)
  return {
    'product_id/.id': productId,
    quantity: quantity.toFixed(),
    price_unit: price.round(6).toFixed(),
    ...(purchase === null
      ? {}
      : { 'purchase_line_id/.id': purchase.purchaseLineId, 'tax_ids/.id': purchase.taxIds }),
  }
}

async function costsOf(
  odoo: Odoo,
  goods: readonly ClaimedGoods[],
): Promise<ReadonlyMap<number, string>> {
  const unbought = goods
    .filter(({ purchase }) => purchase === null)
    .map(({ productId }) => productId)
  const rows = await odoo.read('product.product', [...new Set(unbought)], costRow)
  return new Map(rows.map(({ id, standard_price }) => [id, standard_price]))
}
