import { Big } from 'big.js'
import { z } from 'zod'
import type { Domain, Odoo } from '../client/odoo.ts'
import { dateTime, decimal, ids, many2one, text } from '../client/values.ts'
import { parseReference } from '../references.ts'

const shape = z.object({
  id: z.int(),
  product_id: many2one,
  product_uom: many2one,
  product_uom_qty: decimal,
  product_qty: decimal,
  quantity: decimal,
  picked: z.boolean(),
  state: z.string(),
  date: dateTime,
  picking_id: many2one,
  picking_code: text,
  partner_id: many2one,
  location_id: many2one,
  location_dest_id: many2one,
  location_usage: text,
  location_dest_usage: text,
  sale_line_id: many2one,
  origin_returned_move_id: many2one,
  origin: text,
  description_picking: text,
  to_refund: z.boolean(),
  has_tracking: text,
  move_line_ids: ids,
  bom_line_id: many2one.optional(),
  group_id: many2one.optional(),
})
type Row = z.output<typeof shape>

/** Fields that only some databases have: kits come with manufacturing, groups went with Odoo 19. */
const some = ['bom_line_id', 'group_id', 'name'] as const

/** A move of goods. Quantities are in the product's own unit. */
export interface Move {
  readonly id: number
  readonly productId: number
  /** For people. */
  readonly productName: string
  readonly state: 'open' | 'done' | 'canceled'
  /** Not confirmed yet: a person or an interrupted step has left it. */
  readonly isDraft: boolean
  readonly demand: Big
  /** Moved, or counted so far; before counting what Odoo has filled in. */
  readonly quantity: Big
  /** Somebody has said that the quantity is what really moves. */
  readonly isPicked: boolean
  /** Units of the product in one unit of the move. */
  readonly factor: Big
  readonly at: string | null
  readonly transferId: number | null
  readonly transferName: string
  readonly kind: 'incoming' | 'outgoing' | 'internal' | null
  readonly partnerId: number | null
  readonly fromId: number
  readonly toId: number
  readonly isFromCustomer: boolean
  readonly isToCustomer: boolean
  readonly saleLineId: number | null
  /** The move that this one brings back. */
  readonly returnOf: number | null
  /** The line of the return, where it is one of ours. */
  readonly caseNo: string | null
  readonly lineNo: number | null
  /** What of its external id stands in its description; null where somebody else has made it. */
  readonly key: string | null
  readonly toRefund: boolean
  readonly tracking: 'none' | 'lot' | 'serial'
  readonly moveLineIds: readonly number[]
  readonly bomLineId: number | null
  /** Procurement group, before Odoo 19. */
  readonly groupId: number | null
}

/** Moves of a domain, oldest first. */
export async function findMoves(odoo: Odoo, domain: Domain): Promise<Move[]> {
  const row = await rowOf(odoo)
  const rows = await odoo.search('stock.move', { domain, row, order: 'id' })
  return rows.map(toMove)
}

async function rowOf(odoo: Odoo): Promise<typeof shape> {
  const known = await odoo.fieldsOf('stock.move', some)
  const missing = { bom_line_id: true, group_id: true } as const
  const left = Object.fromEntries(
    Object.keys(missing)
      .filter((one) => !known.has(one))
      .map((one) => [one, true]),
  )
  // Fields that do not exist must not be asked for; a row without them still is one.
  return shape.omit(left as typeof missing) as unknown as typeof shape
}

/** Whether a move needs a name: Odoo 19 makes up its own. */
export async function needsName(odoo: Odoo): Promise<boolean> {
  return (await odoo.fieldsOf('stock.move', some)).has('name')
}

function toMove(row: Row): Move {
  const reference = parseReference(row.origin)
  const lineNo = Number(reference?.step ?? Number.NaN)
  const factor = factorOf(row)
  return {
    id: row.id,
    productId: row.product_id?.id ?? 0,
    productName: row.product_id?.name ?? '',
    state: stateOf(row.state),
    isDraft: row.state === 'draft',
    demand: new Big(row.product_uom_qty).times(factor),
    quantity: new Big(row.quantity).times(factor),
    isPicked: row.picked,
    factor,
    at: row.date,
    transferId: row.picking_id?.id ?? null,
    transferName: row.picking_id?.name ?? '',
    kind: kindOf(row.picking_code),
    partnerId: row.partner_id?.id ?? null,
    fromId: row.location_id?.id ?? 0,
    toId: row.location_dest_id?.id ?? 0,
    isFromCustomer: row.location_usage === 'customer',
    isToCustomer: row.location_dest_usage === 'customer',
    saleLineId: row.sale_line_id?.id ?? null,
    returnOf: row.origin_returned_move_id?.id ?? null,
    caseNo: reference?.caseNo ?? null,
    lineNo: Number.isInteger(lineNo) ? lineNo : null,
    key: /\(([^()]+)\)$/.exec(row.description_picking ?? '')?.[1] ?? null,
    toRefund: row.to_refund,
    tracking:
      row.has_tracking === 'lot' || row.has_tracking === 'serial' ? row.has_tracking : 'none',
    moveLineIds: row.move_line_ids,
    bomLineId: row.bom_line_id?.id ?? null,
    groupId: row.group_id?.id ?? null,
  }
}

/** Odoo has the demand in both units. One without demand is ours, and ours are in the product's unit. */
function factorOf({ product_qty, product_uom_qty }: Row): Big {
  return Number(product_uom_qty) === 0 ? new Big(1) : new Big(product_qty).div(product_uom_qty)
}

function stateOf(state: string): Move['state'] {
  if (state === 'done') return 'done'
  return state === 'cancel' ? 'canceled' : 'open'
}

function kindOf(code: string | null): Move['kind'] {
  return code === 'incoming' || code === 'outgoing' || code === 'internal' ? code : null
}

/** All transfers of a return: the case, and whatever step follows it in their source document. */
export function ofCase(caseNo: string, field = 'picking_id.origin'): Domain {
  return ['|', [field, '=', caseNo], [field, '=like', `${caseNo}/%`]]
}

/** What a move says about itself. Its external id cannot be read, so that a part of it stands here. */
export function descriptionOf(origin: string, key: string): string {
  return `${origin} (${keyName(key)})`
}

/** An external id without its prefix. */
export function keyName(key: string): string {
  return key.slice(key.indexOf('.') + 1)
}

/** Adds up in decimals. */
export function sum(quantities: readonly Big[]): Big {
  return quantities.reduce((total, one) => total.plus(one), new Big(0))
}

export function smaller(a: Big, b: Big): Big {
  return a.lt(b) ? a : b
}

/** Not below zero. */
export function atLeastZero(quantity: Big): Big {
  return quantity.lt(0) ? new Big(0) : quantity
}
