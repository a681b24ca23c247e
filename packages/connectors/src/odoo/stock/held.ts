import { Big } from 'big.js'
import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { decimal, many2one } from '../client/values.ts'
import { type KitRatios, kitRatios } from './kits.ts'
import { findMoves, type Move, smaller } from './moves.ts'
import { familyDomain, isReturn, type Opened, type Target, toldTransfers } from './opening.ts'
import { partKey } from './plan-return.ts'
import { refusal } from './refusals.ts'
import type { LotQuantity } from './serials.ts'

/** A product of a line that came back: what was sold, or a component of it. */
export interface Held {
  readonly lineNo: number
  readonly productId: number
  readonly productName: string
  readonly tracking: Move['tracking']
  /** Units of it in one unit of what was sold. */
  readonly ratio: Big
  /** Moves that brought it in, newest first. */
  readonly received: readonly Move[]
  /** How much of it the return's transfers have left in each place. */
  readonly at: ReadonlyMap<number, Big>
}

/** Goods of a step, in one place. */
export interface HeldGoods {
  readonly held: Held
  readonly quantity: Big
  readonly fromId: number
  /** Stated serial numbers; empty where nobody said which. */
  readonly serials: readonly string[]
}

interface AskedGoods {
  readonly lineNo: number
  readonly quantity: string
  readonly serials?: readonly string[] | undefined
}

export interface Holding {
  /** All moves of the return's transfers. */
  readonly moves: readonly Move[]
  readonly held: readonly Held[]
}

/** What of a return has come, and where it was put. One call; two more for kits. */
export async function holdingOf({ odoo, caseNo }: Opened, target: Target): Promise<Holding> {
  const moves = await findMoves(odoo, familyDomain(caseNo, toldTransfers(target), 'move'))
  const done = moves.filter(({ state }) => state === 'done')
  const received = done.filter((move) => isReturn(move) && move.lineNo !== null)
  const ratios = await kitRatios(odoo, received)
  const keys = [...new Set(received.map(heldKey))]
  return { moves, held: keys.flatMap((key) => toHeld(key, { done, received, ratios })) }
}

function heldKey(move: Move): string {
  return `${move.lineNo} ${partKey(move)}`
}

function toHeld(
  key: string,
  facts: {
    readonly done: readonly Move[]
    readonly received: readonly Move[]
    readonly ratios: KitRatios
  },
): Held[] {
  const received = facts.received.filter((move) => heldKey(move) === key).toReversed()
  const [newest] = received
  if (newest?.lineNo == null) return []
  const { lineNo, productId, productName, tracking, bomLineId } = newest
  const ofIt = facts.done.filter((move) => move.lineNo === lineNo && move.productId === productId)
  const ratio = facts.ratios.get(bomLineId ?? 0) ?? new Big(1)
  return [{ lineNo, productId, productName, tracking, ratio, received, at: balances(ofIt) }]
}

function balances(moves: readonly Move[]): ReadonlyMap<number, Big> {
  const at = new Map<number, Big>()
  const add = (place: number, quantity: Big) => at.set(place, quantity.plus(at.get(place) ?? 0))
  for (const { fromId, toId, quantity } of moves) {
    add(fromId, quantity.times(-1))
    add(toId, quantity)
  }
  return at
}

/**
 * The goods that lines of a command mean, and where they stand: in the first of `places` that holds enough.
 *
 * @throws {TerminalError} GOODS_NOT_RECEIVED where nothing of a line has come.
 */
export function goodsOf(
  lines: readonly AskedGoods[],
  { held }: Holding,
  places: readonly (number | undefined)[],
): HeldGoods[] {
  return lines.flatMap(({ lineNo, quantity, serials = [] }) => {
    const ofLine = held.filter((one) => one.lineNo === lineNo)
    if (ofLine.length === 0) {
      throw refusal('goodsNotReceived', `nothing of line ${lineNo} has been received in Odoo`)
    }
    return ofLine.map((one) => {
      const needed = one.ratio.times(quantity)
      const known = places.filter((place) => place !== undefined)
      const fromId = known.find((place) => one.at.get(place)?.gte(needed)) ?? known[0] ?? 0
      return { held: one, quantity: needed, fromId, serials }
    })
  })
}

const lineRow = z.object({ id: z.int(), move_id: many2one, lot_id: many2one, quantity: decimal })
const quantRow = z.object({
  id: z.int(),
  lot_id: many2one,
  location_id: many2one,
  quantity: decimal,
  reserved_quantity: decimal,
})

interface Standing {
  readonly lotId: number
  readonly name: string
  readonly placeId: number
  readonly isReserved: boolean
  left: Big
}

/**
 * Chooses serial numbers and lots for goods: those that were stated, else those that came with the return and
 * still stand there. Two calls where anything is tracked.
 *
 * @param own - moves that an earlier attempt has made for these goods: their lots are chosen again.
 * @returns one list for each of `goods`; null where the product is not tracked.
 * @throws {TerminalError} SERIAL_NOT_RECEIVED, INSUFFICIENT_STOCK.
 */
export async function chooseLots(
  odoo: Odoo,
  goods: readonly HeldGoods[],
  own: readonly Move[] = [],
): Promise<(LotQuantity[] | null)[]> {
  const tracked = goods.filter(({ held }) => held.tracking !== 'none')
  if (tracked.length === 0) return goods.map(() => null)
  const brought = tracked.flatMap(({ held }) => held.received)
  const lineIds = [...brought, ...own].flatMap(({ moveLineIds }) => moveLineIds)
  const lines = await odoo.read('stock.move.line', [...new Set(lineIds)], lineRow)
  const standing = await askStanding(
    odoo,
    lines.flatMap(({ lot_id }) => lot_id?.id ?? []),
  )
  return goods.map((one) => {
    if (one.held.tracking === 'none') return null
    const moveIds = new Set(one.held.received.map(({ id }) => id))
    const came = lines.filter(({ move_id }) => moveIds.has(move_id?.id ?? 0))
    const ownIds = new Set(own.map(({ id }) => id))
    const chosen = lines.filter(({ move_id }) => ownIds.has(move_id?.id ?? 0))
    return choose(one, { came: lotIdsOf(came), chosen: lotIdsOf(chosen), standing })
  })
}

async function askStanding(odoo: Odoo, lotIds: readonly number[]): Promise<Standing[]> {
  const domain = [
    ['lot_id', 'in', [...new Set(lotIds)]],
    ['quantity', '>', 0],
    ['location_id.usage', '=', 'internal'],
  ] as const
  const rows = await odoo.search('stock.quant', { domain, row: quantRow, order: 'id' })
  return rows.map(({ lot_id, location_id, quantity, reserved_quantity }) => ({
    lotId: lot_id?.id ?? 0,
    name: lot_id?.name ?? '',
    placeId: location_id?.id ?? 0,
    isReserved: new Big(reserved_quantity).gt(0),
    left: new Big(quantity),
  }))
}

function lotIdsOf(lines: readonly z.output<typeof lineRow>[]): ReadonlySet<number> {
  return new Set(lines.flatMap(({ lot_id }) => lot_id?.id ?? []))
}

function choose(
  { held, quantity, fromId, serials }: HeldGoods,
  facts: {
    readonly came: ReadonlySet<number>
    readonly chosen: ReadonlySet<number>
    readonly standing: readonly Standing[]
  },
): LotQuantity[] {
  const { came, chosen, standing } = facts
  const there = standing.filter(
    (one) => one.placeId === fromId && came.has(one.lotId) && one.left.gt(0),
  )
  const strange = serials.find((name) => !there.some((one) => one.name === name))
  if (strange !== undefined) {
    const reason = `line ${held.lineNo}: ${strange} did not come with the return, or has been moved on`
    throw refusal('serialNotReceived', reason)
  }
  const named = serials.flatMap((name) => there.filter((one) => one.name === name))
  // What another transfer has reserved is taken last.
  const rank = ({ lotId, isReserved }: Standing) => (chosen.has(lotId) ? 0 : isReserved ? 2 : 1)
  const candidates = named.length > 0 ? named : there.toSorted((a, b) => rank(a) - rank(b))
  let open = quantity
  const taken = candidates.flatMap((one) => {
    const part = smaller(open, one.left)
    if (part.lte(0)) return []
    open = open.minus(part)
    one.left = one.left.minus(part)
    return [{ lotId: one.lotId, name: one.name, quantity: part }]
  })
  if (open.gt(0)) throw notEnough(held)
  return taken
}

export function notEnough({ lineNo, productName }: Pick<Held, 'lineNo' | 'productName'>) {
  const reason = `line ${lineNo}: there is not enough of ${productName} where the returned goods should be`
  return refusal('insufficientStock', reason)
}
