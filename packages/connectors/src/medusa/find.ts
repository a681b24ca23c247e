import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Shop } from './client.ts'
import { keys } from './marks.ts'
import {
  metadataText,
  type Order,
  order,
  orderFields,
  type ShopReturn,
  shopReturn,
} from './shapes.ts'

/** What a command says of what it is about. */
export interface Hint {
  readonly caseNo: string
  readonly body: {
    readonly target?: readonly { readonly type: string; readonly value: string }[] | undefined
    readonly about?: { readonly orderRefs: readonly string[] } | undefined
  }
}

export interface Found {
  readonly order: Order
  /** Null where the shop has no return of the case. */
  readonly made: ShopReturn | null
}

const oneReturn = z.object({ return: shopReturn })
const returns = z.object({ returns: z.array(shopReturn) })
const oneOrder = z.object({ order })
const orders = z.object({ orders: z.array(order) })
const withItems = ['fields', '*items,*items.reason'] as const

/**
 * The order of a case, and its return: by the return that came from here, by one that carries our number, else by the
 * order that the other systems know.
 *
 * @throws {TerminalError} ORDER_NOT_FOUND.
 */
export async function findReturn(shop: Shop, { caseNo, body }: Hint): Promise<Found> {
  const asked = body.target?.filter(({ type }) => type === 'return') ?? []
  for (const { value } of asked) {
    if (!/^return_\w{1,60}$/.test(value)) continue
    const found = await shop.find(`/returns/${value}`, oneReturn, [withItems])
    if (found === null) continue
    const of = await orderById(shop, found.return.order_id)
    if (of !== null) return { order: of, made: found.return }
  }
  const ordered = await findOrder(shop, body)
  const query = [['order_id', ordered.id], ['limit', '100'], withItems] as const
  const known = await shop.read('/returns', returns, query)
  const made = known.returns.find(
    ({ metadata, status }) =>
      status !== 'canceled' && metadataText(metadata, keys.caseNo) === caseNo,
  )
  return { order: ordered, made: made ?? null }
}

/** The return as it is now. */
export async function readReturn(shop: Shop, id: string): Promise<ShopReturn> {
  return (await shop.read(`/returns/${id}`, oneReturn, [withItems])).return
}

async function findOrder(shop: Shop, { target, about }: Hint['body']): Promise<Order> {
  const others = target?.filter(({ type }) => type === 'order').map(({ value }) => value) ?? []
  for (const ref of new Set([...(about?.orderRefs ?? []), ...others])) {
    const found = await orderByRef(shop, ref)
    if (found !== null) return found
  }
  const reason = 'The shop has no order by what is known of the return.'
  throw new TerminalError({ code: 'ORDER_NOT_FOUND', reason })
}

async function orderById(shop: Shop, id: string): Promise<Order | null> {
  const found = await shop.find(`/orders/${id}`, oneOrder, [['fields', orderFields]])
  return found?.order ?? null
}

async function orderByRef(shop: Shop, ref: string): Promise<Order | null> {
  const { is, prefix } = shop.config.orderNumbers
  if (!ref.startsWith(prefix)) return null
  const plain = ref.slice(prefix.length)
  if (/^order_\w{1,60}$/.test(plain)) return orderById(shop, plain)
  if (is === 'id' || !/^\d{1,12}$/.test(plain)) return null
  // There is no filter by the number; the search also looks at it.
  const query = [
    ['q', plain],
    ['limit', '100'],
    ['fields', orderFields],
  ] as const
  const found = await shop.read('/orders', orders, query)
  return found.orders.find(({ display_id: number }) => String(number) === plain) ?? null
}
