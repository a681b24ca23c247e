import { type HttpDouble, startHttpDouble } from '../double/index.ts'
import { Doorkeeper } from './access.ts'
import { Hooks } from './hooks.ts'
import { type AskedReturn, People, type PlacedOrder, type RefundByPeople } from './people.ts'
import { notFound, routesOf } from './routes.ts'
import { type Gateway, ShopState } from './shop.ts'

export interface WoocommerceOptions {
  readonly consumerKey?: string
  readonly consumerSecret?: string
  /** Whether the key may change anything; it may when left out. */
  readonly mayWrite?: boolean
  /** How long a change waits for the background job that tells of it; quiet shops take minutes. */
  readonly cronDelayMs?: number
  readonly now?: () => Date
  readonly seed?: number
}

export interface WoocommerceDouble extends HttpDouble {
  readonly shop: ShopState
  readonly hooks: Hooks
  readonly people: People
}

/**
 * A shop of WooCommerce 10 over plain HTTP: OAuth 1.0a, orders, notes, refunds, webhooks. It refunds as often as it is
 * told to, answers a refusal of the gateway with 500, restocks unless told not to, and its webhooks are lossy.
 *
 * Other than a real one it calls loopback addresses, so that a hub on the same machine hears it.
 */
export async function startWoocommerce(
  options: WoocommerceOptions = {},
): Promise<WoocommerceDouble> {
  const { now = () => new Date(), cronDelayMs = 10 } = options
  const keys = {
    consumerKey: options.consumerKey ?? 'ck_0123456789abcdef',
    consumerSecret: options.consumerSecret ?? 'cs_0123456789abcdef',
    mayWrite: options.mayWrite ?? true,
  }
  const shop = new ShopState(now)
  let started: HttpDouble | null = null
  const running = (): HttpDouble => {
    if (started === null) throw new Error('the shop has not opened yet')
    return started
  }
  const sender = (): HttpDouble['webhooks'] => running().webhooks
  const hooks = new Hooks(shop, sender, cronDelayMs)
  const people = new People(shop, hooks)
  const doorkeeper = new Doorkeeper(keys, { now, baseUrl: () => running().url })
  started = await startHttpDouble({
    routes: routesOf(shop, hooks, 'Example Shop'),
    authorize: doorkeeper.refuse,
    notFound,
    books: () => people.books(),
    actions: {
      placeOrder: (input) => people.placeOrder(input as PlacedOrder),
      requestReturn: (input) => people.requestReturn(input as AskedReturn),
      setStatus: (input) => people.setStatus(input as { order: number; status: string }),
      refund: (input) => people.refund(input as RefundByPeople),
      setGateway: (input) => people.setGateway(input as { gateway: Gateway }),
      disableWebhooks: () => people.disableWebhooks(),
    },
    webhookPolicy: { attempts: 1, delaysMs: [], timeoutMs: 60_000 },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  return { ...started, shop, hooks, people }
}
