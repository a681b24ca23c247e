import type { PolledMessage } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Shopify } from '../client/shopify.ts'
import { changedOrdersQuery } from '../documents/reads.ts'
import { listReturns } from '../returns/list-returns.ts'
import { pageInfo, readHandling, readReturn, type ShopReturn } from '../returns/shop-return.ts'
import { readRefund } from './read-refund.ts'
import { refundMessage } from './refund-message.ts'
import { returnMessage } from './return-message.ts'

const ids = z.array(z.object({ id: z.string() }))
const changedOrder = z.object({
  id: z.string(),
  returns: z.object({ pageInfo, nodes: ids }),
  refunds: ids,
})
type ChangedOrder = z.output<typeof changedOrder>
const changedOrders = z.object({ orders: z.object({ pageInfo, nodes: z.array(changedOrder) }) })

/** Each is followed by calls for its returns and refunds. */
const maxOrders = 10

interface How {
  /** In the search syntax of Shopify's. */
  readonly search: string
  readonly after: string | null
  readonly limit: number
  /** Tells only what is under way: everything else was over before anybody looked. */
  readonly isFirst: boolean
}

/** What is to be told of one page of orders. @returns `after` null at the last page. */
export async function readOrders(
  shopify: Shopify,
  { search, after, limit, isFirst }: How,
): Promise<{ readonly messages: readonly PolledMessage[]; readonly after: string | null }> {
  const first = Math.min(limit, maxOrders)
  const { orders } = await shopify.read(changedOrdersQuery, { search, first, after }, changedOrders)
  const messages: PolledMessage[] = []
  for (const order of orders.nodes) messages.push(...(await messagesOf(shopify, order, isFirst)))
  const { hasNextPage, endCursor } = orders.pageInfo
  return { messages, after: hasNextPage ? (endCursor ?? null) : null }
}

async function messagesOf(
  shopify: Shopify,
  order: ChangedOrder,
  isFirst: boolean,
): Promise<PolledMessage[]> {
  const messages: PolledMessage[] = []
  const open = new Set<string>()
  for (const id of await returnIdsOf(shopify, order)) {
    const found = await readReturn(shopify, id)
    if (found === null) continue
    if (isUnderWay(found)) open.add(id)
    else if (isFirst) continue
    messages.push(returnMessage(found, await readHandling(shopify, id)))
  }
  for (const { id } of order.refunds) {
    const found = await readRefund(shopify, id)
    const isTold = !isFirst || (found?.return != null && open.has(found.return.id))
    if (found !== null && isTold) messages.push(refundMessage(found))
  }
  return messages
}

async function returnIdsOf(shopify: Shopify, { id, returns }: ChangedOrder): Promise<string[]> {
  if (!returns.pageInfo.hasNextPage) return returns.nodes.map((one) => one.id)
  return (await listReturns(shopify, id)).map((one) => one.id)
}

function isUnderWay({ status }: ShopReturn): boolean {
  return status === 'REQUESTED' || status === 'OPEN'
}
