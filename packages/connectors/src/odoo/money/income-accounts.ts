import type { Credit } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { nested, readNested, reference } from '../client/nested-read.ts'
import type { Odoo } from '../client/odoo.ts'
import type { AccountsOf } from './credit-note-document.ts'

const product = z.object({
  id: z.int(),
  property_account_income_id: reference,
  categ_id: nested(z.object({ id: z.int(), property_account_income_categ_id: reference })),
})

/** Income accounts of the products that fees and goodwill are booked on: the product's own, else its category's. */
export async function accountsOfProducts(odoo: Odoo, credit: Credit): Promise<AccountsOf> {
  const { feeProducts } = odoo.config
  const wanted = credit.fees.map(({ kind }) => feeProducts[kind] ?? feeProducts['*'])
  if (credit.goodwill) wanted.push(feeProducts['goodwill'])
  const ids = [...new Set(wanted.filter((id) => id !== undefined))]
  const rows = await readNested(odoo, 'product.product', { ids, row: product })
  return new Map(
    rows.flatMap(({ id, property_account_income_id, categ_id }) => {
      const account = property_account_income_id ?? categ_id?.property_account_income_categ_id
      return account === null || account === undefined ? [] : [[id, account] as const]
    }),
  )
}
