import type { Odoo } from '../client/odoo.ts'
import { findReturnsType } from './operation-types.ts'
import type { Site } from './site.ts'

/** What the hub is told of at once. It also looks by itself; this only makes it look earlier. */
export interface Watched {
  /** The topic of the webhook, too. */
  readonly model: string
  /** A change of one of these calls the hub. */
  readonly fields: readonly string[]
  /**
   * Which records: each call keeps whoever saves waiting for up to a second, so what has nothing to do with
   * returns is left out.
   */
  readonly domain: (site: Site) => Promise<readonly unknown[]> | readonly unknown[]
}

const ofOurs = ['origin', '=like', 'RMA-%'] as const
const ofOurOrder = ['sale_id.origin', '=like', 'RMA-%'] as const

export const watched: readonly Watched[] = [
  {
    model: 'stock.picking',
    fields: ['state'],
    domain: async (site) => {
      const types = await Promise.all(
        site.warehouses.map(async (warehouse) => (await findReturnsType(site, warehouse))?.id),
      )
      const known = types.filter((id) => id !== undefined)
      return [
        '|',
        '|',
        '|',
        ['picking_type_id', 'in', known],
        ['return_id', '!=', false],
        ofOurs,
        ofOurOrder,
      ]
    },
  },
  {
    model: 'account.move',
    fields: ['state', 'payment_state'],
    domain: () => [['move_type', 'in', ['out_refund', 'in_refund']]],
  },
  {
    model: 'account.payment',
    fields: ['state'],
    domain: () => [
      ['partner_type', '=', 'customer'],
      ['payment_type', '=', 'outbound'],
    ],
  },
  { model: 'repair.order', fields: ['state'], domain: () => [] },
  { model: 'sale.order', fields: ['state'], domain: () => [ofOurs] },
]

/** The domain of a rule. Without the module between sales and stock a transfer knows of no order. */
export async function domainOf(site: Site, admin: Odoo, what: Watched): Promise<string> {
  const domain = await what.domain(site)
  if (!domain.includes(ofOurOrder)) return toPython(domain)
  const known = await admin.fieldsOf(what.model, ['sale_id'])
  if (known.has('sale_id')) return toPython(domain)
  return toPython(domain.filter((term) => term !== ofOurOrder).slice(1))
}

/** A domain as Odoo keeps it: as Python text. Ours hold texts without quotes, whole numbers and lists only. */
function toPython(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => toPython(item)).join(', ')}]`
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return typeof value === 'number' ? String(value) : `'${String(value)}'`
}
