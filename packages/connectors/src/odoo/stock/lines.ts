import type { CommandBody } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import { z } from 'zod'
import type { Domain, Odoo } from '../client/odoo.ts'
import { many2one, text } from '../client/values.ts'
import { refusal } from './refusals.ts'

type CommandLine = CommandBody<'return.record'>['lines'][number]
type About = CommandBody<'return.record'>['about']
type Product = CommandLine['product']

/** A line of a command, as far as Odoo's ids for it are known. */
export interface GoodsLine {
  readonly lineNo: number
  /** In the product's own unit. */
  readonly quantity: Big
  readonly serials: readonly string[]
  readonly lots: readonly string[]
  /** Null: the order behind it is not known. */
  readonly saleLineId: number | null
  /** Null only where the line of the order is known. */
  readonly productId: number | null
}

interface AskedLine {
  readonly lineNo: number
  readonly quantity: string
  readonly product?: Product | undefined
  readonly serials?: readonly string[] | undefined
  readonly lots?: readonly string[] | undefined
  readonly orderLine?: string | undefined
}

/**
 * Finds the lines of the order, and the products of lines without an order. No call where the command names
 * both by Odoo's ids.
 *
 * @throws {TerminalError} ORDER_LINE_AMBIGUOUS, PRODUCT_UNKNOWN or PRODUCT_AMBIGUOUS.
 */
export async function resolveLines(
  odoo: Odoo,
  asked: {
    readonly about?: About
    readonly lines: readonly AskedLine[]
    /** Also where the line of the order is known. */
    readonly withProducts?: boolean
  },
): Promise<GoodsLine[]> {
  const { about, lines, withProducts = false } = asked
  const unknown = lines.filter(({ orderLine }) => idOf(orderLine) === null)
  const products = await findProducts(odoo, withProducts ? lines : unknown)
  const found = await findOrderLines(odoo, { about, lines: unknown, products })
  return lines.map((line) => ({
    lineNo: line.lineNo,
    quantity: new Big(line.quantity),
    serials: line.serials ?? [],
    lots: line.lots ?? [],
    saleLineId: idOf(line.orderLine) ?? found.get(line.lineNo) ?? null,
    productId: products.get(line.lineNo) ?? idOf(line.product?.erpId),
  }))
}

/** A database id as the hub keeps it. */
export function idOf(value: string | undefined): number | null {
  return value !== undefined && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : null
}

const productRow = z.object({ id: z.int(), default_code: text, barcode: text })

/** @returns product ids by line number. */
async function findProducts(
  odoo: Odoo,
  lines: readonly AskedLine[],
): Promise<ReadonlyMap<number, number>> {
  const known = lines.flatMap(({ lineNo, product }) => {
    const id = idOf(product?.erpId)
    return id === null ? [] : [[lineNo, id] as const]
  })
  const asked = lines.filter(({ product }) => idOf(product?.erpId) === null)
  if (asked.length === 0) return new Map(known)
  const codes = asked.flatMap(({ product }) => product?.sku ?? [])
  const barcodes = asked.flatMap(({ product }) => product?.gtin ?? [])
  const domain: Domain = ['|', ['default_code', 'in', codes], ['barcode', 'in', barcodes]]
  const context = { active_test: false }
  const rows = await odoo.search('product.product', { domain, row: productRow, context })
  return new Map([
    ...known,
    ...asked.map(({ lineNo, product }) => [lineNo, matchProduct(lineNo, rows, product)] as const),
  ])
}

function matchProduct(
  lineNo: number,
  rows: readonly z.output<typeof productRow>[],
  product: Product | undefined,
): number {
  const byCode = rows.filter(
    ({ default_code }) => default_code !== null && default_code === product?.sku,
  )
  const byBarcode = rows.filter(({ barcode }) => barcode !== null && barcode === product?.gtin)
  const candidates = byCode.length > 0 ? byCode : byBarcode
  const name = product?.sku ?? product?.gtin ?? 'without a number'
  if (candidates.length > 1) {
    throw refusal(
      'productAmbiguous',
      `several products of Odoo have the number ${name} (line ${lineNo})`,
    )
  }
  const [found] = candidates
  if (found === undefined) {
    throw refusal('productUnknown', `Odoo knows no product ${name} (line ${lineNo})`)
  }
  return found.id
}

const orderLineRow = z.object({ id: z.int(), product_id: many2one })

/** @returns ids of lines of orders by line number; a product that is not on the order has none. */
async function findOrderLines(
  odoo: Odoo,
  {
    about,
    lines,
    products,
  }: {
    readonly about: About
    readonly lines: readonly AskedLine[]
    readonly products: ReadonlyMap<number, number>
  },
): Promise<ReadonlyMap<number, number>> {
  const refs = about?.orderRefs ?? []
  if (refs.length === 0 || lines.length === 0) return new Map()
  const domain: Domain = [
    ['product_id', 'in', [...new Set(products.values())]],
    ['order_id.state', 'in', ['sale', 'done']],
    '|',
    '|',
    ['order_id.name', 'in', refs],
    ['order_id.client_order_ref', 'in', refs],
    ['order_id.origin', 'in', refs],
  ]
  const rows = await odoo.search('sale.order.line', { domain, row: orderLineRow, order: 'id' })
  const found = lines.flatMap(({ lineNo }) => {
    const productId = products.get(lineNo)
    const candidates = rows.filter(({ product_id }) => product_id?.id === productId)
    if (candidates.length > 1) {
      const reason = `several lines of the order are of the product of line ${lineNo}: which one is meant?`
      throw refusal('lineAmbiguous', reason)
    }
    const [one] = candidates
    return one === undefined ? [] : [[lineNo, one.id] as const]
  })
  return new Map(found)
}
