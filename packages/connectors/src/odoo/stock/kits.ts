import { Big } from 'big.js'
import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { decimal, many2one } from '../client/values.ts'
import type { Move } from './moves.ts'
import { refusal } from './refusals.ts'

const bomLine = z.object({
  id: z.int(),
  product_id: many2one,
  product_tmpl_id: many2one,
  product_qty: decimal,
  bom_id: many2one,
  parent_product_tmpl_id: many2one,
})
type BomLine = z.output<typeof bomLine>
const bom = z.object({ id: z.int(), product_qty: decimal })
const soldProduct = z.object({ id: z.int(), product_id: many2one, product_template_id: many2one })

/** Kits within kits, at most so deep. */
const maxDepth = 5

/** Units of the component in one kit, by the line of the bill of materials. */
export type KitRatios = ReadonlyMap<number, Big>

/**
 * What a kit is made of. A kit is sold as one product and leaves as its components; Odoo's own count of
 * delivered kits goes by the bill of materials, and so does this. Two calls where something is a kit.
 *
 * @throws {TerminalError} KIT_UNCLEAR when the kits that were sold cannot be found in the bills of materials.
 */
export async function kitRatios(odoo: Odoo, moves: readonly Move[]): Promise<KitRatios> {
  const kits = moves.filter(({ bomLineId }) => bomLineId !== null)
  if (kits.length === 0) return new Map()
  const lineIds = [...new Set(kits.map(({ bomLineId }) => bomLineId ?? 0))]
  const saleLineIds = [...new Set(kits.flatMap(({ saleLineId }) => saleLineId ?? []))]
  const [lines, sold] = await Promise.all([
    odoo.read('mrp.bom.line', lineIds, bomLine),
    odoo.read('sale.order.line', saleLineIds, soldProduct),
  ])
  const kitTemplates = new Set([
    ...sold.map(({ product_template_id }) => product_template_id?.id ?? 0),
    ...templatesWithoutOrder(kits, lines),
  ])
  const all = await withAncestors(odoo, lines, kitTemplates)
  const bomIds = [...new Set(all.map(({ bom_id }) => bom_id?.id ?? 0))]
  const boms = await odoo.read('mrp.bom', bomIds, bom)
  const sizes = new Map(boms.map(({ id, product_qty }) => [id, new Big(product_qty)]))
  return new Map(lines.map((line) => [line.id, ratioOf(line, { all, sizes, kitTemplates })]))
}

/** Without an order the kit is what the component is directly a part of. */
function templatesWithoutOrder(kits: readonly Move[], lines: readonly BomLine[]): number[] {
  const ofOrders = new Set(
    kits.flatMap(({ saleLineId, bomLineId }) => (saleLineId === null ? [] : (bomLineId ?? []))),
  )
  return lines
    .filter(({ id }) => !ofOrders.has(id))
    .flatMap(({ parent_product_tmpl_id }) => parent_product_tmpl_id?.id ?? [])
}

/** The lines that stand between a component and the kit that was sold, where kits are made of kits. */
async function withAncestors(
  odoo: Odoo,
  lines: readonly BomLine[],
  kitTemplates: ReadonlySet<number>,
): Promise<BomLine[]> {
  const all = [...lines]
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const inner = all
      .map(({ parent_product_tmpl_id }) => parent_product_tmpl_id?.id ?? 0)
      .filter((id) => !kitTemplates.has(id) && !all.some((one) => one.product_tmpl_id?.id === id))
    if (inner.length === 0) return all
    const domain = [
      ['product_tmpl_id', 'in', [...new Set(inner)]],
      ['bom_id.type', '=', 'phantom'],
    ] as const
    const found = await odoo.search('mrp.bom.line', { domain, row: bomLine })
    if (found.length === 0) return all
    all.push(...found)
  }
  return all
}

function ratioOf(
  line: BomLine,
  context: {
    readonly all: readonly BomLine[]
    readonly sizes: ReadonlyMap<number, Big>
    readonly kitTemplates: ReadonlySet<number>
  },
): Big {
  let ratio = new Big(1)
  let at: BomLine | undefined = line
  for (let depth = 0; at !== undefined && depth <= maxDepth; depth += 1) {
    const size = context.sizes.get(at.bom_id?.id ?? 0)
    if (size === undefined || size.eq(0)) break
    ratio = ratio.times(at.product_qty).div(size)
    const parent: number = at.parent_product_tmpl_id?.id ?? 0
    if (context.kitTemplates.has(parent)) return ratio
    const above: readonly BomLine[] = context.all.filter(
      (one) => one.product_tmpl_id?.id === parent,
    )
    at = above.length === 1 ? above[0] : undefined
  }
  throw refusal('kitUnclear', 'the bill of materials of the kit is no longer the one that was sold')
}
