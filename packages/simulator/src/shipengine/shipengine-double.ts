import { generateKeyPairSync, type KeyPairKeyObjectResult, randomUUID, sign } from 'node:crypto'
import {
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  type Route,
  startHttpDouble,
} from '../double/index.ts'
import { Refused, ShipEngineAccount, type ShipEngineScan } from './account.ts'
import { shownLabel, shownTracking } from './shown.ts'

export interface ShipEngineOptions {
  readonly apiKey?: string
  readonly carrierId?: string
  readonly now?: () => Date
  readonly seed?: number
}

export interface ShipEngineDouble extends HttpDouble {
  readonly account: ShipEngineAccount
  /** The public keys of its webhooks, as `GET /jwks` answers them. */
  readonly jwks: string
  /** A carrier scans a parcel; the webhook follows. */
  scan(trackingNumber: string, scan: ShipEngineScan): void
}

/**
 * ShipEngine (ShipStation API) as far as return labels need it, under any version in the path: an external shipment
 * id is taken once, a void is refused inside a 200, trackings are told by webhooks that are signed with RSA.
 *
 * Source: OpenAPI 1.1.202010261510 for shapes; docs.shipstation.com for webhooks, their signature and the codes of
 * scans, read 2026-11-23. That an id which is taken is refused with `identifier_conflict` is made up.
 */
export async function startShipEngine(options: ShipEngineOptions = {}): Promise<ShipEngineDouble> {
  const { apiKey = 'TEST_double', carrierId = 'se-28529731', now = () => new Date() } = options
  const account = new ShipEngineAccount(now, carrierId)
  const signer = new Signer(now)
  let double: HttpDouble | null = null
  const hooks = (to: string) => double?.webhooks.subscribe({ url: to, sign: (b) => signer.sign(b) })
  double = await startHttpDouble({
    routes: routesOf(account, { urlOf: () => double?.url ?? '', hooks, jwks: signer.jwks }),
    authorize: (request) => authorize(request, apiKey),
    notFound: error(404, 'unspecified'),
    books: () => account.books(),
    actions: {
      scan: (input) => {
        const { trackingNumber, ...scan } = input as ShipEngineScan & { trackingNumber: string }
        return shownTracking(account.scan(trackingNumber, scan))
      },
      parcels: () =>
        account.labels.map(({ tracking_number: number, status }) => ({ number, status })),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  const { webhooks, url } = double
  account.onTrack = (label) => {
    const data = { ...shownTracking(label), carrier_code: 'ups', tracking_url: null }
    const resource_url = `${url}/v1/tracking?carrier_code=ups&tracking_number=${label.tracking_number}`
    webhooks.send({ body: { resource_url, resource_type: 'API_TRACK', data } })
  }
  return Object.assign(double, {
    account,
    jwks: JSON.stringify(signer.jwks),
    scan: (number: string, scan: ShipEngineScan) => void account.scan(number, scan),
  })
}

let madeOnce: KeyPairKeyObjectResult | null = null

/** One for all doubles of a process: making it takes as long as hundreds of calls. */
function keyPair(): KeyPairKeyObjectResult {
  madeOnce ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
  return madeOnce
}

/** Signs `{timestamp}.{body}`. */
class Signer {
  readonly #now: () => Date
  readonly #pair = keyPair()
  readonly jwks: { readonly keys: readonly object[] }

  constructor(now: () => Date) {
    this.#now = now
    const jwk = this.#pair.publicKey.export({ format: 'jwk' })
    this.jwks = { keys: [{ ...jwk, kid: 'double-1', use: 'sig', alg: 'RS256' }] }
  }

  sign(body: Buffer): Record<string, string> {
    const timestamp = this.#now().toISOString()
    const content = Buffer.concat([Buffer.from(`${timestamp}.`), body])
    return {
      'x-shipengine-rsa-sha256-key-id': 'double-1',
      'x-shipengine-rsa-sha256-signature': sign(
        'RSA-SHA256',
        content,
        this.#pair.privateKey,
      ).toString('base64'),
      'x-shipengine-timestamp': timestamp,
    }
  }
}

function authorize({ headers, path }: DoubleRequest, apiKey: string): DoubleAnswer | null {
  if (path === '/jwks' || path.startsWith('/label-files/')) return null
  return headers['api-key'] === apiKey ? null : error(401, 'unauthorized')
}

function error(status: number, code: string, source = 'shipengine'): DoubleAnswer {
  const told = { error_source: source, error_type: 'validation', error_code: code, message: code }
  return { status, body: { request_id: randomUUID(), errors: [told] } }
}

interface Site {
  readonly urlOf: () => string
  readonly hooks: (url: string) => void
  readonly jwks: object
}

const ok = (body: unknown): DoubleAnswer => ({ status: 200, body })
const idOf = ({ params }: DoubleRequest) => params['id'] ?? ''

function routesOf(account: ShipEngineAccount, { urlOf, hooks, jwks }: Site): Route[] {
  const shown = (id: string) => shownLabel(account.find(id), urlOf())
  const routes: [string, string, (request: DoubleRequest) => DoubleAnswer][] = [
    [
      'POST',
      '/:version/labels',
      (r) => ok(shownLabel(account.create(r.json() as object), urlOf())),
    ],
    ['GET', '/:version/labels', ({ query }) => ok(pageOf(account, query, urlOf()))],
    ['GET', '/:version/labels/external_shipment_id/:id', (r) => ok(shown(idOf(r)))],
    ['GET', '/:version/labels/:id', (r) => ok(shown(idOf(r)))],
    ['PUT', '/:version/labels/:id/void', (r) => ok(account.void(idOf(r)))],
    ['GET', '/:version/labels/:id/track', (r) => ok(shownTracking(account.find(idOf(r))))],
    [
      'GET',
      '/:version/carriers',
      () => ok({ carriers: [{ carrier_id: account.carrierId, friendly_name: 'UPS' }] }),
    ],
    ['POST', '/:version/environment/webhooks', (r) => ok(hooked(r, hooks))],
    ['GET', '/jwks', () => ok(jwks)],
    ['GET', '/label-files/:id', () => ({ status: 200, body: 'label' })],
  ]
  return routes.map(([method, path, handle]) => [method, path, (r) => answered(() => handle(r))])
}

function hooked(request: DoubleRequest, hooks: (url: string) => void): object {
  const { url, event } = request.json() as { readonly url: string; readonly event: string }
  hooks(url)
  return { webhook_id: 'se-1', url, event }
}

function answered(handle: () => DoubleAnswer): DoubleAnswer {
  try {
    return handle()
  } catch (refusal) {
    if (refusal instanceof Refused) return error(refusal.status, refusal.message, refusal.source)
    throw refusal
  }
}

function pageOf(account: ShipEngineAccount, query: URLSearchParams, url: string): object {
  const size = Number(query.get('page_size') ?? 25)
  const page = Number(query.get('page') ?? 1)
  const from = query.get('created_at_start') ?? ''
  const oldestFirst = account.labels.filter(({ created_at: at }) => at >= from)
  const all = query.get('sort_dir') === 'asc' ? oldestFirst : oldestFirst.toReversed()
  const labels = all.slice((page - 1) * size, page * size).map((one) => shownLabel(one, url))
  const link = { href: url }
  const links = { first: link, last: link, prev: {}, next: {} }
  const pages = Math.max(1, Math.ceil(all.length / size))
  return { labels, total: all.length, page, pages, links }
}
