import type { MasterDataInput } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { reference } from '../client/nested-read.ts'
import type { Domain, Odoo } from '../client/odoo.ts'
import { parseAs } from '../client/odoo.ts'
import { dateTime, text } from '../client/values.ts'
import { mayRead } from '../orders/abilities.ts'
import { plain } from '../orders/plain.ts'
import { belonging, feedOf } from './feed.ts'

const row = z.object({
  id: z.int(),
  write_date: dateTime,
  active: z.boolean(),
  name: text,
  ref: text,
})
type Row = z.output<typeof row>

const changedPrice = z.object({ id: z.int(), write_date: dateTime, partner_id: reference })
const changedPrices = belonging(
  { model: 'product.supplierinfo', domain: [], row: changedPrice },
  ({ partner_id }) => [partner_id],
)

/** Who was bought from, and who stands in a product's list of vendors before that. */
export const vendors = feedOf<'vendors', typeof row>(async (odoo) => {
  const hasPrices = await mayRead(odoo, 'product.supplierinfo')
  const listed = hasPrices ? await listedVendors(odoo) : []
  const ranks = await odoo.fieldsOf('res.partner', ['supplier_rank'])
  const isListed = ['id', 'in', listed] as const
  const domain: Domain = ranks.has('supplier_rank')
    ? ['|', ['supplier_rank', '>', 0], isListed]
    : [isListed]
  return {
    source: { model: 'res.partner', domain, row },
    belongings: hasPrices ? [changedPrices] : [],
    itemsOf: (rows) => rows.map(vendorOf),
  }
})

const group = z.object({
  partner_id: z.union([z.tuple([z.int(), z.string()]), z.literal(false)]),
})

/** Ids of all vendors in price lists, each once: a group for each, not a row for each product. */
async function listedVendors(odoo: Odoo): Promise<number[]> {
  const isNew = odoo.server.version >= 19
  const method = isNew ? 'formatted_read_group' : 'read_group'
  const named = isNew
    ? { domain: [], groupby: ['partner_id'], aggregates: [] }
    : { domain: [], groupby: ['partner_id'], fields: ['partner_id'], lazy: false }
  const groups = await odoo.ask('product.supplierinfo', method, { named })
  const about = { call: `product.supplierinfo.${method}`, isRead: true }
  const rows = parseAs(z.array(group), groups, about)
  return rows.flatMap(({ partner_id }) => (partner_id === false ? [] : [partner_id[0]]))
}

function vendorOf({ id, active, write_date, name, ref }: Row): MasterDataInput<'vendors'> {
  const code = plain(ref, 64)
  const called = plain(name, 300)
  return {
    id: String(id),
    isActive: active,
    ...(write_date === null ? {} : { updatedAt: write_date }),
    ...(code === undefined ? {} : { code }),
    ...(called === undefined ? {} : { name: called }),
  }
}
