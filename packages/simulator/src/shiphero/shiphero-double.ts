import { createHmac, randomUUID } from 'node:crypto'
import { type DoubleAnswer, type HttpDouble, startHttpDouble } from '../double/index.ts'
import { Account, type Fields, type Made, type Receipt } from './account.ts'

export interface ShipHeroOptions {
  readonly refreshToken?: string
  readonly webhookSecret?: string
  readonly now?: () => Date
  readonly seed?: number
  /** Credits at the beginning, and at most. */
  readonly credits?: number
}

/** ShipHero's public API as far as returns need it, and the people of its warehouse. */
export interface ShipHeroDouble extends HttpDouble {
  readonly refreshToken: string
  readonly webhookSecret: string
  subscribe(url: string): void
  /** An order that the warehouse has shipped. */
  ship(input: { readonly orderNumber: string; readonly skus: readonly string[] }): void
  /** Receives units of a return; `isComplete` ends it. */
  receive(input: Receipt): void
}

/**
 * Starts one. Its vices: errors come inside a 200; a return that is asked for twice is made twice; calls cost credits that
 * come back at 60 a second.
 */
export async function startShipHero(options: ShipHeroOptions = {}): Promise<ShipHeroDouble> {
  const { refreshToken = 'refresh-0123456789', webhookSecret = 'webhook-secret-0123' } = options
  const { now = () => new Date(), credits = 4_004 } = options
  const tokens = new Set<string>()
  const tell = (made: Made) =>
    double.webhooks.send({ body: bodyOf(made), headers: { 'x-shiphero-message-id': randomUUID() } })
  const account = new Account({ credits, now, tell })
  const subscribe = (url: string) =>
    double.webhooks.subscribe({
      url,
      sign: (body) => ({
        'x-shiphero-hmac-sha256': createHmac('sha256', webhookSecret).update(body).digest('base64'),
      }),
    })
  const double = await startHttpDouble({
    routes: [
      ['POST', '/auth/refresh', ({ json }) => refresh(json(), { refreshToken, tokens })],
      ['POST', '/graphql', ({ json }) => account.answer(json() ?? {})],
    ],
    authorize: ({ path, headers }) =>
      path === '/graphql' && !tokens.has(headers.authorization?.replace('Bearer ', '') ?? '')
        ? { status: 401, body: { message: 'Unauthorized' } }
        : null,
    books: () => account.books(),
    actions: {
      subscribe: (input) => subscribe(String((input as Fields)['url'])),
      ship: (input) => account.ship(input as Parameters<Account['ship']>[0]),
      receive: (input) => account.receive(input as Receipt),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    webhookPolicy: { attempts: 6, delaysMs: [20, 50, 100, 200, 400], timeoutMs: 1_000 },
  })
  return {
    ...double,
    refreshToken,
    webhookSecret,
    subscribe,
    ship: (input) => account.ship(input),
    receive: (input) => account.receive(input),
  }
}

function refresh(
  sent: unknown,
  { refreshToken, tokens }: { readonly refreshToken: string; readonly tokens: Set<string> },
): DoubleAnswer {
  if ((sent as Fields | undefined)?.['refresh_token'] !== refreshToken) {
    return { status: 403, body: { error: 'invalid_grant' } }
  }
  const token = `access-${randomUUID()}`
  tokens.add(token)
  return { status: 200, body: { access_token: token, expires_in: 2_419_200, token_type: 'Bearer' } }
}

/** As the vendor's page on the webhook has it. */
function bodyOf({ id, number, status, items, orderNumber, tracking }: Made): Fields {
  return {
    test: '0',
    webhook_type: 'Return Update',
    return_id: number,
    return_uuid: id,
    status,
    reason: '',
    items: items.map((item, index) => ({
      id: index + 1,
      ...item,
      item_reason: '',
      warehouse_id: 3141,
    })),
    partner_order_id: orderNumber,
    order_number: orderNumber,
    label_type: 'Self Return',
    label_cost: '0.00',
    picked_up: false,
    tracking_number: tracking,
  }
}
