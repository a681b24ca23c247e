/** What a shop knows. Amounts are minor units; a number is the last part of a global id. */

export interface ShopItem {
  readonly id: number
  readonly sku: string
  readonly name: string
  readonly quantity: number
  readonly priceMinor: number
}

export interface ShopFulfillmentLine {
  readonly id: number
  readonly item: ShopItem
  readonly quantity: number
}

export interface ShopTransaction {
  readonly id: number
  readonly kind: 'SALE' | 'REFUND'
  status: 'SUCCESS' | 'PENDING' | 'FAILURE'
  readonly gateway: string
  readonly minor: number
  readonly parent: ShopTransaction | null
  readonly at: string
  errorCode: string | null
}

export interface ShopRefund {
  readonly id: number
  readonly order: ShopOrder
  readonly return: ShopReturn | null
  readonly note: string | null
  readonly at: string
  readonly transactions: readonly ShopTransaction[]
  readonly lines: readonly {
    readonly item: ShopItem
    readonly quantity: number
    readonly restockType: string
  }[]
}

export interface ShopOrder {
  readonly id: number
  readonly name: string
  readonly createdAt: string
  updatedAt: string
  readonly currency: string
  readonly customer: { readonly id: number; readonly name: string; readonly email: string } | null
  readonly items: readonly ShopItem[]
  readonly fulfillmentLines: readonly ShopFulfillmentLine[]
  readonly transactions: ShopTransaction[]
  readonly refunds: ShopRefund[]
  readonly returns: ShopReturn[]
}

type ReturnStatus = 'REQUESTED' | 'OPEN' | 'CLOSED' | 'CANCELED' | 'DECLINED'

export interface ShopReturnLine {
  readonly id: number
  readonly of: ShopFulfillmentLine
  quantity: number
  processed: number
  refunded: number
  readonly reason: string
  readonly note: string
  readonly customerNote: string | null
}

export interface Disposition {
  readonly id: number
  readonly type: string
  quantity: number
  readonly at: string
}

export interface ReverseLine {
  readonly id: number
  readonly of: ShopFulfillmentLine
  total: number
  readonly dispositions: Disposition[]
}

export interface ReverseDelivery {
  readonly id: number
  number: string | null
  url: string | null
  labelUrl: string | null
  readonly quantities: ReadonlyMap<number, number>
}

/** The work with the goods of a return. */
export interface ReverseOrder {
  readonly id: number
  readonly lines: ReverseLine[]
  readonly deliveries: ReverseDelivery[]
}

export interface ShopReturn {
  readonly id: number
  readonly order: ShopOrder
  readonly name: string
  status: ReturnStatus
  readonly createdAt: string
  approvedAt: string | null
  closedAt: string | null
  decline: { readonly reason: string; readonly note: string | null } | null
  lines: ShopReturnLine[]
  work: ReverseOrder | null
}

export interface ShopSubscription {
  readonly id: number
  readonly topic: string
  uri: string
}

/** What everything in a shop happens in. */
export class ShopState {
  readonly orders: ShopOrder[] = []
  readonly subscriptions: ShopSubscription[] = []
  /** Keys of refunds, with what they were used for and when. */
  readonly keys = new Map<string, { readonly input: string; readonly id: number; atMs: number }>()
  readonly #now: () => Date
  #lastId = 1_000

  constructor(now: () => Date) {
    this.#now = now
  }

  now(): Date {
    return this.#now()
  }

  at(): string {
    return `${this.#now().toISOString().slice(0, 19)}Z`
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  get returns(): readonly ShopReturn[] {
    return this.orders.flatMap((order) => order.returns)
  }

  get refunds(): readonly ShopRefund[] {
    return this.orders.flatMap((order) => order.refunds)
  }
}

export function gid(kind: string, id: number): string {
  return `gid://shopify/${kind}/${id}`
}

/** The number in a global id of that kind; -1 for one of another kind. */
export function idIn(kind: string, value: unknown): number {
  const [, digits] = new RegExp(`^gid://shopify/${kind}/(\\d+)$`, 'u').exec(String(value)) ?? []
  return digits === undefined ? -1 : Number(digits)
}

export function findReturn(state: ShopState, value: unknown): ShopReturn | undefined {
  const id = idIn('Return', value)
  return state.returns.find((one) => one.id === id)
}

export function findOrder(state: ShopState, value: unknown): ShopOrder | undefined {
  const id = idIn('Order', value)
  return state.orders.find((one) => one.id === id)
}

/** Units of a fulfilled line that are in no return that is in force. */
export function returnable(order: ShopOrder, line: ShopFulfillmentLine): number {
  const taken = order.returns
    .filter(({ status }) => status !== 'CANCELED' && status !== 'DECLINED')
    .flatMap(({ lines }) => lines)
    .filter(({ of }) => of === line)
    .reduce((sum, { quantity }) => sum + quantity, 0)
  return line.quantity - taken
}

/** What of a payment can be given back still. */
export function refundableMinor(order: ShopOrder, sale: ShopTransaction): number {
  const given = order.transactions
    .filter(({ parent, status }) => parent === sale && status !== 'FAILURE')
    .reduce((sum, { minor }) => sum + minor, 0)
  return sale.minor - given
}

export function sumOf(quantities: readonly { readonly quantity: number }[]): number {
  return quantities.reduce((sum, { quantity }) => sum + quantity, 0)
}
