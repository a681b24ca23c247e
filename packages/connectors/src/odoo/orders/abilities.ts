import { DeliveryError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { type Odoo, odooCodes, parseAs } from '../client/odoo.ts'
import { remember } from './remember.ts'

/** What a database can be asked about an order, by its version, its modules and the rights of the user. */
export interface Abilities {
  /** Fields that some databases lack, by model and name: those that this one has. */
  readonly fields: ReadonlySet<string>
  /** Whether bills of materials can be read, which say what a kit is made of. */
  readonly readsKits: boolean
}

/** Fields that depend on the version (units) or on a module (deliveries, kits). */
const uncertain: Readonly<Record<string, readonly string[]>> = {
  'sale.order': ['picking_ids'],
  'sale.order.line': ['product_uom', 'product_uom_id', 'move_ids'],
  'product.product': ['tracking'],
  'uom.uom': ['factor_inv'],
}

export function abilitiesOf(odoo: Odoo): Promise<Abilities> {
  return remember(odoo, 'abilities', () => find(odoo))
}

async function find(odoo: Odoo): Promise<Abilities> {
  const fields = new Set<string>()
  for (const [model, names] of Object.entries(uncertain)) {
    for (const name of await odoo.fieldsOf(model, names)) fields.add(`${model}.${name}`)
  }
  const hasDeliveries = fields.has('sale.order.line.move_ids')
  const ofMoves = hasDeliveries ? await odoo.fieldsOf('stock.move', ['bom_line_id']) : new Set()
  const readsKits = ofMoves.has('bom_line_id') && (await mayRead(odoo, 'mrp.bom.line'))
  return { fields, readsKits }
}

/** Whether the user may read a model; false where there is none of that name. */
export function mayRead(odoo: Odoo, model: string): Promise<boolean> {
  return remember(odoo, `may read ${model}`, () => ask(odoo, model))
}

async function ask(odoo: Odoo, model: string): Promise<boolean> {
  const isOld = odoo.server.version < 18
  const method = isOld ? 'check_access_rights' : 'has_access'
  const named = { operation: 'read', ...(isOld ? { raise_exception: false } : {}) }
  // A method of records from 18 on, of the model before.
  const call = isOld ? { named } : { named, ids: [] }
  try {
    const answer = await odoo.ask(model, method, call)
    return parseAs(z.boolean(), answer, { call: `${model}.${method}`, isRead: true })
  } catch (error) {
    const isMissing = error instanceof DeliveryError && error.code === odooCodes.unsupported
    if (isMissing) return false
    throw error
  }
}
