import { z } from 'zod'
import type { Domain, Odoo } from '../../client/odoo.ts'
import { many2one, text } from '../../client/values.ts'
import { lineNoOf, referenceIn } from './case-number.ts'

const row = z.object({ id: z.int(), origin: text, product_id: many2one, sale_line_id: many2one })

/** Says which line of a return an order line or a product of it is. */
export interface CaseLines {
  readonly ofOrderLine: (caseNo: string, orderLine: number) => number | null
  readonly ofProduct: (caseNo: string, product: number) => number | null
}

/** The hub has written the line of the return on each move that it made: documents without such a text borrow it. */
export async function readCaseLines(odoo: Odoo, caseNos: readonly string[]): Promise<CaseLines> {
  const wanted = [...new Set(caseNos)]
  const domain: Domain = [
    ...wanted.slice(1).map(() => '|'),
    ...wanted.map((caseNo) => ['origin', '=like', `${caseNo}:%`] as const),
  ]
  const rows = wanted.length === 0 ? [] : await odoo.search('stock.move', { domain, row })
  const byOrderLine = new Map<string, Set<number>>()
  const byProduct = new Map<string, Set<number>>()
  for (const { origin, product_id: product, sale_line_id: orderLine } of rows) {
    const caseNo = referenceIn(origin)?.caseNo
    const lineNo = lineNoOf(origin)
    if (caseNo === undefined || lineNo === null) continue
    if (orderLine !== null) add(byOrderLine, `${caseNo} ${orderLine.id}`, lineNo)
    if (product !== null) add(byProduct, `${caseNo} ${product.id}`, lineNo)
  }
  return {
    ofOrderLine: (caseNo, orderLine) => smallest(byOrderLine.get(`${caseNo} ${orderLine}`)),
    ofProduct: (caseNo, product) => only(byProduct.get(`${caseNo} ${product}`)),
  }
}

function add(sets: Map<string, Set<number>>, key: string, lineNo: number): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(lineNo))
}

function smallest(lineNos: ReadonlySet<number> | undefined): number | null {
  return lineNos === undefined ? null : Math.min(...lineNos)
}

function only(lineNos: ReadonlySet<number> | undefined): number | null {
  const [one] = lineNos ?? []
  return lineNos?.size === 1 ? (one ?? null) : null
}
