import type { feeKinds } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import type { Config } from '../../config.ts'
import { convert } from '../../orders/units.ts'
import type { CaseLines } from './case-lines.ts'
import type { EntryLine } from './entry-rows.ts'

interface CreditLine {
  readonly caseLine: number
  /** In base units. */
  readonly quantity: string
  readonly net: string
  readonly tax: string
}

interface Deduction {
  readonly kind: (typeof feeKinds)[number]
  readonly net: string
  readonly tax: string
}

/** A credit note taken apart as the hub does it; the parts add up to its total. Amounts are decimals. */
export interface CreditParts {
  readonly lines: readonly CreditLine[]
  readonly fees: readonly Deduction[]
  /** With tax: what stands for no line of the return. */
  readonly goodwill: string
}

interface Sum {
  net: Big
  tax: Big
}

/** What a line of a credit note stands for. */
type Part =
  | { readonly kind: 'line'; readonly caseLine: number }
  | { readonly kind: 'fee'; readonly fee: Deduction['kind'] }
  | { readonly kind: 'goodwill' }

export function creditParts(
  config: Config,
  credit: { readonly total: string; readonly lines: readonly EntryLine[] },
  known: { readonly caseNo: string; readonly lines: CaseLines },
): CreditParts {
  const lines = new Map<number, Sum & { quantity: Big }>()
  const fees = new Map<Deduction['kind'], Sum>()
  let goodwill = new Big(0)
  for (const one of credit.lines.filter(isProductLine)) {
    const part = partOf(config, one, known)
    const amount = { net: new Big(one.price_subtotal), tax: taxOf(one) }
    if (part.kind === 'goodwill') goodwill = goodwill.plus(one.price_total)
    else if (part.kind === 'fee') addTo(fees, part.fee, negated(amount))
    else {
      const before = lines.get(part.caseLine)
      const quantity = (before?.quantity ?? new Big(0)).plus(baseQuantity(one))
      lines.set(part.caseLine, { ...plus(before, amount), quantity })
    }
  }
  balance(credit.total, { lines, fees, goodwill })
  return {
    lines: [...lines].map(([caseLine, { quantity, net, tax }]) => ({
      caseLine,
      quantity: quantity.toFixed(),
      net: net.toFixed(),
      tax: tax.toFixed(),
    })),
    fees: [...fees].map(([kind, { net, tax }]) => ({
      kind,
      net: net.toFixed(),
      tax: tax.toFixed(),
    })),
    goodwill: goodwill.toFixed(),
  }
}

function isProductLine({ display_type: type }: EntryLine): boolean {
  return type === null || type === 'product'
}

function partOf(
  { feeProducts }: Config,
  { product_id: product, sale_line_ids: orderLines = [], price_total: total }: EntryLine,
  { caseNo, lines }: { readonly caseNo: string; readonly lines: CaseLines },
): Part {
  if (new Big(total).lt(0)) return { kind: 'fee', fee: feeOf(feeProducts, product?.id) }
  for (const orderLine of orderLines) {
    const caseLine = lines.ofOrderLine(caseNo, orderLine)
    if (caseLine !== null) return { kind: 'line', caseLine }
  }
  // Without its order line a positive amount of a product that came back may be goodwill: the order says so by that.
  const caseLine = product === null ? null : lines.ofProduct(caseNo, product.id)
  const isOfLine = caseLine !== null && orderLines.length > 0
  return isOfLine ? { kind: 'line', caseLine } : { kind: 'goodwill' }
}

const plainFee: Deduction['kind'] = 'restocking'
const kinds: readonly Deduction['kind'][] = [
  'restocking',
  'return_label',
  'damage_deduction',
  'missing_parts',
  'core_shortfall',
]

function feeOf(products: Config['feeProducts'], productId: number | undefined): Deduction['kind'] {
  const fitting = kinds.filter((kind) => products[kind] === productId)
  return fitting.length === 1 ? (fitting[0] ?? plainFee) : plainFee
}

function baseQuantity({ quantity, product_uom_id: sold, product_id: product }: EntryLine): Big {
  return convert(quantity, sold, product?.uom_id ?? null)
}

function taxOf({ price_total: total, price_subtotal: net }: EntryLine): Big {
  return new Big(total).minus(net)
}

function plus(before: Sum | undefined, { net, tax }: Sum): Sum {
  return { net: (before?.net ?? new Big(0)).plus(net), tax: (before?.tax ?? new Big(0)).plus(tax) }
}

function negated({ net, tax }: Sum): Sum {
  return { net: net.times(-1), tax: tax.times(-1) }
}

function addTo(fees: Map<Deduction['kind'], Sum>, kind: Deduction['kind'], amount: Sum): void {
  fees.set(kind, plus(fees.get(kind), amount))
}

/** Tax that is rounded over the whole document differs from that of its lines by cents: the largest line takes them. */
function balance(
  total: string,
  parts: {
    readonly lines: ReadonlyMap<number, Sum>
    readonly fees: ReadonlyMap<string, Sum>
    readonly goodwill: Big
  },
): void {
  const amounts = [...parts.lines.values()]
  const sumOf = (sums: Iterable<Sum>) =>
    [...sums].reduce((sum, { net, tax }) => sum.plus(net).plus(tax), new Big(0))
  const rest = new Big(total)
    .minus(sumOf(amounts))
    .plus(sumOf(parts.fees.values()))
    .minus(parts.goodwill)
  const largest = amounts.toSorted((a, b) => b.net.cmp(a.net))[0]
  if (largest && !rest.eq(0)) largest.tax = largest.tax.plus(rest)
}
