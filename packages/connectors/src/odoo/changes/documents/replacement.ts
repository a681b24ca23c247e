import type { PolledMessage } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { nested, readNested, reference } from '../../client/nested-read.ts'
import type { Odoo } from '../../client/odoo.ts'
import { dateTime, text } from '../../client/values.ts'
import { parseReference } from '../../references.ts'
import { messageOf } from './message.ts'

const delivery = z.object({
  id: z.int(),
  state: z.string(),
  date_done: dateTime,
  location_dest_id: nested(z.object({ id: z.int(), usage: z.string() })),
  carrier_tracking_ref: text.optional(),
  carrier_id: nested(z.object({ id: z.int(), name: text })).optional(),
})

const order = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  origin: text,
  create_uid: reference,
  partner_id: reference,
  company_id: reference,
  picking_ids: z.array(delivery).optional(),
})
type Order = z.output<typeof order>

/** Orders that replace what came back, with how far their deliveries are. */
export async function replacementMessages(
  odoo: Odoo,
  ids: readonly number[],
): Promise<PolledMessage[]> {
  if (ids.length === 0) return []
  const absent = new Set(['picking_ids', 'carrier_tracking_ref', 'carrier_id'])
  for (const name of await odoo.fieldsOf('sale.order', ['picking_ids'])) absent.delete(name)
  const carried = await odoo.fieldsOf('stock.picking', ['carrier_tracking_ref', 'carrier_id'])
  for (const name of carried) absent.delete(name)
  const isAbsent = (path: string) => absent.has(path.split('.').at(-1) ?? '')
  const rows = await readNested(odoo, 'sale.order', { ids, row: order, isAbsent })
  return rows.flatMap((row) => {
    const of = parseReference(row.origin)
    const status = statusOf(row)
    if (of === null || status === null) return []
    const shipped = deliveriesOf(row).filter(({ state }) => state === 'done')
    const last = shipped.toSorted((a, b) => (a.date_done ?? '').localeCompare(b.date_done ?? ''))
    const parcel = last.findLast(({ carrier_tracking_ref: tracking }) => Boolean(tracking))
    const body = {
      id: String(row.id),
      name: row.name,
      status,
      caseNo: of.caseNo,
      fulfillmentId: of.step ?? `order-${row.id}`,
      partnerId: row.partner_id === null ? null : String(row.partner_id),
      companyId: row.company_id === null ? null : String(row.company_id),
      shippedAt: status === 'shipped' ? (last.at(-1)?.date_done ?? null) : null,
      tracking: parcel?.carrier_tracking_ref ?? null,
      carrier: parcel?.carrier_id?.name ?? null,
    }
    return [messageOf('replacement', `sale.order:${row.id}`, body)]
  })
}

/** A quotation is not ordered yet; shipped is what has left as a whole. */
function statusOf(row: Order): 'ordered' | 'shipped' | 'canceled' | null {
  if (row.state === 'cancel') return 'canceled'
  if (row.state !== 'sale' && row.state !== 'done') return null
  const deliveries = deliveriesOf(row)
  const isOpen = deliveries.some(({ state }) => state !== 'done' && state !== 'cancel')
  return !isOpen && deliveries.some(({ state }) => state === 'done') ? 'shipped' : 'ordered'
}

function deliveriesOf({ picking_ids: all = [] }: Order) {
  return all.filter(({ location_dest_id: to }) => to?.usage === 'customer')
}
