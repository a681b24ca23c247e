import { z } from 'zod'
import type { Shopify } from '../client/shopify.ts'
import { returnsOfOrderQuery } from '../documents/reads.ts'
import { pageInfo } from './shop-return.ts'

const listed = z.object({
  id: z.string(),
  status: z.string(),
  returnLineItems: z.object({ nodes: z.array(z.object({ returnReasonNote: z.string() })) }),
})
const returnsOfOrder = z.object({
  order: z.object({ returns: z.object({ pageInfo, nodes: z.array(listed) }) }).nullable(),
})

const maxPages = 20

/** The returns of an order, with the note of their first line; none where there is no such order. */
export async function listReturns(
  shopify: Shopify,
  id: string,
): Promise<readonly z.output<typeof listed>[]> {
  const found: z.output<typeof listed>[] = []
  let after: string | null = null
  for (let page = 0; page < maxPages; page += 1) {
    const { order }: z.output<typeof returnsOfOrder> = await shopify.read(
      returnsOfOrderQuery,
      { id, after },
      returnsOfOrder,
    )
    if (order === null) return found
    found.push(...order.returns.nodes)
    after = order.returns.pageInfo.endCursor ?? null
    if (!order.returns.pageInfo.hasNextPage) return found
  }
  return found
}
