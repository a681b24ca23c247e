import { Big } from 'big.js'
import type { Config } from '../../config.ts'
import { lineNoOf } from './case-number.ts'
import type { Location, Move, Product } from './transfer-rows.ts'

/** Goods of a transfer, as a mapping document reads them. Quantities are decimals in the product's base unit. */
export interface Goods {
  /** Line of the return; null where Odoo does not say which. */
  readonly caseLine: number | null
  readonly orderLine: string | null
  readonly product: { readonly erpId: string; readonly sku?: string; readonly gtin?: string } | null
  readonly demanded: string
  readonly done: string
  /** Demanded, and not to be waited for any more. */
  readonly missing: string
  /** A kit came with some of its components only. */
  readonly isIncomplete: boolean
  readonly serials: readonly string[]
  readonly lots: readonly string[]
  /** Where they went: `stock`, `quarantine`, `scrap`, `vendor`, `repair`, `customer`, or the location's own name. */
  readonly to: string
}

interface GoodsOptions {
  readonly config: Config
  /** Whether nothing more is to come of the transfer. */
  readonly isOver: boolean
}

/** One entry for each move, and one for the components of a kit. */
export function goodsOf(moves: readonly Move[], options: GoodsOptions): Goods[] {
  const kits = new Map<string, Move[]>()
  const plain: Move[] = []
  for (const move of moves) {
    const kit = kitOf(move)
    if (kit === null) plain.push(move)
    else kits.set(kit, [...(kits.get(kit) ?? []), move])
  }
  return [
    ...plain.map((move) => goodsOfMove(move, options)),
    ...[...kits.values()].map((components) => goodsOfKit(components, options)),
  ].toSorted((a, b) => (a.caseLine ?? 0) - (b.caseLine ?? 0))
}

function goodsOfMove(move: Move, { config, isOver }: GoodsOptions): Goods {
  const demanded = new Big(move.product_qty)
  const done = doneOf(move)
  return {
    caseLine: caseLineOf(move),
    orderLine: orderLineOf(move),
    product: productOf(move.product_id),
    demanded: demanded.toFixed(),
    done: done.toFixed(),
    missing: isOver ? atLeastZero(demanded.minus(done)).toFixed() : '0',
    isIncomplete: false,
    ...tracked([move]),
    to: destinationOf(config, move),
  }
}

/** A move of ours says which line it is for; one that brings such goods back refers to it. */
function caseLineOf({ origin, origin_returned_move_id: from }: Move): number | null {
  return lineNoOf(origin) ?? lineNoOf(from?.origin ?? null)
}

function orderLineOf({ sale_line_id: line }: Move): string | null {
  return line ? String(line.id) : null
}

/** Units that have moved: what is only counted, or reserved, has not. */
export function doneOf({ state, move_line_ids: lines }: Move): Big {
  if (state !== 'done') return new Big(0)
  return lines.reduce((sum, line) => sum.plus(line.quantity_product_uom), new Big(0))
}

/**
 * Names the kit that a component was sold as, where the bill of materials belongs to the product of the order
 * line itself; of kits within kits the components are told of.
 */
function kitOf(move: Move): string | null {
  const { bom_line_id: component, sale_line_id: sold } = move
  const lineNo = caseLineOf(move)
  if (!component || !sold || lineNo === null || component.bom_id === null) return null
  if (component.parent_product_tmpl_id !== sold.product_template_id) return null
  return `${lineNo} ${sold.id}`
}

/** As many kits as the component of which most came: the others are incomplete. */
function goodsOfKit(components: readonly Move[], { config, isOver }: GoodsOptions): Goods {
  const [first] = components
  const done = components.map((move) => doneOf(move).div(perKit(move)))
  const demanded = components.map((move) => new Big(move.product_qty).div(perKit(move)))
  const kits = largest(done).round(0, Big.roundUp)
  const asked = largest(demanded).round(0, Big.roundUp)
  return {
    caseLine: first ? caseLineOf(first) : null,
    orderLine: first ? orderLineOf(first) : null,
    product: null,
    demanded: asked.toFixed(),
    done: kits.toFixed(),
    missing: isOver ? atLeastZero(asked.minus(kits)).toFixed() : '0',
    isIncomplete: done.some((one) => one.lt(kits)),
    ...tracked(components),
    to: first ? destinationOf(config, first) : 'other',
  }
}

function perKit({ bom_line_id: component }: Move): Big {
  const size = new Big(component?.bom_id?.product_qty ?? '1')
  const ratio = size.eq(0) ? new Big(1) : new Big(component?.product_qty ?? '1').div(size)
  return ratio.eq(0) ? new Big(1) : ratio
}

function tracked(moves: readonly Move[]): Pick<Goods, 'serials' | 'lots'> {
  const names = (tracking: string) =>
    moves
      .filter(
        ({ state, product_id: product }) => state === 'done' && product?.tracking === tracking,
      )
      .flatMap(({ move_line_ids: lines }) => lines.flatMap(({ lot_id: lot }) => lot?.name ?? []))
      .toSorted()
  return { serials: [...new Set(names('serial'))], lots: [...new Set(names('lot'))] }
}

function productOf(product: Product | null): Goods['product'] {
  if (product === null) return null
  const { id, default_code: sku, barcode } = product
  return {
    erpId: String(id),
    ...(sku === null ? {} : { sku }),
    ...(barcode !== null && /^\d{8,14}$/.test(barcode) ? { gtin: barcode } : {}),
  }
}

/** In the words of the configuration, so that a site translates what is special to it. */
function destinationOf({ warehouses }: Config, move: Move): string {
  const [line] = move.move_line_ids
  const place = line?.location_dest_id ?? move.location_dest_id
  if (place === null) return 'other'
  if (move.scrap_id || place.usage === 'inventory') return 'scrap'
  if (place.usage === 'customer') return 'customer'
  if (place.usage === 'supplier') return 'vendor'
  for (const { quarantine, vendor, repair, scrap, stock } of Object.values(warehouses)) {
    if (isBelow(place, quarantine)) return 'quarantine'
    if (isBelow(place, vendor)) return 'vendor'
    if (isBelow(place, repair)) return 'repair'
    if (isBelow(place, scrap)) return 'scrap'
    if (isBelow(place, stock)) return 'stock'
  }
  return place.complete_name ?? 'other'
}

export function isBelow({ id, parent_path: path }: Location, place: number | undefined): boolean {
  if (place === undefined) return false
  return id === place || (path ?? '').split('/').includes(String(place))
}

function largest(values: readonly Big[]): Big {
  return values.reduce((most, one) => (one.gt(most) ? one : most), new Big(0))
}

function atLeastZero(value: Big): Big {
  return value.lt(0) ? new Big(0) : value
}
