import { Big } from 'big.js'
import { parseReference } from '../references.ts'
import type { Move, Product } from './order-rows.ts'
import { convert } from './units.ts'

/** What moved of one product for a line of an order, in the product's own unit. */
export interface Flow {
  readonly product: Product
  readonly moves: readonly Move[]
  /** What was asked to leave, also where it never did. */
  readonly demanded: Big
  readonly delivered: Big
  /** Came back by whatever way, less what was sent out again. */
  readonly returned: Big
  /** On its way back by a return that the hub did not make. */
  readonly returning: Big
}

const over = new Set(['done', 'cancel'])
const nothing = new Big(0)

/** The moves of a line by product: several for a kit. */
export function flowsOf(moves: readonly Move[]): Flow[] {
  const byProduct = new Map<number, Move[]>()
  for (const move of moves) {
    if (move.product_id === null) continue
    const known = byProduct.get(move.product_id.id) ?? []
    byProduct.set(move.product_id.id, [...known, move])
  }
  return [...byProduct.values()].flatMap((own) => {
    const product = own[0]?.product_id
    return product ? [flowOf(product, own)] : []
  })
}

/**
 * Where goods went decides, not the sign or the type of a transfer: to a customer's place is out, from there is
 * back. What goes out as the return of a return takes back what came back. `to_refund` marks nothing, and what the
 * order line says was delivered leaves out returns without a credit.
 */
function flowOf(product: Product, moves: readonly Move[]): Flow {
  const first = moves.filter((move) => isOut(move) && move.origin_returned_move_id === null)
  const again = moves.filter((move) => isOut(move) && move.origin_returned_move_id !== null)
  const back = moves.filter(isBack)
  const open = back.filter(({ state }) => !over.has(state))
  return {
    product,
    moves,
    demanded: total(first, demandOf),
    delivered: total(first.filter(isDone), doneOf),
    returned: positive(
      total(back.filter(isDone), doneOf).minus(total(again.filter(isDone), doneOf)),
    ),
    returning: total(
      open.filter((move) => !isOurs(move)),
      demandOf,
    ),
  }
}

function isOut({ location_usage, location_dest_usage }: Move): boolean {
  return location_dest_usage === 'customer' && location_usage !== 'customer'
}

function isBack({ location_usage, location_dest_usage }: Move): boolean {
  return location_usage === 'customer' && location_dest_usage !== 'customer'
}

function isDone({ state }: Move): boolean {
  return state === 'done'
}

/** Whether the hub made it: then it is an authorization or a receipt that the hub knows of. */
function isOurs({ origin, picking_id }: Move): boolean {
  return parseReference(origin) !== null || parseReference(picking_id?.origin ?? null) !== null
}

function doneOf({ quantity, product_uom, product_id }: Move): Big {
  return convert(quantity, product_uom, product_id?.uom_id ?? null)
}

function demandOf({ product_uom_qty, product_uom, product_id }: Move): Big {
  return convert(product_uom_qty, product_uom, product_id?.uom_id ?? null)
}

function total(moves: readonly Move[], quantityOf: (move: Move) => Big): Big {
  return moves.reduce((sum, move) => sum.plus(quantityOf(move)), nothing)
}

function positive(value: Big): Big {
  return value.lt(0) ? nothing : value
}

/** When the last of it reached the customer; null where nothing has. */
export function deliveredAt(moves: readonly Move[]): string | null {
  const times = moves
    .filter((move) => isOut(move) && isDone(move) && move.origin_returned_move_id === null)
    .flatMap(({ date }) => (date === null ? [] : [date]))
  return times.toSorted().at(-1) ?? null
}

/**
 * Names of serial numbers or lots that were shipped and, as far as others than the hub have moved them, are still
 * with the customer: what the hub itself has taken back it keeps count of.
 */
export function shippedLots(moves: readonly Move[], tracking: 'serial' | 'lot'): string[] {
  const net = new Map<string, Big>()
  for (const move of moves.filter((one) => isDone(one) && one.product_id?.tracking === tracking)) {
    const sign = isOut(move) ? 1 : isBack(move) && !isOurs(move) ? -1 : 0
    for (const { lot_id, quantity_product_uom } of move.move_line_ids) {
      if (!lot_id?.name) continue
      const before = net.get(lot_id.name) ?? nothing
      net.set(lot_id.name, before.plus(new Big(quantity_product_uom).times(sign)))
    }
  }
  return [...net].flatMap(([name, quantity]) => (quantity.gt(0) ? [name] : []))
}
