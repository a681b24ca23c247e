import { randomUUID } from 'node:crypto'
import { type DoubleRequest, type HttpDouble, startHttpDouble } from '../double/index.ts'
import { makeAdminApi } from './admin-api.ts'
import { type BucketSize, CostBucket } from './cost-bucket.ts'
import { People } from './people.ts'
import { Shop } from './shop.ts'
import { booksOf } from './shop-books.ts'

export interface ShopifyOptions {
  readonly now?: () => Date
  readonly seed?: number
  readonly clientId?: string
  /** Signs webhooks, and is what tokens are given for. */
  readonly clientSecret?: string
  /** A lasting token. */
  readonly accessToken?: string
  readonly scopes?: readonly string[]
  /** Whether the app is approved for protected customer data; true by default. */
  readonly hasCustomerAccess?: boolean
  /** Whether a change of a return counts as a change of its order; true by default. */
  readonly touchesOrders?: boolean
  /** How long a change takes to be found by the search; not at all by default. */
  readonly searchLagMs?: number
  readonly bucket?: BucketSize
  /** Pauses between the attempts of a webhook; eight of them, over four hours, with Shopify itself. */
  readonly webhookDelaysMs?: readonly number[]
}

/** A shop and what people do in it. */
export interface ShopifyDouble extends HttpDouble {
  readonly people: People
  /** The points that the app has. */
  readonly bucket: CostBucket
  /** Changes made so far, by what made them. */
  readonly writes: readonly string[]
  /** The webhooks that the app is subscribed to. */
  readonly subscriptions: () => readonly { readonly topic: string; readonly uri: string }[]
}

const usualScopes = ['read_orders', 'write_orders', 'read_returns', 'write_returns']
const tokenSeconds = 86_399

/**
 * A Shopify shop: the Admin GraphQL API over the schema of version 2026-10, its cost bucket, tokens by the client
 * credentials grant, and webhooks that are given up after eight repeats.
 */
export async function startShopify(options: ShopifyOptions = {}): Promise<ShopifyDouble> {
  const now = options.now ?? (() => new Date())
  const clientSecret = options.clientSecret ?? 'client-secret'
  const shop = new Shop({
    now,
    clientSecret,
    domain: 'simulated.myshopify.com',
    scopes: options.scopes ?? usualScopes,
    hasCustomerAccess: options.hasCustomerAccess ?? true,
    touchesOrders: options.touchesOrders ?? true,
    searchLagMs: options.searchLagMs ?? 0,
  })
  const bucket = new CostBucket(
    options.bucket ?? { maximumAvailable: 2_000, restoreRate: 100 },
    now,
  )
  const people = new People(shop)
  const tokens = new Tokens({ ...options, clientSecret }, now)
  const double = await startHttpDouble({
    routes: [
      ['POST', '/admin/oauth/access_token', (request) => tokens.grant(request)],
      ['POST', '/admin/api/:version/graphql.json', makeAdminApi(shop, bucket)],
    ],
    authorize: (request) => (tokens.isGood(request) ? null : refused),
    books: () => booksOf(shop.state),
    actions: actionsOf(people),
    webhookPolicy: {
      attempts: 9,
      delaysMs: options.webhookDelaysMs ?? [5, 10, 20, 40],
      timeoutMs: 5_000,
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  shop.news.open(double.webhooks)
  const subscriptions = () => shop.state.subscriptions
  return { ...double, people, bucket, writes: shop.writes, subscriptions }
}

const refused = {
  status: 401,
  body: {
    errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
  },
}

/** The doings of people by name, with ids for an answer. */
function actionsOf(people: People): Readonly<Record<string, (input: unknown) => unknown>> {
  return {
    order: (input) => idOf(people.order(input as Parameters<People['order']>[0])),
    'request-return': (input) =>
      idOf(people.requestReturn(input as Parameters<People['requestReturn']>[0])),
    'open-return': (input) => idOf(people.openReturn(input as Parameters<People['openReturn']>[0])),
    decide: (input) => idOf(people.decide(input as Parameters<People['decide']>[0])),
    'cancel-return': (input) =>
      idOf(people.cancelReturn(input as Parameters<People['cancelReturn']>[0])),
    'refund-by-hand': (input) =>
      idOf(people.refundByHand(input as Parameters<People['refundByHand']>[0])),
    'next-refund': (input) => people.nextRefund(input as Parameters<People['nextRefund']>[0]),
    'settle-pending': (input) =>
      people.settlePending(input as Parameters<People['settlePending']>[0]),
  }
}

function idOf({ id }: { readonly id: number }): { readonly id: number } {
  return { id }
}

/** A lasting token, and those that were given for client credentials. */
class Tokens {
  readonly #options: Pick<ShopifyOptions, 'accessToken' | 'clientId' | 'clientSecret'>
  readonly #now: () => Date
  readonly #until = new Map<string, number>()

  constructor(options: ShopifyOptions, now: () => Date) {
    this.#options = options
    this.#now = now
  }

  grant({ form }: DoubleRequest): { readonly status: number; readonly body: object } {
    const { clientId = 'client-id', clientSecret } = this.#options
    const asked = form()
    const isRight =
      asked.get('grant_type') === 'client_credentials' &&
      asked.get('client_id') === clientId &&
      asked.get('client_secret') === clientSecret
    if (!isRight) return { status: 400, body: { error: 'invalid_client' } }
    const token = `shpat_${randomUUID()}`
    this.#until.set(token, this.#now().getTime() + tokenSeconds * 1_000)
    return { status: 200, body: { access_token: token, scope: '', expires_in: tokenSeconds } }
  }

  isGood({ path, headers }: DoubleRequest): boolean {
    if (!path.startsWith('/admin/api/')) return true
    const given = String(headers['x-shopify-access-token'] ?? '')
    if (given === (this.#options.accessToken ?? 'shpat_lasting')) return true
    return (this.#until.get(given) ?? 0) > this.#now().getTime()
  }
}
