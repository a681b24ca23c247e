import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { type Order, order, orderFields } from './shapes.ts'
import type { Shop } from './shop.ts'

/** What a command says of the order that it is about. */
export interface OrderHint {
  readonly target?: readonly { readonly type: string; readonly value: string }[] | undefined
  readonly about?: { readonly orderRefs: readonly string[] } | undefined
}

/**
 * The order of a return: by the request that came from here, whose name begins with the order's id, else by the
 * number that the other systems know.
 *
 * @throws {TerminalError} ORDER_NOT_FOUND.
 */
export async function findOrder(shop: Shop, { target, about }: OrderHint): Promise<Order> {
  const asked = target?.filter(({ type }) => type === 'return') ?? []
  for (const { value } of asked) {
    const id = /^(\d{1,15})(?:\/.{1,180})?$/.exec(value)?.[1]
    const found = id === undefined ? null : await orderById(shop, id)
    if (found !== null) return found
  }
  const refs = about?.orderRefs ?? []
  const others = target?.filter(({ type }) => type === 'order').map(({ value }) => value) ?? []
  for (const ref of new Set([...refs, ...others])) {
    const found = await orderByRef(shop, ref)
    if (found !== null) return found
  }
  const reason = 'The shop has no order by what is known of the return.'
  throw new TerminalError({ code: 'ORDER_NOT_FOUND', reason })
}

function orderById(shop: Shop, id: string): Promise<Order | null> {
  return shop.find(`/orders/${id}`, order, { _fields: orderFields })
}

/** A number is most often the id, unless a plugin numbers orders. */
async function orderByRef(shop: Shop, ref: string): Promise<Order | null> {
  const { is, prefix } = shop.config.orderNumbers
  const plain = withoutPrefix(ref, prefix)
  if (plain === null) return null
  if (/^\d{1,15}$/.test(plain)) {
    const found = await orderById(shop, plain)
    if (found !== null && (is === 'id' || found.number === plain)) return found
  }
  if (is === 'id') return null
  const query = { search: plain, per_page: '20', _fields: orderFields }
  const found = await shop.read('/orders', z.array(order), query)
  return found.find(({ number }) => number === plain) ?? null
}

function withoutPrefix(ref: string, prefix: Config['orderNumbers']['prefix']): string | null {
  return ref.startsWith(prefix) && ref.length > prefix.length ? ref.slice(prefix.length) : null
}
