import type { OrderItem, ReturnItem } from './shapes.ts'
import type { ToldLine } from './told.ts'

/** Which line of the case an item of a return is, as we wrote it into its metadata; null where we did not. */
export function lineNoOf({ metadata }: ReturnItem): number | null {
  const lineNo = metadata?.['line_no']
  return typeof lineNo === 'number' && Number.isSafeInteger(lineNo) && lineNo > 0 ? lineNo : null
}

/** The item of a return that a line of the case is: by the id that came from here, our number, or the SKU. */
export function itemOf(
  line: ToldLine,
  {
    items,
    bought,
  }: { readonly items: readonly ReturnItem[]; readonly bought: readonly OrderItem[] },
): ReturnItem | null {
  const byRef = items.find(({ item_id: id }) => id === line.sourceLineRef || id === line.orderLine)
  const byNo = items.find((item) => lineNoOf(item) === line.lineNo)
  const ids = boughtAs(line, bought).map(({ id }) => id)
  return byRef ?? byNo ?? items.find(({ item_id: id }) => ids.includes(id)) ?? null
}

/** Items of the order that a line of the case may be. */
export function boughtAs(line: ToldLine, bought: readonly OrderItem[]): readonly OrderItem[] {
  const byRef = bought.filter(({ id }) => id === line.sourceLineRef || id === line.orderLine)
  if (byRef.length > 0) return byRef
  const { sku, channelSku } = line.product ?? {}
  return bought.filter(
    (item) =>
      (sku !== undefined && item.variant_sku === sku) ||
      (channelSku !== undefined && item.variant_id === channelSku),
  )
}
