import { randomUUID } from 'node:crypto'
import type { BookEntry, DoubleAnswer } from '../double/index.ts'

interface Item {
  readonly sku: string
  readonly quantity: number
  quantity_received: number
  restock: number
}

export interface Made {
  readonly id: string
  readonly number: number
  readonly orderId: string
  readonly orderNumber: string
  readonly partnerId: string | null
  status: string
  readonly tracking: string | null
  readonly items: Item[]
}

export type Fields = Readonly<Record<string, unknown>>

export interface Receipt {
  readonly partnerId: string
  readonly sku: string
  readonly quantity: number
  readonly restock?: number
  readonly isComplete?: boolean
}

const needed = [
  'order_id',
  'warehouse_id',
  'return_reason',
  'label_type',
  'label_cost',
  'address',
  'dimensions',
  'shipping_carrier',
  'shipping_method',
  'line_items',
]

const data = (value: Fields): DoubleAnswer => ({ status: 200, body: { data: value } })
const refused = (error: Fields): DoubleAnswer => ({
  status: 200,
  body: { errors: [error], data: null },
})
const list = (nodes: readonly Fields[]): Fields => ({
  data: { edges: nodes.map((node) => ({ node })) },
})
const done = (id: string): Fields => ({ request_id: randomUUID(), complexity: 10, return: { id } })

/** The orders and returns of one account, and what its questions cost. */
export class Account {
  readonly #orders = new Map<string, { readonly id: string; readonly skus: readonly string[] }>()
  readonly #returns: Made[] = []
  readonly #most: number
  readonly #now: () => Date
  readonly #tell: (made: Made) => void
  #credits: number
  #creditedAt: number

  constructor({
    credits,
    now,
    tell,
  }: { credits: number; now: () => Date; tell: (made: Made) => void }) {
    this.#most = credits
    this.#credits = credits
    this.#now = now
    this.#creditedAt = now().getTime()
    this.#tell = tell
  }

  /** A request of GraphQL, known by what it asks for. */
  answer({ query = '', variables = {} }: { query?: string; variables?: Fields }): DoubleAnswer {
    const unpaid = this.#pay(query.trimStart().startsWith('mutation') ? 10 : 101)
    if (unpaid) return unpaid
    if (query.includes('return_create(')) return this.#create(variables['data'] as Fields)
    if (query.includes('return_update_status(')) return this.#update(variables['data'] as Fields)
    if (query.includes('orders(')) {
      const order = this.#orders.get(String(variables['number']))
      return data({ orders: list(order ? [{ id: order.id }] : []) })
    }
    if (query.includes('returns(')) {
      const found = this.#returns.filter(({ orderId }) => orderId === variables['order'])
      const nodes = found.map(({ id, partnerId, status }) => ({
        id,
        partner_id: partnerId,
        status,
      }))
      return data({ returns: list(nodes) })
    }
    if (query.includes('account')) return data({ account: { data: { email: 'ops@acme.example' } } })
    return refused({ code: 3, message: 'Cannot query field' })
  }

  ship({
    orderNumber,
    skus,
  }: {
    readonly orderNumber: string
    readonly skus: readonly string[]
  }): void {
    const id = Buffer.from(`Order:${this.#orders.size + 1}`).toString('base64')
    this.#orders.set(orderNumber, { id, skus })
  }

  receive({ partnerId, sku, quantity, restock = 0, isComplete = false }: Receipt): void {
    const made = this.#returns.find((one) => one.partnerId === partnerId)
    const item = made?.items.find((one) => one.sku === sku)
    if (!made || !item) throw new Error('there is no such return, or no such item in it')
    item.quantity_received += quantity
    item.restock += restock
    if (isComplete) made.status = 'complete'
    this.#tell(made)
  }

  books(): BookEntry[] {
    return this.#returns.flatMap(booksOf)
  }

  #pay(cost: number): DoubleAnswer | null {
    const nowMs = this.#now().getTime()
    const earned = ((nowMs - this.#creditedAt) / 1_000) * 60
    this.#credits = Math.min(this.#most, this.#credits + earned)
    this.#creditedAt = nowMs
    if (this.#credits >= cost) {
      this.#credits -= cost
      return null
    }
    const seconds = Math.ceil((cost - this.#credits) / 60)
    const message = `There are not enough credits to perform the requested operation, which requires ${cost} credits`
    return refused({
      code: 30,
      message,
      time_remaining: `${seconds} seconds`,
      required_credits: cost,
    })
  }

  #create(input: Fields): DoubleAnswer {
    const missing = needed.find((field) => input[field] === undefined)
    if (missing) return refused({ code: 3, message: `Field "${missing}" was not provided.` })
    const found = [...this.#orders].find(([, { id }]) => id === input['order_id'])
    const lines = input['line_items'] as { sku: string; quantity: number }[]
    if (!found || !lines.every(({ sku }) => found[1].skus.includes(sku))) {
      return refused({ code: 3, message: 'Not of the order' })
    }
    const number = 3_394_303 + this.#returns.length
    const made: Made = {
      id: Buffer.from(`Return:${number}`).toString('base64'),
      number,
      orderId: found[1].id,
      orderNumber: found[0],
      partnerId: (input['partner_id'] as string | undefined) ?? null,
      status: 'pending',
      tracking: (input['tracking_number'] as string | undefined) ?? null,
      items: lines.map(({ sku, quantity }) => ({
        sku,
        quantity,
        quantity_received: 0,
        restock: 0,
      })),
    }
    this.#returns.push(made)
    this.#tell(made)
    return data({ return_create: done(made.id) })
  }

  #update({ return_id: id, status }: Fields): DoubleAnswer {
    const one = this.#returns.find((made) => made.id === id)
    if (!one) return refused({ code: 4, message: 'Not found' })
    one.status = String(status)
    this.#tell(one)
    return data({ return_update_status: done(one.id) })
  }
}

function booksOf({ id, partnerId, items, status }: Made): BookEntry[] {
  return items.flatMap(({ sku, quantity, quantity_received: received }) => [
    {
      caseNo: partnerId,
      ref: id,
      kind: 'authorized' as const,
      sku,
      quantity: String(quantity),
      status,
    },
    ...(received > 0
      ? [
          {
            caseNo: partnerId,
            ref: id,
            kind: 'received' as const,
            sku,
            quantity: String(received),
            status,
          },
        ]
      : []),
  ])
}
