import { createHmac, randomBytes } from 'node:crypto'
import type { BookEntry } from '../double/books.ts'
import { type HttpDouble, startHttpDouble } from '../double/http-double.ts'
import type { DoubleAnswer, DoubleRequest } from '../double/request.ts'

export interface StripeOptions {
  readonly now?: () => Date
  readonly seed?: number
  readonly apiKey?: string
  readonly webhookSecret?: string
  /** What refunds begin as; `succeeded` when left out, as those of cards do. */
  readonly beginsAs?: 'succeeded' | 'pending'
}

export interface StripeRefund {
  readonly id: string
  readonly object: 'refund'
  readonly amount: number
  readonly currency: string
  readonly payment_intent: string
  readonly charge: string
  readonly reason: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly created: number
  status: 'pending' | 'succeeded' | 'failed' | 'canceled'
  failure_reason?: string
}

interface Payment {
  readonly id: string
  readonly charge: string
  readonly amount: number
  readonly currency: string
  readonly metadata: Readonly<Record<string, string>>
}

/** Stripe, as refunds meet it. */
export interface StripeDouble {
  readonly http: HttpDouble
  readonly refunds: () => readonly StripeRefund[]
  /** A customer pays. @returns the payment intent. */
  readonly pay: (payment: {
    amount: number
    currency?: string
    metadata?: Record<string, string>
  }) => string
  /** The bank answers, days later perhaps: also that it failed after all. */
  readonly succeed: (refundId: string) => void
  readonly fail: (refundId: string, reason?: string) => void
  readonly subscribe: (url: string) => void
  close(): Promise<void>
}

/**
 * Starts Stripe on a free port. Its vices: a key is remembered with its answer, also that of a failure, and refused
 * with other parameters; refunds that succeeded fail later; lists are newest first; webhooks in any order.
 */
export async function startStripe(options: StripeOptions = {}): Promise<StripeDouble> {
  const {
    now = () => new Date(),
    apiKey = 'sk_test_double',
    webhookSecret = 'whsec_double',
  } = options
  const system = new StripeSystem(options.beginsAs ?? 'succeeded', now)
  const keys = new Map<string, { readonly body: string; readonly answer: DoubleAnswer }>()

  /** As Stripe does: the first answer again, whatever it was. */
  function once(request: DoubleRequest, act: () => DoubleAnswer): DoubleAnswer {
    const key = request.headers['idempotency-key']
    if (typeof key !== 'string') return act()
    const body = request.body.toString()
    const known = keys.get(key)
    if (known !== undefined && known.body !== body) {
      return failure(400, {
        type: 'idempotency_error',
        message: 'Keys for idempotent requests can only be used with the same parameters.',
      })
    }
    if (known !== undefined) {
      return { ...known.answer, headers: { 'idempotent-replayed': 'true' } }
    }
    const answer = act()
    keys.set(key, { body, answer })
    return answer
  }

  const http = await startHttpDouble({
    routes: [
      ['POST', '/v1/refunds', (request) => once(request, () => system.refund(request.form()))],
      ['GET', '/v1/refunds', ({ query }) => system.listRefunds(query)],
      ['GET', '/v1/events', ({ query }) => system.listEvents(query)],
      ['GET', '/v1/payment_intents/search', ({ query }) => system.search(query)],
    ],
    authorize: ({ headers }) =>
      headers.authorization === `Bearer ${apiKey}`
        ? null
        : failure(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' }),
    books: () => [...system.refunds.values()].map((one) => bookEntry(one)),
    actions: {
      pay: (input) => system.pay(input as Parameters<StripeDouble['pay']>[0]),
      succeed: (input) => system.change((input as { id: string }).id, { status: 'succeeded' }),
      fail: (input) => system.change((input as { id: string }).id, failed),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  system.onEvent = (event) => http.webhooks.send({ body: event })
  return {
    http,
    refunds: () => [...system.refunds.values()],
    pay: (payment) => system.pay(payment),
    succeed: (id) => system.change(id, { status: 'succeeded' }),
    fail: (id, reason) =>
      system.change(id, reason === undefined ? failed : { ...failed, failure_reason: reason }),
    subscribe: (url) =>
      http.webhooks.subscribe({
        url,
        sign: (body) => {
          const t = Math.floor(now().getTime() / 1_000)
          const v1 = createHmac('sha256', webhookSecret).update(`${t}.`).update(body).digest('hex')
          return { 'stripe-signature': `t=${t},v1=${v1}` }
        },
      }),
    close: () => http.close(),
  }
}

const failed = { status: 'failed', failure_reason: 'lost_or_stolen_card' } as const

class StripeSystem {
  readonly payments = new Map<string, Payment>()
  readonly refunds = new Map<string, StripeRefund>()
  readonly events: { readonly id: string; readonly type: string; readonly created: number }[] = []
  readonly #beginsAs: StripeRefund['status']
  readonly #now: () => Date
  onEvent: (event: unknown) => void = () => undefined

  constructor(beginsAs: StripeRefund['status'], now: () => Date) {
    this.#beginsAs = beginsAs
    this.#now = now
  }

  pay({ amount, currency = 'usd', metadata = {} }: Parameters<StripeDouble['pay']>[0]): string {
    const id = newId('pi')
    this.payments.set(id, { id, charge: newId('ch'), amount, currency, metadata })
    return id
  }

  refund(form: URLSearchParams): DoubleAnswer {
    const payment = [...this.payments.values()].find(
      ({ id, charge }) => id === form.get('payment_intent') || charge === form.get('charge'),
    )
    if (payment === undefined) {
      return failure(404, {
        type: 'invalid_request_error',
        code: 'resource_missing',
        message: 'No such payment',
      })
    }
    const left = this.#left(payment)
    const amount = Number(form.get('amount') ?? left)
    if (left === 0) {
      return failure(400, {
        type: 'invalid_request_error',
        code: 'charge_already_refunded',
        message: 'Charge has already been refunded.',
      })
    }
    if (amount > left) {
      return failure(400, {
        type: 'invalid_request_error',
        code: 'amount_too_large',
        message: `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      })
    }
    const made: StripeRefund = {
      id: newId('re'),
      object: 'refund',
      amount,
      currency: payment.currency,
      payment_intent: payment.id,
      charge: payment.charge,
      reason: form.get('reason'),
      metadata: metadataOf(form),
      created: this.#seconds(),
      status: this.#beginsAs,
    }
    this.refunds.set(made.id, made)
    this.#tell('refund.created', made)
    return { status: 200, body: made }
  }

  change(id: string, change: Pick<StripeRefund, 'status' | 'failure_reason'>): void {
    const one = this.refunds.get(id)
    if (one === undefined) throw new Error(`there is no refund ${id}`)
    Object.assign(one, change)
    this.#tell('refund.updated', one)
    if (change.status === 'failed') this.#tell('refund.failed', one)
  }

  listRefunds(query: URLSearchParams): DoubleAnswer {
    const all = [...this.refunds.values()].filter(
      ({ payment_intent, charge }) =>
        (query.get('payment_intent') ?? payment_intent) === payment_intent &&
        (query.get('charge') ?? charge) === charge,
    )
    return list(all.toReversed(), query)
  }

  listEvents(query: URLSearchParams): DoubleAnswer {
    const types = query.getAll('types[]')
    const since = Number(query.get('created[gte]') ?? '0')
    const all = this.events.filter(
      ({ type, created }) => (types.length === 0 || types.includes(type)) && created >= since,
    )
    return list(all.toReversed(), query)
  }

  search(query: URLSearchParams): DoubleAnswer {
    const asked = [...(query.get('query') ?? '').matchAll(/metadata\["(\w+)"\]:"([^"]*)"/g)]
    const data = [...this.payments.values()].filter(({ metadata }) =>
      asked.some(([, key = '', value]) => metadata[key] === value),
    )
    return { status: 200, body: { object: 'search_result', data, has_more: false } }
  }

  #left({ id, amount }: Payment): number {
    return [...this.refunds.values()]
      .filter(
        (one) => one.payment_intent === id && one.status !== 'failed' && one.status !== 'canceled',
      )
      .reduce((rest, one) => rest - one.amount, amount)
  }

  #seconds(): number {
    return Math.floor(this.#now().getTime() / 1_000)
  }

  #tell(type: string, object: StripeRefund): void {
    const event = {
      id: newId('evt'),
      object: 'event',
      type,
      created: this.#seconds(),
      livemode: false,
      // As it was at this moment.
      data: { object: { ...object } },
    }
    this.events.push(event)
    this.onEvent(event)
  }
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(9).toString('hex')}`
}

function metadataOf(form: URLSearchParams): Record<string, string> {
  const pairs = [...form].flatMap(([name, value]) => {
    const key = /^metadata\[(\w+)\]$/.exec(name)?.[1]
    return key === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries(pairs)
}

/** Newest first; `ending_before` gives those that are newer, of which the oldest come first in the next page. */
function list(all: readonly { readonly id: string }[], query: URLSearchParams): DoubleAnswer {
  const limit = Number(query.get('limit') ?? '10')
  const newerThan = query.get('ending_before')
  const olderThan = query.get('starting_after')
  const place = (id: string) => all.findIndex((one) => one.id === id)
  if (
    (newerThan !== null && place(newerThan) < 0) ||
    (olderThan !== null && place(olderThan) < 0)
  ) {
    return failure(400, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: 'No such object',
    })
  }
  if (newerThan !== null) {
    const newer = all.slice(0, place(newerThan))
    const data = newer.slice(-limit)
    return { status: 200, body: { object: 'list', data, has_more: newer.length > data.length } }
  }
  const rest = olderThan === null ? all : all.slice(place(olderThan) + 1)
  const data = rest.slice(0, limit)
  return { status: 200, body: { object: 'list', data, has_more: rest.length > data.length } }
}

function failure(status: number, error: Readonly<Record<string, string>>): DoubleAnswer {
  return { status, body: { error } }
}

function bookEntry(one: StripeRefund): BookEntry {
  return {
    caseNo: one.metadata['case_no'] ?? null,
    ref: one.id,
    kind: 'refunded',
    minor: one.amount,
    currency: one.currency.toUpperCase(),
    status: one.status,
  }
}
