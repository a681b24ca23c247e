import type { MasterDataInput } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { nested } from '../client/nested-read.ts'
import { dateTime, text } from '../client/values.ts'
import type { Config } from '../config.ts'
import { plain } from '../orders/plain.ts'
import { companyCodeOf } from '../places.ts'
import { feedOf } from './feed.ts'

const row = z.object({
  id: z.int(),
  write_date: dateTime,
  active: z.boolean(),
  code: text,
  name: text,
  company_id: nested(z.object({ id: z.int(), name: text })),
})
type Row = z.output<typeof row>

export const warehouses = feedOf<'warehouses', typeof row>(async ({ config }) => ({
  source: { model: 'stock.warehouse', domain: [], row },
  belongings: [],
  itemsOf: (rows) => rows.map((one) => warehouseOf(one, config)),
}))

function warehouseOf(one: Row, config: Config): MasterDataInput<'warehouses'> {
  const { id, active, write_date, code, name, company_id } = one
  const short = plain(code, 64)
  const called = plain(name, 300)
  const named = company_id === null ? null : companyCodeOf(config, company_id.id)
  const company = named ?? plain(company_id?.name ?? null, 64)
  return {
    id: String(id),
    isActive: active,
    ...(write_date === null ? {} : { updatedAt: write_date }),
    ...(short === undefined ? {} : { code: short }),
    ...(called === undefined ? {} : { name: called }),
    ...(company === undefined ? {} : { company }),
  }
}
