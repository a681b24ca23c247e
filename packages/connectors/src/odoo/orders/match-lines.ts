import { normalizeGtin } from '@backhaul/sdk/canonical'
import type { OrderQuestion } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { numbersIn } from './find-orders.ts'
import { type Goods, returnable, type SoldLine } from './goods.ts'
import type { Product } from './order-rows.ts'

export type AskedLine = OrderQuestion['lines'][number]

/** The part of an order that a line is about. */
export interface Match {
  readonly lineNo: number
  /** Order lines with the product, the first one that a return takes from in front; none where it was not sold. */
  readonly sold: readonly SoldLine[]
  /** What was asked for: goods of the line, or a component of a kit. */
  readonly goodsOf: (line: SoldLine) => Goods
  readonly isComponent: boolean
}

/**
 * Finds the order line of each line that was asked for: by its id, by the invoice line, else by product. Several order
 * lines with one product are filled one after another: the first that holds the whole quantity is taken, so that
 * two asked lines do not count the same units; where none holds it, all of them together are what was sold.
 *
 * @returns without a line of which only other systems' ids are known, and none of them is one of ours: whether it
 *   was on the order cannot be said.
 */
export function matchLines(asked: readonly AskedLine[], sold: readonly SoldLine[]): Match[] {
  const left = new Map(sold.map((line) => [line.row.id, returnable(line.goods)]))
  return asked.flatMap((line) => {
    const match = matchOf(line, sold, left)
    if (match === null) return []
    const [first] = match.sold
    if (first && !match.isComponent) {
      const before = left.get(first.row.id) ?? new Big(0)
      left.set(first.row.id, before.minus(line.quantity))
    }
    return [match]
  })
}

function matchOf(
  asked: AskedLine,
  sold: readonly SoldLine[],
  left: ReadonlyMap<number, Big>,
): Match | null {
  const { lineNo, product } = asked
  const whole = { lineNo, goodsOf: (line: SoldLine) => line.goods, isComponent: false }
  const isAsked = askedAmong(sold, product)
  const named = sold.find((line) => isNamed(line, asked))
  if (named) return ofNamed(named, lineNo, isAsked)
  const sameProduct = sold.filter((line) => isAsked(line.goods.product))
  if (sameProduct.length > 0) return { ...whole, sold: filled(sameProduct, asked.quantity, left) }
  const kits = sold.filter((line) => line.components.some((part) => isAsked(part.product)))
  if (kits.length > 0) return { lineNo, sold: kits, goodsOf: partOf(isAsked), isComponent: true }
  return canBeTold(product) ? { ...whole, sold: [] } : null
}

/** Who names a kit's line and one of its parts means the part. */
function ofNamed(line: SoldLine, lineNo: number, isAsked: (product: Product) => boolean): Match {
  const isPart =
    !isAsked(line.goods.product) && line.components.some((part) => isAsked(part.product))
  const goodsOf = isPart ? partOf(isAsked) : (one: SoldLine) => one.goods
  return { lineNo, sold: [line], goodsOf, isComponent: isPart }
}

function partOf(isAsked: (product: Product) => boolean) {
  return (line: SoldLine): Goods =>
    line.components.find(({ product }) => isAsked(product)) ?? line.goods
}

function isNamed({ row }: SoldLine, { orderLine, invoiceLine }: AskedLine): boolean {
  if (numbersIn([orderLine]).includes(row.id)) return true
  const invoiced = numbersIn([orderLine === undefined ? invoiceLine : undefined])
  return row.invoice_lines.some(({ id }) => invoiced.includes(id))
}

/** One line when it holds the quantity; else all of them, the one with most left first. */
function filled(
  lines: readonly SoldLine[],
  quantity: string,
  left: ReadonlyMap<number, Big>,
): SoldLine[] {
  const leftOf = (line: SoldLine) => left.get(line.row.id) ?? new Big(0)
  const enough = lines.find((line) => leftOf(line).gt(0) && leftOf(line).gte(quantity))
  if (enough) return [enough]
  return lines.toSorted((a, b) => leftOf(b).cmp(leftOf(a)) || a.row.id - b.row.id)
}

/**
 * By our own id, or else by reference and barcode: a product that was archived and made anew has another id, and
 * the one that was sold still bears the reference.
 */
function askedAmong(sold: readonly SoldLine[], asked: AskedLine['product']) {
  const [id] = numbersIn([asked.erpId])
  const products = sold.flatMap(({ goods, components }) => [
    goods.product,
    ...components.map(({ product }) => product),
  ])
  const isSold = products.some((product) => product.id === id)
  return (product: Product) => (isSold ? product.id === id : bearsName(product, asked))
}

function bearsName({ default_code, barcode }: Product, asked: AskedLine['product']): boolean {
  const names = [asked.sku, asked.channelSku, asked.customerPartNo]
  if (default_code !== null && names.some((name) => same(name, default_code))) return true
  if (barcode === null || asked.gtin === undefined) return false
  return same(asked.gtin, barcode) || isSameGtin(asked.gtin, barcode)
}

function same(said: string | undefined, ours: string): boolean {
  return said !== undefined && said.trim().toLowerCase() === ours.trim().toLowerCase()
}

function isSameGtin(said: string, ours: string): boolean {
  const whole = normalizeGtin(said)
  return whole !== null && whole === normalizeGtin(ours)
}

function canBeTold({ erpId, sku, gtin }: AskedLine['product']): boolean {
  return numbersIn([erpId]).length > 0 || sku !== undefined || gtin !== undefined
}
