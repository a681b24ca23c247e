import { Big } from 'big.js'
import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { decimal, many2one } from '../client/values.ts'
import type { GoodsLine } from './lines.ts'
import { type Move, smaller } from './moves.ts'
import { refusal } from './refusals.ts'

/** Units of one serial number or lot. */
export interface LotQuantity {
  readonly lotId: number
  readonly name: string
  readonly quantity: Big
}

/** A tracked product of a line that has come back. */
export interface TrackedGoods {
  readonly line: GoodsLine
  readonly productId: number
  readonly productName: string
  readonly tracking: 'lot' | 'serial'
  readonly quantity: Big
  /** Null: the order behind it is not known. */
  readonly saleLineId: number | null
}

const shippedRow = z.object({
  id: z.int(),
  product_id: many2one,
  lot_id: many2one,
  quantity: decimal,
})
const lotRow = z.object({ id: z.int(), name: z.string(), product_id: many2one })
const quantRow = z.object({ id: z.int(), lot_id: many2one })

interface Shipped {
  readonly saleLineId: number
  readonly productId: number
  readonly lotId: number
  readonly name: string
  readonly quantity: Big
}

interface LotFacts {
  readonly shipped: readonly Shipped[]
  /** Lots that were named and are none of the shipped ones. */
  readonly others: readonly z.output<typeof lotRow>[]
  /** Lots of which something is in a place of the company. */
  readonly inHouse: ReadonlySet<number>
}

/**
 * Which serial numbers and lots came, as they were stated: Odoo would take any, also one that stands in stock, and
 * would make up those that it does not know. Two calls for goods with an order.
 *
 * @returns one list for each of `goods`.
 * @throws {TerminalError} SERIAL_UNKNOWN, SERIAL_IN_STOCK, SERIAL_NOT_SHIPPED or SERIALS_NEEDED.
 */
export async function lotsThatCame(
  odoo: Odoo,
  goods: readonly TrackedGoods[],
): Promise<LotQuantity[][]> {
  if (goods.length === 0) return []
  const facts = await askFor(odoo, goods)
  return goods.map((one) => (namesOf(one).length === 0 ? deduce(one, facts) : check(one, facts)))
}

function namesOf({ line, tracking }: TrackedGoods): readonly string[] {
  const stated = tracking === 'serial' ? [line.serials, line.lots] : [line.lots, line.serials]
  return stated.find((names) => names.length > 0) ?? []
}

async function askFor(odoo: Odoo, goods: readonly TrackedGoods[]): Promise<LotFacts> {
  const shipped = (
    await Promise.all(
      [...new Set(goods.flatMap(({ saleLineId }) => saleLineId ?? []))].map((id) =>
        askShipped(odoo, id),
      ),
    )
  ).flat()
  const known = new Set(shipped.map(({ name }) => name))
  const strangers = goods.flatMap(namesOf).filter((name) => !known.has(name))
  const others = strangers.length === 0 ? [] : await askLots(odoo, goods, strangers)
  const lotIds = [...new Set([...shipped.map(({ lotId }) => lotId), ...others.map(({ id }) => id)])]
  return { shipped, others, inHouse: await askInHouse(odoo, lotIds) }
}

async function askShipped(odoo: Odoo, saleLineId: number): Promise<Shipped[]> {
  const domain = [
    ['move_id.sale_line_id', '=', saleLineId],
    ['state', '=', 'done'],
    ['location_dest_id.usage', '=', 'customer'],
    ['lot_id', '!=', false],
  ] as const
  const rows = await odoo.search('stock.move.line', { domain, row: shippedRow, order: 'id' })
  return rows.map(({ product_id, lot_id, quantity }) => ({
    saleLineId,
    productId: product_id?.id ?? 0,
    lotId: lot_id?.id ?? 0,
    name: lot_id?.name ?? '',
    quantity: new Big(quantity),
  }))
}

function askLots(odoo: Odoo, goods: readonly TrackedGoods[], names: readonly string[]) {
  const productIds = [...new Set(goods.map(({ productId }) => productId))]
  const domain = [
    ['name', 'in', [...names]],
    ['product_id', 'in', productIds],
  ] as const
  return odoo.search('stock.lot', { domain, row: lotRow, order: 'id' })
}

async function askInHouse(odoo: Odoo, lotIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (lotIds.length === 0) return new Set()
  const domain = [
    ['lot_id', 'in', [...lotIds]],
    ['quantity', '>', 0],
    ['location_id.usage', 'in', ['internal', 'transit']],
  ] as const
  const rows = await odoo.search('stock.quant', { domain, row: quantRow })
  return new Set(rows.map(({ lot_id }) => lot_id?.id ?? 0))
}

function isOf({ productId, saleLineId }: TrackedGoods) {
  return (one: Shipped) => one.productId === productId && one.saleLineId === saleLineId
}

function check(goods: TrackedGoods, facts: LotFacts): LotQuantity[] {
  const { tracking, line, productId } = goods
  const ofGoods = facts.shipped.filter(isOf(goods))
  const names = namesOf(goods).filter((name) => {
    // Names of a kit's other components.
    const isElsewhere = facts.shipped.some(
      (one) => one.name === name && one.productId !== productId,
    )
    return !isElsewhere || ofGoods.some((one) => one.name === name)
  })
  const found = names.map((name) => {
    const shipped = ofGoods.find((one) => one.name === name)
    const other = facts.others.find((one) => one.name === name && one.product_id?.id === productId)
    const lotId = shipped?.lotId ?? other?.id
    if (lotId === undefined) {
      throw refusal(
        'serialUnknown',
        `line ${line.lineNo}: Odoo knows no serial number or lot ${name} of the product`,
      )
    }
    if (tracking === 'serial' && facts.inHouse.has(lotId)) {
      throw refusal(
        'serialInStock',
        `line ${line.lineNo}: serial number ${name} is in stock already`,
      )
    }
    if (shipped === undefined && goods.saleLineId !== null) {
      throw refusal(
        'serialNotShipped',
        `line ${line.lineNo}: ${name} was not shipped with this order`,
      )
    }
    return { lotId, name, shipped: shippedQuantity(ofGoods, lotId) }
  })
  return quantities(goods, found)
}

function shippedQuantity(shipped: readonly Shipped[], lotId: number): Big {
  return shipped
    .filter((one) => one.lotId === lotId)
    .reduce((total, { quantity }) => total.plus(quantity), new Big(0))
}

/** A serial number is one unit. Lots are stated without quantities: only some statements leave no question. */
function quantities(
  goods: TrackedGoods,
  found: readonly { readonly lotId: number; readonly name: string; readonly shipped: Big }[],
): LotQuantity[] {
  const { quantity } = goods
  const isOneEach = new Big(found.length).eq(quantity)
  if (goods.tracking === 'serial' && !isOneEach) throw needed(goods)
  const distinct = found.filter(
    ({ lotId }, index) => found.findIndex((one) => one.lotId === lotId) === index,
  )
  if (goods.tracking === 'serial' && distinct.length < found.length) throw needed(goods)
  const [only] = distinct
  if (only !== undefined && distinct.length === 1) return [{ ...only, quantity }]
  if (isOneEach) {
    return distinct.map((one) => ({
      ...one,
      quantity: new Big(found.filter(({ lotId }) => lotId === one.lotId).length),
    }))
  }
  const all = distinct.reduce((total, { shipped }) => total.plus(shipped), new Big(0))
  if (!all.eq(quantity)) throw needed(goods)
  return distinct.map((one) => ({ ...one, quantity: one.shipped }))
}

/** Nobody said which: where only one answer is possible, it is that. */
function deduce(goods: TrackedGoods, facts: LotFacts): LotQuantity[] {
  const ofGoods = facts.shipped.filter(isOf(goods))
  const lotIds = [...new Set(ofGoods.map(({ lotId }) => lotId))]
  const candidates = lotIds.filter((id) => goods.tracking === 'lot' || !facts.inHouse.has(id))
  const names = new Map(ofGoods.map(({ lotId, name }) => [lotId, name]))
  const isOnly =
    goods.tracking === 'lot' ? candidates.length === 1 : goods.quantity.eq(candidates.length)
  if (!isOnly) throw needed(goods)
  const quantity = goods.tracking === 'lot' ? goods.quantity : new Big(1)
  return candidates.map((lotId) => ({ lotId, name: names.get(lotId) ?? '', quantity }))
}

function needed({ line, productName, quantity }: TrackedGoods) {
  const reason = `line ${line.lineNo}: which serial numbers or lots of ${productName} came? ${quantity.toFixed()} were counted`
  return refusal('serialsNeeded', reason)
}

/** Puts lots into the moves of a line: each up to what was counted into it, in their order. */
export function intoMoves(
  lots: readonly LotQuantity[],
  counts: readonly { readonly move: Move; readonly quantity: Big }[],
): Map<number, LotQuantity[]> {
  const left = lots.map((lot) => ({ ...lot }))
  return new Map(
    counts.map(({ move, quantity }) => {
      let open = quantity
      const taken = left.flatMap((lot) => {
        const part = smaller(open, lot.quantity)
        if (part.lte(0)) return []
        open = open.minus(part)
        lot.quantity = lot.quantity.minus(part)
        return [{ ...lot, quantity: part }]
      })
      return [move.id, taken] as const
    }),
  )
}
