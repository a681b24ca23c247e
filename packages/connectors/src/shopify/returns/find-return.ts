import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Shopify } from '../client/shopify.ts'
import { ordersByNameQuery } from '../documents/reads.ts'
import { caseNoOf, isGid } from '../ids.ts'
import { listReturns } from './list-returns.ts'
import { readReturn, type ShopReturn } from './shop-return.ts'

/** How a command says which return, or which order, it is about. */
export interface About {
  readonly caseNo: string
  readonly target?: readonly { readonly type: string; readonly value: string }[] | undefined
  readonly orderRefs: readonly string[]
}

/** The return of a case, and its order; either may not be there. */
export interface Found {
  readonly orderId: string | null
  readonly found: ShopReturn | null
}

const ended = new Set(['CANCELED', 'DECLINED'])
const maxNames = 5

/**
 * Finds the return of a case: by the id that it is known by, else among the returns of its order by our number, which
 * stands in the notes of lines that we made. One that is in force goes before one that has come to nothing.
 */
export async function findReturn(shopify: Shopify, about: About): Promise<Found> {
  const ids = (about.target ?? []).filter(({ value }) => isGid('Return', value))
  const known: ShopReturn[] = []
  for (const { value } of ids) {
    const one = await readReturn(shopify, value)
    if (one !== null && !ended.has(one.status)) return { orderId: one.order.id, found: one }
    if (one !== null) known.push(one)
  }
  const orderId = known[0]?.order.id ?? (await findOrder(shopify, about))
  if (orderId === null) return { orderId: null, found: null }
  const own = await findOwn(shopify, orderId, about.caseNo)
  const found = own === null ? null : await readReturn(shopify, own)
  return { orderId, found: found ?? known[0] ?? null }
}

/** The order of a case: by its id, else by its name. Null where the case names none that is here. */
export async function findOrder(
  shopify: Shopify,
  { target, orderRefs }: About,
): Promise<string | null> {
  const known = (target ?? []).find(({ value }) => isGid('Order', value))
  if (known !== undefined) return known.value
  const gid = orderRefs.find((ref) => isGid('Order', ref))
  if (gid !== undefined) return gid
  for (const name of orderRefs.slice(0, maxNames)) {
    const id = await findByName(shopify, name)
    if (id !== null) return id
  }
  return null
}

const ordersByName = z.object({
  orders: z.object({ nodes: z.array(z.object({ id: z.string(), name: z.string() })) }),
})

/** The search takes a name apart into words, so that its answers are compared. */
async function findByName(shopify: Shopify, name: string): Promise<string | null> {
  const bare = bareName(name)
  if (!/^[\w.-]{1,60}$/u.test(bare)) return null
  const search = `name:"${bare}"`
  const { orders } = await shopify.read(ordersByNameQuery, { search }, ordersByName)
  const same = orders.nodes.filter((order) => bareName(order.name) === bare)
  if (same.length > 1) {
    const reason = `Shopify has several orders ${name}.`
    throw new TerminalError({ code: 'ORDER_AMBIGUOUS', reason })
  }
  return same[0]?.id ?? null
}

function bareName(name: string): string {
  return name.trim().replace(/^#/, '')
}

/** The latest of ours that has not come to nothing, else the latest of ours. */
async function findOwn(shopify: Shopify, id: string, caseNo: string): Promise<string | null> {
  const returns = await listReturns(shopify, id)
  const own = returns.filter(({ returnLineItems }) =>
    returnLineItems.nodes.some(({ returnReasonNote }) => caseNoOf(returnReasonNote) === caseNo),
  )
  return (own.findLast(({ status }) => !ended.has(status)) ?? own.at(-1))?.id ?? null
}
