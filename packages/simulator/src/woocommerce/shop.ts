/** What a shop knows, in memory. Amounts are minor units of a currency with two decimals. */

export interface Meta {
  readonly id: number
  readonly key: string
  value: unknown
}

export interface Item {
  readonly id: number
  readonly name: string
  readonly productId: number
  readonly sku: string
  readonly quantity: number
  readonly totalMinor: number
  readonly taxMinor: number
  /** Line of the order that a line of a refund is about. */
  readonly refundedItemId?: number
}

export interface ShopNote {
  readonly id: number
  readonly at: Date
  readonly note: string
  readonly isForCustomer: boolean
}

export interface ShopRefund {
  readonly id: number
  readonly at: Date
  readonly amountMinor: number
  readonly reason: string
  isPaid: boolean
  readonly items: readonly Item[]
  readonly meta: Meta[]
}

export interface ShopOrder {
  readonly id: number
  readonly number: string
  status: string
  readonly currency: string
  readonly createdAt: Date
  modifiedAt: Date
  readonly customerId: number
  readonly email: string
  readonly items: readonly Item[]
  readonly shippingMinor: number
  readonly transactionId: string
  readonly meta: Meta[]
  readonly notes: ShopNote[]
  readonly refunds: ShopRefund[]
}

/** How the payment gateway takes a refund. */
export type Gateway = 'pays' | 'refuses' | 'unable'

export class ShopState {
  readonly orders = new Map<number, ShopOrder>()
  readonly stock = new Map<string, number>()
  gateway: Gateway = 'pays'
  /** What the gateway has paid out, whatever the shop has booked. */
  paidOutMinor = 0
  readonly now: () => Date
  #lastId = 100
  /** Told of each change of an order, with WooCommerce's topic. */
  onChange: (topic: string, orderId: number) => void = () => {}

  constructor(now: () => Date) {
    this.now = now
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  order(id: number): ShopOrder {
    const found = this.orders.get(id)
    if (found === undefined) throw new Error(`there is no order ${id}`)
    return found
  }

  touch(order: ShopOrder): void {
    order.modifiedAt = this.now()
    this.onChange('order.updated', order.id)
  }

  /** By its key, or a new one: as `WC_Data::update_meta_data` does without an id. */
  setMeta(meta: Meta[], key: string, value: unknown): void {
    const known = meta.find((one) => one.key === key)
    if (known) known.value = value
    else meta.push({ id: this.nextId(), key, value })
  }

  addNote(order: ShopOrder, note: string, isForCustomer: boolean): ShopNote {
    const made = { id: this.nextId(), at: this.now(), note, isForCustomer }
    order.notes.push(made)
    return made
  }
}

export function totalOf({ items, shippingMinor }: Pick<ShopOrder, 'items' | 'shippingMinor'>) {
  return items.reduce((sum, item) => sum + item.totalMinor + item.taxMinor, shippingMinor)
}

export function leftOf(order: ShopOrder): number {
  return totalOf(order) - order.refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
}

export function decimalOf(minor: number): string {
  const digits = String(Math.abs(minor)).padStart(3, '0')
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Minor units of what a caller sent, a text or a number; null for nonsense. */
export function minorOf(sent: unknown): number | null {
  const match = /^(-?)(\d+)(?:\.(\d{1,2})0*)?$/.exec(String(sent))
  if (!match) return null
  const minor = Number(`${match[2]}${(match[3] ?? '').padEnd(2, '0')}`)
  return match[1] === '-' ? -minor : minor
}
