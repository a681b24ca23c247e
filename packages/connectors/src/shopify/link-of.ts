import type { LinkOf } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { isGid, numberOf } from './ids.ts'

/** The order's page in the shop's admin; returns and refunds are shown on it. */
export const linkOf: LinkOf<Config> = ({ url }, { type, value }, refs) => {
  if (type !== 'order' && type !== 'return' && type !== 'refund') return null
  const order = [value, ...refs.map((ref) => ref.value)].find((one) => isGid('Order', one))
  return order === undefined ? null : new URL(`/admin/orders/${numberOf(order)}`, url).href
}
