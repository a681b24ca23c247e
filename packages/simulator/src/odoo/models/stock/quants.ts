import { nameOf } from '../../orm/display-name.ts'
import type { Env } from '../../orm/env.ts'
import { validationError } from '../../orm/errors.ts'
import type { Many2one } from '../../orm/rows.ts'
import type { MoveLine, Product, Quant, StockLocation } from './stock-rows.ts'

/** A product, or a lot of it, at a place. */
export interface Place {
  readonly product_id: number
  readonly location_id: number
  readonly lot_id: Many2one
}

/** The key by which the row of a place is found. */
export const placeKey = ({ product_id, location_id, lot_id }: Place): string =>
  `${product_id}/${location_id}/${lot_id || 0}`

/** Adds to what is at a place, below nothing too: Odoo does not mind. */
export function addToPlace(env: Env, place: Place, quantity: number): void {
  if (quantity === 0 || !env.get<Product>('product.product', place.product_id).is_storable) return
  const quant = env.by<Quant>('stock.quant', 'place', placeKey(place))[0]
  if (quant) {
    env.update('stock.quant', quant, { quantity: rounded(quant.quantity + quantity) })
    return
  }
  const { product_id, location_id, lot_id } = place
  const values = { product_id, location_id, lot_id, quantity, place: placeKey(place) }
  env.insert('stock.quant', { ...values, in_date: env.stamp })
}

/** Says whether goods are held back at a location: not where they come from or go to outside. */
export function isReservedAt(env: Env, locationId: number): boolean {
  const { usage } = env.get<StockLocation>('stock.location', locationId)
  return usage === 'internal' || usage === 'transit'
}

/** What is free at a location and below, oldest first. */
export function freeQuants(
  env: Env,
  { product_id, location_id, lot_id }: Place,
): { readonly quant: Quant; readonly free: number }[] {
  const places = new Set(locationsBelow(env, location_id))
  return env
    .by<Quant>('stock.quant', 'product_id', product_id)
    .filter((quant) => places.has(quant.location_id))
    .filter((quant) => lot_id === false || quant.lot_id === lot_id)
    .map((quant) => ({ quant, free: rounded(quant.quantity - quant.reserved_quantity) }))
    .filter(({ free }) => free > 0)
}

/** Holds back as much as there is for a line, and remembers how much that was. */
export function reserveLine(env: Env, line: MoveLine, quantity: number): void {
  if (!isReservedAt(env, line.location_id)) return
  const quant = env.by<Quant>('stock.quant', 'place', placeKey(line))[0]
  const free = quant ? Math.max(0, quant.quantity - quant.reserved_quantity) : 0
  const taken = Math.min(free, quantity)
  if (!quant || taken === 0) return
  const reserved_quantity = rounded(quant.reserved_quantity + taken)
  env.update('stock.quant', quant, { reserved_quantity })
  env.settle('stock.move.line', line, { reserved: rounded(line.reserved + taken) })
}

/** Frees what a line held back. */
export function releaseLine(env: Env, line: MoveLine): void {
  const quant = env.by<Quant>('stock.quant', 'place', placeKey(line))[0]
  if (!line.reserved || !quant) return
  const reserved_quantity = Math.max(0, rounded(quant.reserved_quantity - line.reserved))
  env.update('stock.quant', quant, { reserved_quantity })
  env.settle('stock.move.line', line, { reserved: 0 })
}

/**
 * Refuses a serial that would be in one internal place twice. Other places are not looked at.
 *
 * @throws {OdooError} ValidationError.
 */
export function refuseDoubleSerial(env: Env, place: Place): void {
  const product = env.get<Product>('product.product', place.product_id)
  if (product.tracking !== 'serial' || !place.lot_id) return
  if (!isReservedAt(env, place.location_id)) return
  const quant = env.by<Quant>('stock.quant', 'place', placeKey(place))[0]
  if (!quant || quant.quantity <= 1) return
  const names = [
    nameOf(env, 'product.product', place.product_id),
    nameOf(env, 'stock.lot', place.lot_id),
  ]
  throw validationError(
    `The serial number has already been assigned: \n Product: ${names[0]}, Serial Number: ${names[1]}`,
  )
}

/** A location and all below it. */
export function locationsBelow(env: Env, id: number): number[] {
  const children = env.by('stock.location', 'location_id', id)
  return [id, ...children.flatMap((child) => locationsBelow(env, child.id))]
}

const rounded = (quantity: number): number => Math.round(quantity * 1e6) / 1e6
