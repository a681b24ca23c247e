import type { BookEntry } from '../double/index.ts'
import { refundPayment } from './refunds.ts'
import {
  beginEdit,
  beginReceive,
  cancelReturn,
  confirmReceive,
  receiveItems,
  requestByCustomer,
} from './returns.ts'
import { leftOf, pendingOf, type ShopOrder, type ShopReturn, type ShopState } from './shop.ts'

export interface PlacedOrder {
  readonly currency?: string
  readonly email?: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number; totalMinor: number }[]
}

export interface AskedReturn {
  readonly order: string
  readonly lines: readonly {
    readonly sku: string
    readonly quantity: number
    readonly reason?: string
    readonly note?: string
  }[]
}

export interface ReceivedByPeople {
  readonly return: string
  readonly lines: readonly {
    readonly sku: string
    readonly quantity: number
    isDamaged?: boolean
  }[]
}

/** What customers and the people of the shop do, without the hub. */
export class People {
  readonly #shop: ShopState

  constructor(shop: ShopState) {
    this.#shop = shop
  }

  /** Paid, sent and delivered at once. */
  placeOrder({ lines, currency = 'eur', email = 'erika@example.com' }: PlacedOrder) {
    const shop = this.#shop
    const displayId = shop.nextNo()
    const order: ShopOrder = {
      id: shop.nextId('order'),
      displayId,
      currency,
      email,
      metadata: null,
      updatedAt: shop.now(),
      version: 1,
      items: lines.map(({ sku, quantity }) => ({
        id: shop.nextId('ordli'),
        sku,
        variant: shop.nextId('variant'),
        quantity,
        fulfilled: quantity,
      })),
      paymentId: shop.nextId('pay'),
      capturedMinor: lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
      refunds: [],
      changes: [],
    }
    shop.orders.set(order.id, order)
    return { id: order.id, displayId, items: order.items.map(({ id }) => id) }
  }

  requestReturn({ order: id, lines }: AskedReturn): { id: string } {
    const order = this.#shop.order(id)
    const items = lines.map(({ sku, ...line }) => ({ ...line, item: itemOf(order, sku) }))
    return { id: requestByCustomer(this.#shop, order, items).id }
  }

  receive({ return: id, lines }: ReceivedByPeople): void {
    const shop = this.#shop
    const one = shop.aReturn(id)
    beginReceive(shop, one, null)
    for (const { sku, quantity, isDamaged = false } of lines) {
      const action = isDamaged ? 'RECEIVE_DAMAGED_RETURN_ITEM' : 'RECEIVE_RETURN_ITEM'
      const item = { id: itemOf(shop.order(one.orderId), sku), quantity }
      receiveItems(shop, one, { items: [item], action })
    }
    confirmReceive(shop, one)
  }

  cancel({ return: id }: { readonly return: string }): void {
    cancelReturn(this.#shop, this.#shop.aReturn(id))
  }

  refund(asked: { readonly order: string; readonly amountMinor?: number; note?: string }) {
    const order = this.#shop.order(asked.order)
    const amountMinor = asked.amountMinor ?? leftOf(order)
    const { id } = refundPayment(this.#shop, order, { amountMinor, note: asked.note ?? null })
    return { id }
  }

  /** Somebody edits the order, and leaves it so: no other change can begin. */
  beginEdit({ order }: { readonly order: string }): void {
    beginEdit(this.#shop, this.#shop.order(order))
  }

  endEdit({ order }: { readonly order: string }): void {
    const { changes } = this.#shop.order(order)
    const pending = pendingOf(this.#shop.order(order))
    if (pending?.type === 'edit') changes.splice(changes.indexOf(pending), 1)
  }

  setProvider({ provider }: { readonly provider: ShopState['provider'] }): void {
    this.#shop.provider = provider
  }

  books(): BookEntry[] {
    const shop = this.#shop
    const returns = [...shop.returns.values()].flatMap((one) => returnEntries(shop, one))
    const refunds = [...shop.orders.values()].flatMap(refundEntries)
    return [...returns, ...refunds]
  }
}

function itemOf(order: ShopOrder, sku: string): string {
  const item = order.items.find((one) => one.sku === sku)
  if (!item) throw new Error(`the order ${order.id} has no ${sku}`)
  return item.id
}

function returnEntries(shop: ShopState, one: ShopReturn): BookEntry[] {
  const own = one.metadata?.['hub_case_no'] ?? shop.order(one.orderId).metadata?.['hub_case_no']
  const caseNo = typeof own === 'string' ? own : null
  const { status, id: ref } = one
  const skuOf = (item: string) =>
    shop.order(one.orderId).items.find(({ id }) => id === item)?.sku ?? item
  const received = one.items
    .filter((item) => item.received + item.damaged > 0)
    .map((item): BookEntry => {
      const quantity = String(item.received + item.damaged)
      return { caseNo, ref, kind: 'received', sku: skuOf(item.item), quantity, status }
    })
  const kind = one.metadata === null ? 'requested' : 'authorized'
  return [
    ...one.items.map(
      ({ item, quantity }): BookEntry => ({
        caseNo,
        ref,
        kind,
        sku: skuOf(item),
        quantity: String(quantity),
        status,
      }),
    ),
    ...received,
  ]
}

function refundEntries({ refunds, currency }: ShopOrder): BookEntry[] {
  return refunds.map(({ id, amountMinor, note }) => ({
    caseNo: /^Return (RMA-\d+-\d), refund /.exec(note ?? '')?.[1] ?? null,
    ref: id,
    kind: 'refunded',
    minor: amountMinor,
    currency: currency.toUpperCase(),
  }))
}
