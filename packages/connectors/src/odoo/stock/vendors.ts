import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { text } from '../client/values.ts'
import { idOf } from './lines.ts'
import { refusal } from './refusals.ts'

const row = z.object({ id: z.int(), ref: text, name: text })

/**
 * The vendor as a partner: by their reference, else by name, else by the database id.
 *
 * @throws {TerminalError} VENDOR_UNKNOWN, VENDOR_AMBIGUOUS.
 */
export async function findVendor(odoo: Odoo, vendor: string): Promise<number> {
  const id = idOf(vendor)
  const byId = id === null ? [] : ([['id', '=', id]] as const)
  const domain = [
    ...(id === null ? ['|'] : ['|', '|']),
    ['ref', '=', vendor] as const,
    ['name', '=', vendor] as const,
    ...byId,
  ]
  const rows = await odoo.search('res.partner', { domain, row, order: 'id' })
  const candidates = [
    rows.filter(({ ref }) => ref === vendor),
    rows.filter(({ name }) => name === vendor),
    rows.filter((one) => one.id === id),
  ]
  const found = candidates.find((some) => some.length > 0) ?? []
  const [first] = found
  if (first === undefined) throw refusal('vendorUnknown', `Odoo knows no vendor ${vendor}`)
  if (found.length > 1) throw refusal('vendorAmbiguous', `Odoo knows several vendors ${vendor}`)
  return first.id
}
