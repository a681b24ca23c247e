import type { Shop } from './shop.ts'
import type { ShopOrder } from './shop-state.ts'
import { returnStatusOf } from './views.ts'

/**
 * Orders by the part of Shopify's search syntax that is used here, in the order of their last change. The search
 * sees what has changed only after a while.
 */
export function findOrders({ state, searchLagMs }: Shop, query: string): ShopOrder[] {
  const seenUntilMs = state.now().getTime() - searchLagMs
  const tests = query.split(' OR ').map((term) => testOf(term.trim()))
  return state.orders
    .filter(({ updatedAt }) => query.startsWith('name:') || Date.parse(updatedAt) <= seenUntilMs)
    .filter((order) => tests.some((test) => test(order)))
    .toSorted((a, b) => a.updatedAt.localeCompare(b.updatedAt))
}

function testOf(term: string): (order: ShopOrder) => boolean {
  const [, field = '', value = ''] = /^(\w+):(.*)$/u.exec(term) ?? []
  const bare = value.replaceAll(/['"]|^>=/gu, '')
  switch (field) {
    case 'updated_at':
      return ({ updatedAt }) => Date.parse(updatedAt) >= Date.parse(bare)
    case 'return_status':
      return (order) => returnStatusOf(order).toLowerCase() === bare
    // By words, as Shopify does: 1001 finds #1001 and #1001-A.
    case 'name':
      return ({ name }) => name.replace(/^#/u, '').startsWith(bare)
    default:
      return () => term === ''
  }
}
