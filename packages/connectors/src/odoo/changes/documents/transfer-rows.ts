import { z } from 'zod'
import { nested, readNested, reference } from '../../client/nested-read.ts'
import type { Odoo } from '../../client/odoo.ts'
import { dateTime, decimal, text } from '../../client/values.ts'
import { mayRead } from '../../orders/abilities.ts'

const location = z.object({
  id: z.int(),
  usage: z.string(),
  complete_name: text,
  parent_path: text,
})
export type Location = z.output<typeof location>

const product = z.object({ id: z.int(), default_code: text, barcode: text, tracking: text })
export type Product = z.output<typeof product>

const moveLine = z.object({
  id: z.int(),
  quantity_product_uom: decimal,
  lot_id: nested(z.object({ id: z.int(), name: text })),
  location_dest_id: nested(location),
})

const bomLine = z.object({
  id: z.int(),
  product_qty: decimal,
  bom_id: nested(z.object({ id: z.int(), product_qty: decimal })),
  parent_product_tmpl_id: reference,
})

const saleLine = z.object({
  id: z.int(),
  order_id: nested(z.object({ id: z.int(), name: text })),
  product_template_id: reference,
})

const move = z.object({
  id: z.int(),
  state: z.string(),
  origin: text,
  product_id: nested(product),
  // In the product's own unit, unlike the fields of a similar name.
  product_qty: decimal,
  date: dateTime,
  write_uid: reference,
  location_dest_id: nested(location),
  move_line_ids: z.array(moveLine),
  origin_returned_move_id: nested(z.object({ id: z.int(), origin: text })),
  scrap_id: nested(z.object({ id: z.int(), name: text, origin: text })).optional(),
  sale_line_id: nested(saleLine).optional(),
  bom_line_id: nested(bomLine).optional(),
})
export type Move = z.output<typeof move>

const picking = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  origin: text,
  date_done: dateTime,
  create_uid: reference,
  partner_id: reference,
  company_id: reference,
  picking_type_id: reference,
  location_id: nested(location),
  location_dest_id: nested(location),
  backorder_id: nested(z.object({ id: z.int(), origin: text })),
  return_id: nested(z.object({ id: z.int(), origin: text })).optional(),
  sale_id: nested(z.object({ id: z.int(), name: text, origin: text })).optional(),
  carrier_tracking_ref: text.optional(),
  carrier_id: nested(z.object({ id: z.int(), name: text })).optional(),
  move_ids: z.array(move),
})
export type Picking = z.output<typeof picking>

/** Fields that depend on the version or on modules: sales, deliveries by carriers, manufacturing, scrapping. */
const uncertain = {
  'stock.picking': ['return_id', 'sale_id', 'carrier_tracking_ref', 'carrier_id'],
  'stock.move': ['scrap_id', 'sale_line_id', 'bom_line_id'],
} as const

/** @returns whether the database lacks a field, by its path from a transfer or a move. */
async function absence(odoo: Odoo): Promise<(path: string) => boolean> {
  const missing = new Set<string>()
  for (const [model, names] of Object.entries(uncertain)) {
    const there = await odoo.fieldsOf(model, names)
    for (const name of names) if (!there.has(name)) missing.add(name)
  }
  if (!missing.has('bom_line_id') && !(await mayReadKits(odoo))) missing.add('bom_line_id')
  return (path) => missing.has(path.replace(/^move_ids\./, ''))
}

const readers = new WeakMap<object, Promise<boolean>>()

/** Asked once for a connection: bills of materials are for other people in some databases. */
function mayReadKits(odoo: Odoo): Promise<boolean> {
  const known = readers.get(odoo.config)
  if (known) return known
  const asking = mayRead(odoo, 'mrp.bom.line')
  readers.set(odoo.config, asking)
  asking.catch(() => readers.delete(odoo.config))
  return asking
}

/** Transfers with their moves, goods and lots, in one call; those that are gone are left out. */
export async function readTransfers(odoo: Odoo, ids: readonly number[]): Promise<Picking[]> {
  if (ids.length === 0) return []
  const isAbsent = await absence(odoo)
  return readNested(odoo, 'stock.picking', { ids, row: picking, isAbsent })
}

/** Moves without a transfer. */
export async function readMoves(odoo: Odoo, ids: readonly number[]): Promise<Move[]> {
  if (ids.length === 0) return []
  const isAbsent = await absence(odoo)
  return readNested(odoo, 'stock.move', { ids, row: move, isAbsent })
}
