import {
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  startHttpDouble,
} from '../double/index.ts'
import { EasyPostAccount, Refused, type Scan, textOf } from './account.ts'
import { Hooks } from './hooks.ts'
import { IndexLimit } from './index-limit.ts'

export interface EasyPostOptions {
  readonly apiKey?: string
  readonly now?: () => Date
  readonly seed?: number
  /** Lists may be asked for so often in a second. EasyPost allows five. */
  readonly listsPerSecond?: number
}

export interface EasyPostDouble extends HttpDouble {
  readonly account: EasyPostAccount
  /** A carrier scans a parcel; the webhook follows. */
  scan(trackingCode: string, scan: Scan): void
}

/**
 * EasyPost's API v2 as far as return labels need it: shipments are made and bought apart, are not idempotent, and
 * are found by their reference; trackers change by scans, and tell it by webhooks.
 *
 * Source: EasyPost API reference (Shipment, Returns, Shipping Refund, Form, Tracker, Pagination, Rate limiting) and
 * webhooks guide, read 2026-11-23. Not in them, and so made up: the codes of errors.
 */
export async function startEasyPost(options: EasyPostOptions = {}): Promise<EasyPostDouble> {
  const { apiKey = 'EZTK-double', now = () => new Date() } = options
  let url = ''
  const hooks = new Hooks()
  const account = new EasyPostAccount(now, () => url)
  const limit = new IndexLimit(options.listsPerSecond ?? 5)
  const double = await startHttpDouble({
    routes: [...routesOf(account, limit), ...hooks.routes()],
    authorize: (request) => (isAllowed(request, apiKey) ? null : error(401, 'APIKEY.INACTIVE')),
    notFound: error(404, 'NOT_FOUND'),
    books: () => account.books(),
    actions: {
      scan: (input) => {
        const { trackingCode, ...scan } = input as Scan & { readonly trackingCode: string }
        return account.scan(trackingCode, scan)
      },
      parcels: () => account.trackers.map(({ tracking_code: code, status }) => ({ code, status })),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  url = double.url
  let sent = 0
  account.onTracker = (tracker, before) => {
    const body = eventOf({ ...tracker }, { before, at: account.stamp(), count: (sent += 1) })
    double.webhooks.send({ body })
  }
  hooks.sender = double.webhooks
  return Object.assign(double, {
    account,
    scan: (trackingCode: string, scan: Scan) => void account.scan(trackingCode, scan),
  })
}

function eventOf(
  tracker: object,
  { before, at, count }: { readonly before: string; readonly at: string; readonly count: number },
): object {
  return {
    id: `evt_${String(count).padStart(32, '0')}`,
    object: 'Event',
    mode: 'test',
    description: 'tracker.updated',
    previous_attributes: { status: before },
    pending_urls: [],
    completed_urls: [],
    created_at: at,
    updated_at: at,
    status: 'pending',
    result: tracker,
  }
}

function isAllowed({ headers, path }: DoubleRequest, apiKey: string): boolean {
  if (path.startsWith('/label-files/')) return true
  const expected = `Basic ${Buffer.from(`${apiKey}:`).toString('base64')}`
  return headers.authorization === expected
}

function error(status: number, code: string, errors: readonly unknown[] = []): DoubleAnswer {
  return { status, body: { error: { code, message: `${code} was refused`, errors } } }
}

type Handle = (request: DoubleRequest) => DoubleAnswer

const keyOf = ({ params }: DoubleRequest) => params['id'] ?? ''

/** A part of the body by its name: EasyPost wraps what is sent. */
function part(request: DoubleRequest, name: string): Readonly<Record<string, unknown>> {
  const body = request.json() as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  return body?.[name] ?? {}
}

function routesOf(account: EasyPostAccount, limit: IndexLimit): [string, string, Handle][] {
  const handlers: [string, string, Handle][] = [
    ['POST', '/v2/shipments', (r) => made(account.create(part(r, 'shipment')))],
    ['GET', '/v2/shipments/:id', (r) => found(account.shipment(keyOf(r)))],
    ['POST', '/v2/shipments/:id/buy', (r) => found(account.buy(keyOf(r), part(r, 'rate')['id']))],
    ['POST', '/v2/shipments/:id/refund', (r) => found(account.refund(keyOf(r)))],
    [
      'POST',
      '/v2/shipments/:id/forms',
      (r) => made(account.addForm(keyOf(r), part(r, 'form')['type'])),
    ],
    ['POST', '/v2/trackers', (r) => made(trackerOf(account, part(r, 'tracker')))],
    ['GET', '/v2/trackers', (r) => limit.take() ?? found(pageOfTrackers(account, r.query))],
    ['GET', '/v2/users', () => found({ id: 'user_1', object: 'User', name: 'Returns desk' })],
    [
      'GET',
      '/label-files/:id',
      () => ({ status: 200, headers: { 'content-type': 'image/png' }, body: 'label' }),
    ],
  ]
  return handlers.map(([method, path, handle]) => [method, path, (r) => answered(() => handle(r))])
}

function answered(handle: () => DoubleAnswer): DoubleAnswer {
  try {
    return handle()
  } catch (refusal) {
    if (refusal instanceof Refused) return error(refusal.status, refusal.code, refusal.errors)
    throw refusal
  }
}

const found = (body: unknown): DoubleAnswer => ({ status: 200, body })
const made = (body: unknown): DoubleAnswer => ({ status: 201, body })

function trackerOf(account: EasyPostAccount, asked: Readonly<Record<string, unknown>>) {
  return account.track(textOf(asked['tracking_code'], ''), textOf(asked['carrier'], 'USPS'))
}

/** Newest first; `before_id` goes on from the last one that was read. No filter looks at when a tracker changed. */
function pageOfTrackers(account: EasyPostAccount, query: URLSearchParams) {
  const size = Math.min(Number(query.get('page_size') ?? 20), 100)
  const from = query.get('start_datetime') ?? ''
  const newestFirst = account.trackers.toReversed().filter(({ created_at: at }) => at >= from)
  const after = newestFirst.findIndex(({ id }) => id === query.get('before_id')) + 1
  const trackers = newestFirst.slice(after, after + size)
  return { trackers, has_more: after + size < newestFirst.length }
}
