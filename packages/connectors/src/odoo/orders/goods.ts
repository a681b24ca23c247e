import { Big } from 'big.js'
import { deliveredAt, type Flow, flowsOf, shippedLots } from './moves.ts'
import type { BomLine, Move, OrderLine, Product } from './order-rows.ts'
import { convert } from './units.ts'

/** What became of the goods of an order line, in the base unit of `product`. */
export interface Goods {
  readonly product: Product
  readonly ordered: Big
  readonly delivered: Big
  readonly returned: Big
  readonly returning: Big
  readonly deliveredAt: string | null
  readonly serials: readonly string[]
  readonly lots: readonly string[]
}

export interface SoldLine {
  readonly row: OrderLine
  readonly goods: Goods
  /** What a kit was delivered as: goods that may come back without the rest. None for anything else. */
  readonly components: readonly Goods[]
}

const nothing = new Big(0)
const decimals = 6

/** Null for a line without a product. Without the module of deliveries nothing has moved. */
export function soldLineOf(row: OrderLine): SoldLine | null {
  const product = row.product_id
  if (product === null) return null
  const soldUnit = row.product_uom_id ?? row.product_uom ?? null
  const ordered = convert(row.product_uom_qty, soldUnit, product.uom_id)
  const moves = row.move_ids ?? []
  const flows = flowsOf(moves)
  const isKit = flows.length > 0 && flows.every((flow) => flow.product.id !== product.id)
  const sums = isKit ? sumsOfKit(flows, { product, ordered }) : sumsOf(flows)
  return {
    row,
    goods: { product, ordered, ...sums, ...tracesOf(moves) },
    components: isKit ? flows.map((flow) => componentOf(flow, { product, ordered })) : [],
  }
}

type Sums = Pick<Goods, 'delivered' | 'returned' | 'returning'>
type Kit = Pick<Goods, 'product' | 'ordered'>

/** A product that was sent in place of another counts for it. */
function sumsOf(flows: readonly Flow[]): Sums {
  const sum = (of: (flow: Flow) => Big) =>
    flows.reduce((total, flow) => total.plus(of(flow)), nothing)
  return {
    delivered: sum(({ delivered }) => delivered),
    returned: sum(({ returned }) => returned),
    returning: sum(({ returning }) => returning),
  }
}

/** Whole kits only: a kit of which one part is back is no kit any more. */
function sumsOfKit(flows: readonly Flow[], kit: Kit): Sums {
  const whole = (of: (flow: Flow) => Big) =>
    flows
      // A third of a dozen has no end: what is missing at the seventh place is none.
      .map((flow) => of(flow).div(ratioOf(flow, kit)).round(decimals).round(0, Big.roundDown))
      .reduce((least, count) => (count.lt(least) ? count : least))
  const delivered = whole((flow) => flow.delivered)
  const kept = whole((flow) => flow.delivered.minus(flow.returned))
  const staying = whole((flow) => flow.delivered.minus(flow.returned).minus(flow.returning))
  return { delivered, returned: delivered.minus(kept), returning: kept.minus(staying) }
}

/**
 * How many of a component make one kit: as its bill of materials says, or, where that was deleted, may not be read
 * or is nested in another, as many as were asked to leave for one that was ordered.
 */
function ratioOf({ moves, product, demanded }: Flow, kit: Kit): Big {
  const lines = distinct(moves.flatMap(({ bom_line_id }) => (bom_line_id ? [bom_line_id] : [])))
  const isDirect = lines.length > 0 && lines.every((line) => isOfKit(line, kit))
  if (isDirect) {
    const ratios = lines.map((line) => ratioOfBom(line, { component: product, kit: kit.product }))
    const ratio = ratios.reduce((sum, one) => sum.plus(one), nothing)
    if (ratio.gt(0)) return ratio
  }
  const isKnown = demanded.gt(0) && kit.ordered.gt(0)
  return isKnown ? demanded.div(kit.ordered) : new Big(1)
}

function isOfKit({ bom_id }: BomLine, { product }: Kit): boolean {
  return bom_id !== null && bom_id.product_tmpl_id === product.product_tmpl_id
}

function ratioOfBom(
  line: BomLine,
  { component, kit }: { readonly component: Product; readonly kit: Product },
): Big {
  const needed = convert(line.product_qty, line.product_uom_id, component.uom_id)
  const bom = line.bom_id
  const made = convert(bom?.product_qty ?? '1', bom?.product_uom_id ?? null, kit.uom_id)
  return made.gt(0) ? needed.div(made) : needed
}

function distinct(lines: readonly BomLine[]): BomLine[] {
  return [...new Map(lines.map((line) => [line.id, line])).values()]
}

function componentOf(flow: Flow, kit: Kit): Goods {
  const { product, moves, delivered, returned, returning } = flow
  const ordered = kit.ordered.times(ratioOf(flow, kit))
  return { product, ordered, delivered, returned, returning, ...tracesOf(moves) }
}

function tracesOf(moves: readonly Move[]): Pick<Goods, 'deliveredAt' | 'serials' | 'lots'> {
  return {
    deliveredAt: deliveredAt(moves),
    serials: shippedLots(moves, 'serial'),
    lots: shippedLots(moves, 'lot'),
  }
}

/** What is still with the customer, and nobody has announced to bring back. */
export function returnable({ delivered, returned, returning }: Goods): Big {
  const left = delivered.minus(returned).minus(returning)
  return left.lt(0) ? nothing : left
}
