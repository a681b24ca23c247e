import type { BookEntry } from '../double/index.ts'
import type { Hooks } from './hooks.ts'
import { type AskedRefund, createRefund } from './refunds.ts'
import { type Gateway, leftOf, type ShopOrder, type ShopState } from './shop.ts'

export interface PlacedOrder {
  /** The id, where no plugin numbers orders. */
  readonly number?: string
  readonly currency?: string
  /** 0 for a guest. */
  readonly customerId?: number
  readonly email?: string
  readonly lines: readonly {
    readonly sku: string
    readonly name?: string
    readonly quantity: number
    /** Of the whole line, without tax. */
    readonly totalMinor: number
    readonly taxMinor?: number
  }[]
}

export interface AskedReturn {
  readonly order: number
  /** By the order's status, by its meta, or by a note. */
  readonly by: 'status' | 'meta' | 'note'
  /** What the plugin of the shop writes into the meta. */
  readonly request?: unknown
  readonly note?: string
}

export interface RefundByPeople {
  readonly order: number
  readonly amountMinor?: number
  readonly reason?: string
  readonly isByGateway?: boolean
  readonly lines?: readonly {
    readonly sku: string
    readonly quantity: number
    totalMinor: number
  }[]
}

/** What customers and the people of the shop do, without the hub. */
export class People {
  readonly #shop: ShopState
  readonly #hooks: Hooks

  constructor(shop: ShopState, hooks: Hooks) {
    this.#shop = shop
    this.#hooks = hooks
  }

  /** @returns the order's id and those of its lines. */
  placeOrder(placed: PlacedOrder): { id: number; items: readonly number[] } {
    const shop = this.#shop
    const id = shop.nextId()
    const items = placed.lines.map((line) => ({
      id: shop.nextId(),
      productId: shop.nextId(),
      name: line.name ?? line.sku,
      sku: line.sku,
      quantity: line.quantity,
      totalMinor: line.totalMinor,
      taxMinor: line.taxMinor ?? 0,
    }))
    const order: ShopOrder = {
      id,
      number: placed.number ?? String(id),
      status: 'processing',
      currency: placed.currency ?? 'EUR',
      createdAt: shop.now(),
      modifiedAt: shop.now(),
      customerId: placed.customerId ?? 7,
      email: placed.email ?? 'erika@example.com',
      items,
      shippingMinor: 0,
      transactionId: `ch_${id}`,
      meta: [],
      notes: [],
      refunds: [],
    }
    shop.orders.set(id, order)
    return { id, items: items.map((item) => item.id) }
  }

  requestReturn({ order: id, by, request, note }: AskedReturn): void {
    const order = this.#shop.order(id)
    if (by === 'status') order.status = 'return-requested'
    if (by === 'meta') this.#shop.setMeta(order.meta, '_return_request', request ?? {})
    if (by === 'note') this.#shop.addNote(order, note ?? 'Return request: too small', false)
    this.#shop.touch(order)
  }

  setStatus({ order, status }: { readonly order: number; readonly status: string }): void {
    const found = this.#shop.order(order)
    found.status = status
    this.#shop.touch(found)
  }

  /** @throws {Error} where the shop refuses. @returns the refund's id. */
  refund(asked: RefundByPeople): { id: number } {
    const order = this.#shop.order(asked.order)
    const lines = (asked.lines ?? []).flatMap(({ sku, quantity, totalMinor }) => {
      const item = order.items.find((one) => one.sku === sku)
      return item ? [{ id: item.id, quantity, refund_total: totalMinor / 100 }] : []
    })
    const body: AskedRefund = {
      amount: (asked.amountMinor ?? leftOf(order)) / 100,
      reason: asked.reason ?? '',
      api_refund: asked.isByGateway ?? false,
      api_restock: true,
      line_items: lines,
    }
    const made = createRefund(this.#shop, order, body)
    if (typeof made === 'string') throw new Error(made)
    return { id: made.id }
  }

  setGateway({ gateway }: { readonly gateway: Gateway }): void {
    this.#shop.gateway = gateway
  }

  /** As WooCommerce does after failures, or somebody by a click. */
  disableWebhooks(): void {
    for (const hook of this.#hooks.all.values()) hook.status = 'disabled'
  }

  books(): BookEntry[] {
    return [...this.#shop.orders.values()].flatMap((order) => booksOf(order))
  }
}

function booksOf(order: ShopOrder): BookEntry[] {
  const caseNo = textOf(order.meta, '_hub_case_no')
  const ref = String(order.id)
  const isAsked =
    order.status === 'return-requested' || order.meta.some(({ key }) => key === '_return_request')
  const status = textOf(order.meta, '_hub_case_status') ?? order.status
  const told = order.notes.flatMap(({ id, note }): BookEntry[] => {
    const [, no] = /\[(RMA-\d+-\d) [0-9a-f]+\]$/.exec(note) ?? []
    return no === undefined ? [] : [{ caseNo: no, ref: String(id), kind: 'message' }]
  })
  const refunded = order.refunds.map(
    (refund): BookEntry => ({
      caseNo: textOf(refund.meta, '_hub_case_no'),
      ref: String(refund.id),
      kind: 'refunded',
      minor: refund.amountMinor,
      currency: order.currency,
      status: refund.isPaid ? 'paid' : 'booked',
    }),
  )
  const requested: BookEntry[] = isAsked ? [{ caseNo, ref, kind: 'requested', status }] : []
  return [...requested, ...told, ...refunded]
}

function textOf(meta: ShopOrder['meta'], key: string): string | null {
  const value = meta.find((one) => one.key === key)?.value
  return typeof value === 'string' ? value : null
}
