import { type Gateways, makeRefund } from './refund-work.ts'
import { approve, cancel, decline, makeReturn } from './return-work.ts'
import type { Shop } from './shop.ts'
import { gid, refundableMinor, returnable, type ShopOrder, type ShopReturn } from './shop-state.ts'
import { decimal } from './views.ts'

/** An order that was paid and delivered; names and mails are made up. */
export interface NewOrder {
  readonly name: string
  readonly lines: readonly {
    readonly sku: string
    readonly quantity: number
    readonly priceMinor?: number
    readonly name?: string
  }[]
  /** How it was paid; one card by default. */
  readonly payments?: readonly { readonly gateway: string; readonly minor: number }[]
  readonly currency?: string
  readonly isGuest?: boolean
}

export interface AskedReturn {
  /** Name of the order. */
  readonly order: string
  readonly lines: readonly {
    readonly sku: string
    readonly quantity: number
    readonly reason?: string
    readonly note?: string
  }[]
}

export interface HandRefund {
  readonly order: string
  /** In minor units; everything that is left when left out. */
  readonly minor?: number
  readonly note?: string
  readonly lines?: readonly { readonly sku: string; readonly quantity: number }[]
}

/** What customers, the merchant's staff and the payment providers do in a shop. */
export class People {
  readonly #shop: Shop

  constructor(shop: Shop) {
    this.#shop = shop
  }

  /** A customer has bought something, and has it. */
  order({ name, lines, payments, currency = 'USD', isGuest = false }: NewOrder): ShopOrder {
    const { state } = this.#shop
    const at = state.at()
    const items = lines.map(({ sku, quantity, priceMinor = 1_000, name: title = sku }) => {
      return { id: state.nextId(), sku, name: title, quantity, priceMinor }
    })
    const total = items.reduce((sum, item) => sum + item.quantity * item.priceMinor, 0)
    const paid = payments ?? [{ gateway: 'shopify_payments', minor: total }]
    const id = state.nextId()
    const customer = { id: state.nextId(), name: 'Sam Example', email: `buyer-${id}@example.com` }
    const order: ShopOrder = {
      id,
      name,
      createdAt: at,
      updatedAt: at,
      currency,
      customer: isGuest ? null : customer,
      items,
      fulfillmentLines: items.map((item) => ({
        id: state.nextId(),
        item,
        quantity: item.quantity,
      })),
      transactions: paid.map(({ gateway, minor }) => {
        const common = { id: state.nextId(), at, gateway, minor, parent: null, errorCode: null }
        return { ...common, kind: 'SALE', status: 'SUCCESS' }
      }),
      refunds: [],
      returns: [],
    }
    state.orders.push(order)
    return order
  }

  /** A customer asks for a return on the order's page. */
  requestReturn(asked: AskedReturn): ShopReturn {
    return this.#makeReturn(asked, 'REQUESTED')
  }

  /** Staff makes a return in the admin. */
  openReturn(asked: AskedReturn): ShopReturn {
    return this.#makeReturn(asked, 'OPEN')
  }

  /** Staff decides about a request in the admin. */
  decide({ id, approves }: { readonly id: number; readonly approves: boolean }): ShopReturn {
    const { state } = this.#shop
    const value = gid('Return', id)
    const one = approves
      ? approve(state, value)
      : decline(state, { id: value, declineReason: 'FINAL_SALE', declineNote: null })
    this.#shop.changed(one, approves ? 'RETURNS_APPROVE' : 'RETURNS_DECLINE')
    return one
  }

  /** Staff cancels an open return in the admin. */
  cancelReturn({ id }: { readonly id: number }): ShopReturn {
    const one = cancel(this.#shop.state, gid('Return', id))
    this.#shop.changed(one, 'RETURNS_CANCEL')
    return one
  }

  /** Staff gives money back in the admin, on the first payment. */
  refundByHand({ order: name, minor, note, lines = [] }: HandRefund): { readonly id: number } {
    const order = this.#order(name)
    const sale = order.transactions.find(({ kind }) => kind === 'SALE')
    if (sale === undefined) throw new Error(`nothing was paid for ${name}`)
    const amount = decimal(minor ?? refundableMinor(order, sale))
    const parentId = gid('OrderTransaction', sale.id)
    const { state, gateways } = this.#shop
    const refund = makeRefund(state, gateways, {
      of: null,
      input: {
        orderId: gid('Order', order.id),
        note: note ?? null,
        transactions: [{ amount, kind: 'REFUND', parentId, gateway: sale.gateway }],
        refundLineItems: lines.map(({ sku, quantity }) => ({
          lineItemId: gid('LineItem', order.items.find((item) => item.sku === sku)?.id ?? 0),
          quantity,
          restockType: 'NO_RESTOCK',
        })),
      },
    })
    this.#shop.refunded(refund)
    return refund
  }

  /** The provider fails the next refund, or takes its time. */
  nextRefund({ status }: { readonly status: Gateways['next'] }): void {
    this.#shop.gateways.next = status
  }

  /** The provider has done, or refused, what it took its time for. */
  settlePending({ status }: { readonly status: 'SUCCESS' | 'FAILURE' }): number {
    const { state } = this.#shop
    let settled = 0
    for (const order of state.orders) {
      for (const one of order.transactions.filter((move) => move.status === 'PENDING')) {
        one.status = status
        one.errorCode = status === 'FAILURE' ? 'PROCESSING_ERROR' : null
        order.updatedAt = state.at()
        settled += 1
      }
    }
    return settled
  }

  #makeReturn({ order: name, lines }: AskedReturn, status: 'REQUESTED' | 'OPEN'): ShopReturn {
    const order = this.#order(name)
    const returnLineItems = lines.map(({ sku, quantity, reason, note }) => {
      const line = order.fulfillmentLines.find(
        (one) => one.item.sku === sku && returnable(order, one) >= quantity,
      )
      if (line === undefined) throw new Error(`of ${sku} no ${quantity} can be returned`)
      return {
        fulfillmentLineItemId: gid('FulfillmentLineItem', line.id),
        quantity,
        returnReason: reason ?? 'UNWANTED',
        ...(note === undefined ? {} : { customerNote: note }),
      }
    })
    const asked = { orderId: gid('Order', order.id), returnLineItems }
    const one = makeReturn(this.#shop.state, asked, status)
    this.#shop.changed(one, status === 'REQUESTED' ? 'RETURNS_REQUEST' : 'RETURNS_APPROVE')
    return one
  }

  #order(name: string): ShopOrder {
    const found = this.#shop.state.orders.find((order) => order.name === name)
    if (found === undefined) throw new Error(`there is no order ${name}`)
    return found
  }
}
