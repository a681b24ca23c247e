import type { ProductRef } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Domain, Odoo } from '../client/odoo.ts'
import { text } from '../client/values.ts'
import { numbersIn } from '../orders/find-orders.ts'

const product = z.object({
  id: z.int(),
  default_code: text,
  barcode: text,
  active: z.boolean(),
})
type Product = z.output<typeof product>

interface Wanted {
  readonly lineNo: number
  readonly product: ProductRef
}

/**
 * Ids of products, by line: by their id in Odoo, else their reference, else their barcode. One call for all lines.
 *
 * @throws {TerminalError} PRODUCT_UNKNOWN, PRODUCT_AMBIGUOUS, PRODUCT_ARCHIVED.
 */
export async function findProducts(
  odoo: Odoo,
  lines: readonly Wanted[],
): Promise<ReadonlyMap<number, number>> {
  const named = lines.map(({ product: ref }) => ref)
  const ids = numbersIn(named.map(({ erpId }) => erpId))
  const skus = textsOf(named.map(({ sku }) => sku))
  const gtins = textsOf(named.map(({ gtin }) => gtin))
  const domain: Domain = [
    '|',
    '|',
    ['id', 'in', ids],
    ['default_code', 'in', skus],
    ['barcode', 'in', gtins],
  ]
  const context = { active_test: false }
  const rows = await odoo.search('product.product', { domain, row: product, order: 'id', context })
  return new Map(lines.map((line) => [line.lineNo, pick(line, rows)]))
}

function textsOf(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined)
}

function pick({ lineNo, product: { erpId, sku, gtin } }: Wanted, rows: readonly Product[]): number {
  const [id] = numbersIn([erpId])
  const ways = [
    rows.filter((row) => row.id === id),
    rows.filter((row) => sku !== undefined && row.default_code === sku),
    rows.filter((row) => gtin !== undefined && row.barcode === gtin),
  ]
  const found = ways.find((way) => way.length > 0) ?? []
  const [inUse, another] = found.filter(({ active }) => active)
  if (found.length === 0) {
    throw refusal('PRODUCT_UNKNOWN', `Odoo has no product like that of line ${lineNo}.`)
  }
  if (inUse === undefined) {
    throw refusal('PRODUCT_ARCHIVED', `The product of line ${lineNo} is archived in Odoo.`)
  }
  if (another === undefined) return inUse.id
  const reason = `Odoo has several products with the reference or barcode of line ${lineNo}.`
  throw refusal('PRODUCT_AMBIGUOUS', reason)
}

/** What cannot be sent again is another product's turn, or a refund's. */
const exceptions = {
  PRODUCT_UNKNOWN: 'MD01',
  PRODUCT_ARCHIVED: 'CU05',
  PRODUCT_AMBIGUOUS: 'MD01',
} as const

function refusal(code: keyof typeof exceptions, reason: string): TerminalError {
  return new TerminalError({ code, exception: exceptions[code], reason })
}
