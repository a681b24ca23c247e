import { lineNoOf } from '../ids.ts'
import type { ReturnLine, ShopReturn } from './shop-return.ts'
import type { ToldLine } from './told.ts'

export interface Matched {
  readonly told: ToldLine
  readonly line: ReturnLine
}

/**
 * Which line of the case is which line of the return: by the id that the return was told with, by our number in the
 * note of a line that we made, else by a SKU that stands once on either side. What cannot be matched is left alone.
 */
export function matchLines(told: readonly ToldLine[], { lines }: ShopReturn): Matched[] {
  return told.flatMap((one) => {
    const line =
      lines.find(({ id }) => id === one.sourceLineRef) ??
      lines.find(({ returnReasonNote }) => lineNoOf(returnReasonNote) === one.lineNo) ??
      bySku(one, { told, lines })
    return line === undefined ? [] : [{ told: one, line }]
  })
}

function bySku(
  { product }: ToldLine,
  { told, lines }: { readonly told: readonly ToldLine[]; readonly lines: readonly ReturnLine[] },
): ReturnLine | undefined {
  const sku = product?.sku
  if (sku === undefined) return undefined
  const same = lines.filter(({ fulfillmentLineItem }) => fulfillmentLineItem?.lineItem.sku === sku)
  const isOnce = told.filter((one) => one.product?.sku === sku).length === 1
  return same.length === 1 && isOnce ? same[0] : undefined
}
