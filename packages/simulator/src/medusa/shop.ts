/** What a shop knows, in memory. Amounts are minor units of a currency with two decimals. */

interface Item {
  readonly id: string
  readonly sku: string
  readonly variant: string
  readonly quantity: number
  readonly fulfilled: number
}

export interface ShopRefund {
  readonly id: string
  readonly at: Date
  readonly amountMinor: number
  readonly note: string | null
  /** Written once the provider has paid. */
  isBooked: boolean
}

export interface Action {
  readonly action: 'RETURN_ITEM' | 'RECEIVE_RETURN_ITEM' | 'RECEIVE_DAMAGED_RETURN_ITEM'
  readonly item: string
  readonly quantity: number
  readonly reason: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
}

export interface Change {
  readonly id: string
  readonly returnId: string | null
  readonly type: 'return_request' | 'return_receive' | 'edit'
  readonly note: string | null
  status: 'pending' | 'confirmed'
  confirmedAt: Date | null
  readonly actions: Action[]
}

export interface ReturnItem {
  readonly id: string
  readonly item: string
  readonly quantity: number
  received: number
  damaged: number
  readonly reason: string | null
  readonly note: string | null
  readonly metadata: Readonly<Record<string, unknown>> | null
}

export interface ShopReturn {
  readonly id: string
  readonly displayId: number
  readonly orderId: string
  readonly locationId: string | null
  status: 'open' | 'requested' | 'partially_received' | 'received' | 'canceled'
  readonly metadata: Readonly<Record<string, unknown>> | null
  readonly createdAt: Date
  updatedAt: Date
  requestedAt: Date | null
  canceledAt: Date | null
  readonly items: ReturnItem[]
}

export interface ShopOrder {
  readonly id: string
  readonly displayId: number
  readonly currency: string
  readonly email: string
  metadata: Record<string, unknown> | null
  updatedAt: Date
  version: number
  readonly items: readonly Item[]
  readonly paymentId: string
  readonly capturedMinor: number
  readonly refunds: ShopRefund[]
  readonly changes: Change[]
}

/** What a shop answers a caller with who asks for what cannot be. */
export class Refusal extends Error {
  readonly status: number
  readonly type: string

  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

export function invalid(message: string): Refusal {
  return new Refusal(400, 'invalid_data', message)
}

export class ShopState {
  readonly orders = new Map<string, ShopOrder>()
  readonly returns = new Map<string, ShopReturn>()
  readonly stock = new Map<string, number>()
  provider: 'pays' | 'refuses' = 'pays'
  paidOutMinor = 0
  readonly now: () => Date
  #lastId = 0
  /** Told of each event, as a subscriber of the shop would be. */
  onEvent: (name: string, id: string) => void = () => {}

  constructor(now: () => Date) {
    this.now = now
  }

  nextNo(): number {
    this.#lastId += 1
    return this.#lastId
  }

  nextId(prefix: string): string {
    return `${prefix}_${String(this.nextNo()).padStart(10, '0')}`
  }

  order(id: string): ShopOrder {
    const found = this.orders.get(id)
    if (found === undefined) throw new Refusal(404, 'not_found', `Order id not found: ${id}`)
    return found
  }

  aReturn(id: string): ShopReturn {
    const found = this.returns.get(id)
    if (found === undefined) throw new Refusal(404, 'not_found', `Return id not found: ${id}`)
    return found
  }

  returnsOf(orderId: string): ShopReturn[] {
    return [...this.returns.values()].filter((one) => one.orderId === orderId)
  }

  /** A change that takes effect makes another version of the order. */
  bump(order: ShopOrder): void {
    order.version += 1
    order.updatedAt = this.now()
  }
}

export function pendingOf(order: ShopOrder): Change | undefined {
  return order.changes.find(({ status }) => status === 'pending')
}

export function leftOf({ capturedMinor, refunds }: ShopOrder): number {
  return capturedMinor - refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0)
}
