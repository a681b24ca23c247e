import {
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  startHttpDouble,
} from '../double/index.ts'
import { type AskedReturn, People, type PlacedOrder, type ReceivedByPeople } from './people.ts'
import { routesOf } from './routes.ts'
import { ShopState } from './shop.ts'

export interface MedusaOptions {
  readonly secretKey?: string
  readonly now?: () => Date
  readonly seed?: number
}

export interface MedusaDouble extends HttpDouble {
  readonly shop: ShopState
  readonly people: People
  /** As a subscriber that somebody wrote for the shop: sends name and id of each event, once. */
  subscribe(subscriber: { readonly url: string; readonly secret: string }): void
}

/** A shop of Medusa 2.18 as its admin interface shows it. It tells nobody anything, unless somebody wrote a subscriber. */
export async function startMedusa(options: MedusaOptions = {}): Promise<MedusaDouble> {
  const { now = () => new Date(), secretKey = 'sk_0123456789abcdef' } = options
  const shop = new ShopState(now)
  const people = new People(shop)
  const double = await startHttpDouble({
    routes: routesOf(shop),
    authorize: (request) => refusalOf(request, secretKey),
    notFound: {
      status: 404,
      headers: { 'content-type': 'text/html' },
      body: '<pre>Cannot GET</pre>',
    },
    books: () => people.books(),
    actions: {
      placeOrder: (input) => people.placeOrder(input as PlacedOrder),
      requestReturn: (input) => people.requestReturn(input as AskedReturn),
      receive: (input) => people.receive(input as ReceivedByPeople),
      cancel: (input) => people.cancel(input as { return: string }),
      refund: (input) => people.refund(input as { order: string; amountMinor?: number }),
      beginEdit: (input) => people.beginEdit(input as { order: string }),
      endEdit: (input) => people.endEdit(input as { order: string }),
      setProvider: (input) => people.setProvider(input as { provider: 'pays' | 'refuses' }),
    },
    webhookPolicy: { attempts: 1, delaysMs: [], timeoutMs: 5_000 },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  return {
    ...double,
    shop,
    people,
    subscribe({ url, secret }) {
      const headers = { 'content-type': 'application/json', 'x-backhaul-secret': secret }
      double.webhooks.subscribe({ url, sign: () => headers })
      shop.onEvent = (name, id) => double.webhooks.send({ body: { name, id }, to: url })
    },
  }
}

function refusalOf({ headers, path }: DoubleRequest, secretKey: string): DoubleAnswer | null {
  if (!path.startsWith('/admin/')) return null
  const { authorization = '' } = headers
  const basic = Buffer.from(`${secretKey}:`).toString('base64')
  if (authorization === `Basic ${basic}`) return null
  const message = authorization.startsWith('Bearer sk_')
    ? 'A secret API key was passed as a Bearer token. Secret API keys must be sent using HTTP Basic authentication instead.'
    : 'Unauthorized'
  return { status: 401, body: { message } }
}
