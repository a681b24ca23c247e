import { Big } from 'big.js'
import type { Odoo } from '../client/odoo.ts'
import { type KitRatios, kitRatios } from './kits.ts'
import type { GoodsLine } from './lines.ts'
import { atLeastZero, type Move, smaller, sum } from './moves.ts'
import { partKey } from './plan-return.ts'
import { intoMoves, type LotQuantity, lotsThatCame, type TrackedGoods } from './serials.ts'

/** What was counted into a move, with its serial numbers or lots where the product has such. */
export interface Count {
  readonly move: Move
  readonly quantity: Big
  readonly lots: readonly LotQuantity[] | null
}

interface PartCount {
  readonly line: GoodsLine
  readonly counts: readonly { readonly move: Move; readonly quantity: Big }[]
}

/**
 * Puts what was received of lines into the moves that expect it: each up to its demand, and what is more into the
 * last one. A kit is received as its components.
 *
 * @param open - open moves of these lines; each line has one at least.
 * @throws {TerminalError} what is said of serial numbers at `lotsThatCame`, and KIT_UNCLEAR.
 */
export async function countInto(
  odoo: Odoo,
  lines: readonly GoodsLine[],
  open: readonly Move[],
): Promise<Count[]> {
  const ratios = await kitRatios(odoo, open)
  const parts = lines.flatMap((line) => partCounts(line, open, ratios))
  const tracked = parts.filter(({ counts }) => counts[0]?.move.tracking !== 'none')
  const lots = await lotsThatCame(odoo, tracked.map(goodsOf))
  return parts.flatMap((part) => {
    const index = tracked.indexOf(part)
    const perMove = index < 0 ? null : intoMoves(lots[index] ?? [], part.counts)
    return part.counts.map(({ move, quantity }) => ({
      move,
      quantity,
      lots: perMove?.get(move.id) ?? null,
    }))
  })
}

function partCounts(line: GoodsLine, open: readonly Move[], ratios: KitRatios): PartCount[] {
  const ofLine = open.filter(({ lineNo }) => lineNo === line.lineNo)
  const parts = [...new Set(ofLine.map(partKey))]
  return parts.map((part) => {
    const moves = ofLine.filter((move) => partKey(move) === part)
    const ratio = ratios.get(moves[0]?.bomLineId ?? 0) ?? new Big(1)
    return { line, counts: fill(line.quantity.times(ratio), moves) }
  })
}

function fill(quantity: Big, moves: readonly Move[]): PartCount['counts'] {
  let rest = quantity
  const filled = moves.map((move) => {
    const taken = smaller(rest, move.demand)
    rest = rest.minus(taken)
    return { move, quantity: taken }
  })
  const last = filled.findLast(({ move }) => move.demand.gt(0)) ?? filled.at(-1)
  const more = filled.map((one) =>
    one === last ? { move: one.move, quantity: one.quantity.plus(atLeastZero(rest)) } : one,
  )
  return more.filter((one) => one.quantity.gt(0))
}

function goodsOf({ line, counts }: PartCount): TrackedGoods {
  const move = counts[0]?.move
  return {
    line,
    productId: move?.productId ?? 0,
    productName: move?.productName ?? '',
    tracking: move?.tracking === 'lot' ? 'lot' : 'serial',
    quantity: sum(counts.map(({ quantity }) => quantity)),
    saleLineId: move?.saleLineId ?? null,
  }
}

/**
 * The commands of a write on a transfer that count it: all its open moves are said, since Odoo takes what it has
 * filled in for counted where nobody says otherwise. Of a move that is not counted nothing came.
 */
export function countCommands(counts: readonly Count[], open: readonly Move[]): unknown[] {
  return open.map((move) => {
    const count = counts.find((one) => one.move.id === move.id)
    return [1, move.id, count === undefined ? nothing : valuesOf(count)]
  })
}

const nothing = { quantity: 0, picked: false }

function valuesOf({ move, quantity, lots }: Count): Record<string, unknown> {
  if (lots === null) {
    return { quantity: quantity.div(move.factor).round(6).toNumber(), picked: true }
  }
  // What Odoo has filled in is some serial number, or none: it goes.
  const lines = lots.map((lot) => [
    0,
    0,
    {
      product_id: move.productId,
      lot_id: lot.lotId,
      quantity: lot.quantity.toNumber(),
      picked: true,
    },
  ])
  return { move_line_ids: [[5], ...lines], picked: true }
}
