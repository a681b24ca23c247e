import type { CommandBody, ProductRef } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Domain, Odoo } from '../client/odoo.ts'
import { ids } from '../client/values.ts'
import { databaseIds } from './database-ids.ts'

type Goods = NonNullable<CommandBody<'credit.draft'>['lines']>[number]

const found = z.object({ id: z.int(), sale_line_ids: ids })

const posted: Domain = [
  ['parent_state', '=', 'posted'],
  ['move_id.move_type', '=', 'out_invoice'],
  ['display_type', '=', 'product'],
]

/**
 * The posted invoice lines of a line of the return, the oldest first: by the id that the hub was told, else by the
 * line of the order, else by the order and the product.
 *
 * @throws {TerminalError} INVOICE_LINE_AMBIGUOUS when several lines of the order are of the product.
 */
export async function findInvoiceLines(
  odoo: Odoo,
  goods: Goods,
  orderRefs: readonly string[],
): Promise<readonly number[]> {
  const named = databaseIds(goods.invoiceLine)
  if (named.length > 0) return named
  const orderLines = databaseIds(goods.orderLine)
  const domain: Domain | null =
    orderLines.length > 0
      ? [['sale_line_ids', 'in', orderLines]]
      : byProduct(goods.product, orderRefs)
  if (domain === null) return []
  const rows = await odoo.search('account.move.line', {
    domain: [...posted, ...domain],
    row: found,
    order: 'id',
  })
  const sold = new Set(rows.flatMap(({ sale_line_ids }) => sale_line_ids))
  if (orderLines.length === 0 && sold.size > 1) {
    const reason = `Several lines of the order are of the product of line ${goods.lineNo}; say which one it is.`
    throw new TerminalError({ code: 'INVOICE_LINE_AMBIGUOUS', reason })
  }
  return rows.map(({ id }) => id)
}

function byProduct({ erpId, sku, gtin }: ProductRef, orderRefs: readonly string[]): Domain | null {
  const [productId] = databaseIds(erpId)
  const product: readonly [string, string, unknown] | null =
    productId !== undefined
      ? ['product_id', '=', productId]
      : sku !== undefined
        ? ['product_id.default_code', '=', sku]
        : gtin !== undefined
          ? ['product_id.barcode', '=', gtin]
          : null
  if (product === null || orderRefs.length === 0) return null
  return [product, ...ofOrders(orderRefs)]
}

/** The line of the order that was invoiced last; null where nothing was. */
export async function findLastInvoiceLine(
  odoo: Odoo,
  orderRefs: readonly string[],
): Promise<number | null> {
  if (orderRefs.length === 0) return null
  const rows = await odoo.search('account.move.line', {
    domain: [...posted, ...ofOrders(orderRefs)],
    row: found,
    order: 'id desc',
    limit: 1,
  })
  return rows[0]?.id ?? null
}

function ofOrders(orderRefs: readonly string[]): Domain {
  return [
    '|',
    ['sale_line_ids.order_id.name', 'in', orderRefs],
    ['sale_line_ids.order_id.client_order_ref', 'in', orderRefs],
  ]
}
