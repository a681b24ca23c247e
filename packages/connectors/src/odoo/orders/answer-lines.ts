import type { InvoicedLine, ProductRef } from '@backhaul/sdk/canonical'
import type { OrderAnswer } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import type { Goods, SoldLine } from './goods.ts'
import { invoicedOf } from './invoiced.ts'
import { type AskedLine, type Match, matchLines } from './match-lines.ts'
import type { Invoice, Product } from './order-rows.ts'
import { plain } from './plain.ts'
import { unitCodeOf } from './units.ts'

type RecordedLine = OrderAnswer['lines'][number]

const maxLines = 1_000
const maxNames = 5_000
const decimals = 6

/**
 * What is known of each line that was asked for; of all lines, numbered from 1, where none was asked for.
 *
 * @param invoices - of the order, by their ids.
 */
export function recordLines(
  asked: readonly AskedLine[],
  sold: readonly SoldLine[],
  invoices: ReadonlyMap<number, Invoice>,
): RecordedLine[] {
  const matches = asked.length === 0 ? everyLine(sold) : matchLines(asked, sold)
  return matches.slice(0, maxLines).map((match) => recordLine(match, invoices))
}

function everyLine(sold: readonly SoldLine[]): Match[] {
  return sold.map((line, index) => ({
    lineNo: index + 1,
    sold: [line],
    goodsOf: ({ goods }: SoldLine) => goods,
    isComponent: false,
  }))
}

function recordLine(match: Match, invoices: ReadonlyMap<number, Invoice>): RecordedLine {
  const { lineNo, sold, goodsOf, isComponent } = match
  const goods = sold.map(goodsOf)
  const [first] = goods
  if (first === undefined) return { lineNo, onOrder: false }
  const { product } = first
  // Several lines of an order cannot be named as one: whoever records the return spreads it over them.
  const orderLine = sold.length === 1 ? String(sold[0]?.row.id) : undefined
  const invoiced = isComponent ? null : mostInvoiced(sold, invoices)
  const delivered = goods.flatMap((one) => one.deliveredAt ?? []).toSorted()
  const serials = namesOf(goods.flatMap((one) => one.serials))
  const lots = namesOf(goods.flatMap((one) => one.lots))
  return {
    lineNo,
    onOrder: true,
    ...(orderLine === undefined ? {} : { orderLine }),
    ...optional('deliveredAt', delivered.at(-1)),
    ...(invoiced === null ? {} : { invoiced }),
    ...quantitiesOf(goods),
    ...(serials.length === 0 ? {} : { serials }),
    ...(lots.length === 0 ? {} : { lots }),
    product: productRefOf(product),
    ...(product.uom_id === null ? {} : { baseUnit: unitCodeOf(product.uom_id) }),
    isArchived: !product.active,
  }
}

type Quantities = Pick<RecordedLine, 'ordered' | 'delivered' | 'returned' | 'returning'>

function quantitiesOf(goods: readonly Goods[]): Quantities {
  const sum = (of: (goods: Goods) => Big) => {
    const total = goods.reduce((before, one) => before.plus(of(one)), new Big(0)).round(decimals)
    return (total.lt(0) ? new Big(0) : total).toFixed()
  }
  return {
    ordered: sum(({ ordered }) => ordered),
    delivered: sum(({ delivered }) => delivered),
    returned: sum(({ returned }) => returned),
    returning: sum(({ returning }) => returning),
  }
}

function mostInvoiced(
  sold: readonly SoldLine[],
  invoices: ReadonlyMap<number, Invoice>,
): InvoicedLine | null {
  const all = sold.flatMap(({ row }) => invoicedOf(row, invoices) ?? [])
  return all.toSorted((a, b) => new Big(b.quantity).cmp(a.quantity)).at(0) ?? null
}

/** A product as the hub names it. References and barcodes that are none of that form are left out. */
function productRefOf({ id, default_code, barcode, name }: Product): ProductRef {
  const sku = plain(default_code, 100)
  const called = plain(name, 300)
  return {
    erpId: String(id),
    ...optional('sku', sku),
    ...(barcode !== null && /^\d{8,14}$/.test(barcode) ? { gtin: barcode } : {}),
    ...optional('name', called),
  }
}

function namesOf(names: readonly string[]): string[] {
  const known = names.flatMap((name) => plain(name, 100) ?? [])
  return [...new Set(known)].slice(0, maxNames)
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]: Value })
}
