import {
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  type Route,
  startHttpDouble,
} from '../double/index.ts'
import { Refused, UpsAccount, type UpsScan } from './account.ts'

export interface UpsOptions {
  readonly clientId?: string
  readonly clientSecret?: string
  readonly shipperNumber?: string
  /** How long a token is good for; UPS says four hours. */
  readonly tokenSeconds?: number
  readonly now?: () => Date
  readonly seed?: number
}

export interface UpsDouble extends HttpDouble {
  readonly account: UpsAccount
  /** Has events sent to an address, with the credential that was registered for it. */
  register(url: string, credential: string): void
  /** Something happens to a parcel; the webhook follows where it is subscribed to. */
  scan(trackingNumber: string, scan: UpsScan): void
}

/**
 * UPS as far as return labels need it: tokens by client credentials, shipments that are never idempotent, labels that
 * are recovered by a reference, voids, and Track Alert, whose subscriptions end after 14 days.
 *
 * Source: OpenAPI descriptions of UPS-API/api-documentation, 2026-07-21. The codes 9801031 and 190117 are from clients.
 */
export async function startUps(options: UpsOptions = {}): Promise<UpsDouble> {
  const { clientId = 'double', clientSecret = 'double-secret', now = () => new Date() } = options
  const account = new UpsAccount(now, options.shipperNumber ?? 'A1B2C3')
  const tokens = new Tokens(now, options.tokenSeconds ?? 14_400)
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
  const double = await startHttpDouble({
    routes: [
      ['POST', '/security/v1/oauth/token', (request) => tokens.give(request, basic)],
      ...routesOf(account),
    ],
    authorize: ({ path, headers }) => {
      if (!path.startsWith('/api/') || tokens.isGood(headers.authorization)) return null
      return error(401, '250002', 'Invalid Authentication Information.')
    },
    notFound: error(404, '404', 'The requested resource was not found.'),
    books: () => account.books(),
    actions: {
      scan: (input) => {
        const { trackingNumber, ...scan } = input as UpsScan & { trackingNumber: string }
        return account.scan(trackingNumber, scan)
      },
      register: (input) => {
        const { url, credential } = input as { readonly url: string; readonly credential: string }
        register(url, credential)
      },
      parcels: () => account.shipments.map(({ tracking, last }) => ({ tracking, last })),
    },
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  const register = (url: string, credential: string) =>
    double.webhooks.subscribe({
      url,
      sign: () => ({ credential, 'user-agent': 'UPSPubSubTrackingService' }),
    })
  account.onScan = (event) => double.webhooks.send({ body: event })
  return Object.assign(double, {
    account,
    register,
    scan: (number: string, scan: UpsScan) => void account.scan(number, scan),
  })
}

class Tokens {
  readonly #now: () => Date
  readonly #seconds: number
  readonly #until = new Map<string, number>()

  constructor(now: () => Date, seconds: number) {
    this.#now = now
    this.#seconds = seconds
  }

  give(request: DoubleRequest, basic: string): DoubleAnswer {
    const isAllowed = request.headers.authorization === basic
    if (!isAllowed || request.form().get('grant_type') !== 'client_credentials') {
      return error(401, '10401', 'ClientId is Invalid')
    }
    const token = `token-${this.#until.size + 1}`
    this.#until.set(`Bearer ${token}`, this.#now().getTime() + this.#seconds * 1_000)
    const body = {
      token_type: 'Bearer',
      issued_at: String(this.#now().getTime()),
      client_id: 'double',
      access_token: token,
      expires_in: String(this.#seconds),
      status: 'approved',
    }
    return { status: 200, body }
  }

  isGood(authorization: string | undefined): boolean {
    return (this.#until.get(authorization ?? '') ?? 0) > this.#now().getTime()
  }
}

function error(status: number, code: string, message: string): DoubleAnswer {
  return { status, body: { response: { errors: [{ code, message }] } } }
}

const success = { ResponseStatus: { Code: '1', Description: 'Success' } }
const image = { LabelImageFormat: { Code: 'GIF' }, GraphicImage: 'R0lGODlh' }

const ok = (body: unknown): DoubleAnswer => ({ status: 200, body })

function routesOf(account: UpsAccount): Route[] {
  const routes: [string, string, (request: DoubleRequest) => DoubleAnswer][] = [
    ['POST', '/api/shipments/:version/ship', (r) => ok(ship(account, r))],
    [
      'DELETE',
      '/api/shipments/:version/void/cancel/:id',
      ({ params }) => {
        account.void(params['id'] ?? '')
        const Status = { Code: '1', Description: 'Voided' }
        return ok({ VoidShipmentResponse: { Response: success, SummaryResult: { Status } } })
      },
    ],
    ['POST', '/api/labels/:version/recovery', (r) => ok(recover(account, r))],
    ['POST', '/api/track/:version/subscription/:type/package', (r) => ok(subscribe(account, r))],
  ]
  return routes.map(([method, path, handle]) => [method, path, (r) => answered(() => handle(r))])
}

function money(minor: number): object {
  return { CurrencyCode: 'USD', MonetaryValue: (minor / 100).toFixed(2) }
}

function ship(account: UpsAccount, request: DoubleRequest): object {
  const { ShipmentRequest: asked } = request.json() as {
    readonly ShipmentRequest: { readonly Shipment: Readonly<Record<string, unknown>> }
  }
  const { tracking, costMinor } = account.ship(asked.Shipment)
  const ShipmentCharges = {
    TransportationCharges: money(costMinor + 400),
    ServiceOptionsCharges: money(0),
    TotalCharges: money(costMinor + 400),
  }
  const ShippingLabel = { ImageFormat: { Code: 'GIF' }, GraphicImage: 'R0lGODlh' }
  const ShipmentResults = {
    ShipmentCharges,
    NegotiatedRateCharges: { TotalCharge: money(costMinor) },
    BillingWeight: {
      UnitOfMeasurement: { Code: 'LBS', Description: 'Pounds' },
      Weight: '     2.0',
    },
    ShipmentIdentificationNumber: tracking,
    PackageResults: [{ TrackingNumber: tracking, ShippingLabel }],
    LabelURL: linkOf(tracking),
  }
  return { ShipmentResponse: { Response: success, ShipmentResults } }
}

function recover(account: UpsAccount, request: DoubleRequest): object {
  const { LabelRecoveryRequest: asked } = request.json() as {
    LabelRecoveryRequest: { ReferenceValues: { ReferenceNumber: { Value: string } } }
  }
  const { tracking } = account.recover(asked.ReferenceValues.ReferenceNumber.Value)
  const LabelResults = [
    { TrackingNumber: tracking, LabelImage: { ...image, URL: linkOf(tracking) } },
  ]
  const found = { Response: success, ShipmentIdentificationNumber: tracking, LabelResults }
  return { LabelRecoveryResponse: found }
}

function subscribe(account: UpsAccount, request: DoubleRequest): object {
  const { trackingNumberList } = request.json() as { readonly trackingNumberList: string[] }
  const { valid, invalid } = account.subscribe(trackingNumberList)
  return {
    validTrackingNumbers: valid,
    ...(invalid.length > 0 ? { invalidTrackingNumbers: invalid } : {}),
  }
}

function linkOf(tracking: string): string {
  return `https://www.ups.com/uel/llp/${tracking}/link/labelAll/XSA/double/en_US`
}

function answered(handle: () => DoubleAnswer): DoubleAnswer {
  try {
    return handle()
  } catch (refusal) {
    if (refusal instanceof Refused) return error(refusal.status, refusal.code, refusal.message)
    throw refusal
  }
}
