import { createHmac } from 'node:crypto'
import {
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  startHttpDouble,
  type WebhookPolicy,
} from '../double/index.ts'
import { EventLog, type WarehouseEvent } from './event-log.ts'
import { WarehouseFloor, type Work } from './floor.ts'

export interface RestWarehouseOptions {
  readonly token?: string
  /** `whsec_…`: signs what is told. */
  readonly signingSecret?: string
  readonly now?: () => Date
  readonly seed?: number
  readonly webhookPolicy?: WebhookPolicy
}

/** A warehouse that follows the REST contract of the hub, with people who work in it. */
export interface RestWarehouse extends HttpDouble {
  readonly token: string
  readonly signingSecret: string
  /** Tells the address what happens from now on; also `POST /_control/actions/subscribe`. */
  subscribe(url: string): void
  /** What people do: receive, inspect, reverse, closeShort, refuse, dispose, shipBack, report. */
  readonly work: Readonly<Record<Work, (input: unknown) => WarehouseEvent>>
  /** Everything that has happened, oldest first. */
  events(): readonly WarehouseEvent[]
}

const usualToken = 'wh-token-0123456789'
const usualSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/**
 * Starts one. Its vices: it takes no order that is older than what it has, answers 409 when a line is canceled of
 * which something has come, wants an idempotency key, and refuses what is not of the contract.
 */
export async function startRestWarehouse(
  options: RestWarehouseOptions = {},
): Promise<RestWarehouse> {
  const { token = usualToken, signingSecret = usualSecret, now = () => new Date() } = options
  const log = new EventLog()
  const floor = new WarehouseFloor({ now, tell: (event) => tell(event) })
  const subscribe = (url: string) =>
    double.webhooks.subscribe({ url, sign: (body) => signed(body, { signingSecret, now: now() }) })
  const double = await startHttpDouble({
    routes: [
      [
        'GET',
        '/status',
        () => ({ status: 200, body: { contract: '1', account: 'Acme', warehouses: ['WH1'] } }),
      ],
      ['PUT', '/returns/:caseNo', withKey((request) => floor.expect(request))],
      ['POST', '/returns/:caseNo/cancel', withKey((request) => floor.cancel(request))],
      [
        'PUT',
        '/returns/:caseNo/inspections/:name',
        withKey((request) => floor.order('inspection', request)),
      ],
      [
        'PUT',
        '/returns/:caseNo/send-backs/:name',
        withKey((request) => floor.order('send_back', request)),
      ],
      ['GET', '/events', ({ query }) => log.page(query)],
    ],
    authorize: ({ headers }) =>
      headers.authorization === `Bearer ${token}`
        ? null
        : { status: 401, body: { code: 'TOKEN_UNKNOWN' } },
    books: () => floor.books(),
    actions: {
      ...floor.work,
      subscribe: (input) => subscribe(String((input as { url: unknown }).url)),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    webhookPolicy: options.webhookPolicy ?? {
      attempts: 4,
      delaysMs: [50, 200, 1_000],
      timeoutMs: 2_000,
    },
  })
  const tell = (event: WarehouseEvent) => double.webhooks.send({ body: log.keep(event) })
  return {
    ...double,
    token,
    signingSecret,
    subscribe,
    work: floor.work,
    events: () => log.events(),
  }
}

type Handle = (request: DoubleRequest) => DoubleAnswer

/** An order without a key could not be known again, and one without a body says nothing. */
function withKey(handle: Handle): Handle {
  return (request) => {
    const body = request.json()
    if (request.headers['idempotency-key'] === undefined) return refusal('KEY_MISSING')
    if (typeof body !== 'object' || body === null) return refusal('BODY_MALFORMED')
    return handle(request)
  }
}

function refusal(code: string): DoubleAnswer {
  return { status: 422, body: { code } }
}

/** Standard Webhooks 1.0.0, with the id of the event. */
function signed(
  body: Buffer,
  { signingSecret, now }: { readonly signingSecret: string; readonly now: Date },
): Record<string, string> {
  const { id } = JSON.parse(body.toString()) as { id: string }
  const timestamp = String(Math.floor(now.getTime() / 1000))
  const key = Buffer.from(signingSecret.slice('whsec_'.length), 'base64')
  const signature = createHmac('sha256', key)
    .update(`${id}.${timestamp}.`)
    .update(body)
    .digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  }
}
