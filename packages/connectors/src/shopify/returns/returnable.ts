import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Shopify } from '../client/shopify.ts'
import { returnableQuery } from '../documents/reads.ts'
import { lineNote } from '../ids.ts'
import { pageInfo } from './shop-return.ts'
import { type Told, type ToldLine, wholeUnits } from './told.ts'

const returnable = z.object({
  returnableFulfillments: z.object({
    pageInfo,
    nodes: z.array(
      z.object({
        returnableFulfillmentLineItems: z.object({
          pageInfo: z.object({ hasNextPage: z.boolean() }),
          nodes: z.array(
            z.object({
              quantity: z.int(),
              fulfillmentLineItem: z.object({
                id: z.string(),
                lineItem: z.object({ id: z.string(), sku: z.string().nullish() }),
              }),
            }),
          ),
        }),
      }),
    ),
  }),
})

interface Left {
  readonly id: string
  readonly lineItemId: string
  readonly sku: string | null
  quantity: number
}

interface ReturnLineInput {
  readonly fulfillmentLineItemId: string
  readonly quantity: number
  readonly returnReason: 'OTHER'
  readonly returnReasonNote: string
}

const maxPages = 20

/**
 * The authorized units of a case as lines of a return, of whatever fulfillments have units of the product left.
 *
 * @throws {TerminalError} LINE_NOT_RETURNABLE where the order has not that many to return.
 */
export async function returnLinesOf(
  shopify: Shopify,
  { caseNo, orderId, told }: { caseNo: string; orderId: string; told: Told },
): Promise<ReturnLineInput[]> {
  const left = await readLeft(shopify, orderId)
  return (told.lines ?? []).flatMap((line) => {
    const note = lineNote(caseNo, line.lineNo)
    return takeUnits(left, line).map(({ id, quantity }) => ({
      fulfillmentLineItemId: id,
      quantity,
      // Which of Shopify's reasons it would be is nobody's to guess.
      returnReason: 'OTHER' as const,
      returnReasonNote: note,
    }))
  })
}

function takeUnits(left: Left[], line: ToldLine): { id: string; quantity: number }[] {
  let wanted = wholeUnits(line.authorized)
  const taken: { id: string; quantity: number }[] = []
  for (const one of left) {
    if (!isSame(one, line)) continue
    const quantity = Math.min(wanted, one.quantity)
    if (quantity <= 0) continue
    taken.push({ id: one.id, quantity })
    one.quantity -= quantity
    wanted -= quantity
  }
  if (wanted === 0) return taken
  const reason = `The order has ${wanted} too few units of line ${line.lineNo} that can be returned.`
  throw new TerminalError({ code: 'LINE_NOT_RETURNABLE', reason })
}

function isSame({ sku, lineItemId }: Left, { product, sourceLineRef }: ToldLine): boolean {
  return lineItemId === sourceLineRef || (sku !== null && sku === product?.sku)
}

async function readLeft(shopify: Shopify, orderId: string): Promise<Left[]> {
  const found: Left[] = []
  let after: string | null = null
  for (let page = 0; page < maxPages; page += 1) {
    const { returnableFulfillments: answer }: z.output<typeof returnable> = await shopify.read(
      returnableQuery,
      { orderId, after },
      returnable,
    )
    for (const { returnableFulfillmentLineItems } of answer.nodes) {
      for (const { quantity, fulfillmentLineItem } of returnableFulfillmentLineItems.nodes) {
        const { id, lineItem } = fulfillmentLineItem
        found.push({ id, lineItemId: lineItem.id, sku: lineItem.sku ?? null, quantity })
      }
    }
    after = answer.pageInfo.endCursor ?? null
    if (!answer.pageInfo.hasNextPage) return found
  }
  return found
}
