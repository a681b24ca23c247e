import type { BookEntry } from '../double/index.ts'

/** What a driver, a hub or a clerk enters of a parcel. */
export interface UpsScan {
  /** M, MV, I, D, X, U. */
  readonly type: string
  readonly code?: string
  readonly description: string
  /** When it happened; now where left out. */
  readonly at?: string
  readonly city?: string
}

/** Says no, in UPS's words. */
export class Refused extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

interface Shipment {
  readonly tracking: string
  readonly references: readonly string[]
  readonly costMinor: number
  readonly asked: Readonly<Record<string, unknown>>
  isVoid: boolean
  isScanned: boolean
  last: string
}

const subscriptionMs = 14 * 86_400_000
const numberForm = /^(1Z[0-9A-Z]{16}|1R[0-9A-Z]{14}([0-9A-Z]{12})?)$/
const priceMinor = 1123

/** One shipper account: its shipments, what they cost, and which parcels it is told of. */
export class UpsAccount {
  readonly #now: () => Date
  readonly shipperNumber: string
  readonly shipments: Shipment[] = []
  /** When the telling of a parcel ends, by its number. */
  readonly subscriptions = new Map<string, number>()
  spentMinor = 0
  onScan: (event: object) => void = () => {}

  constructor(now: () => Date, shipperNumber: string) {
    this.#now = now
    this.shipperNumber = shipperNumber
  }

  /** Two requests with one reference are two shipments. */
  ship(asked: Readonly<Record<string, unknown>>): Shipment {
    const shipper = asked['Shipper'] as { readonly ShipperNumber?: string } | undefined
    if (shipper?.ShipperNumber !== this.shipperNumber) {
      throw new Refused(400, '120100', 'Missing or invalid shipper number')
    }
    for (const [side, code] of [
      ['ShipFrom', '120302'],
      ['ShipTo', '120202'],
    ] as const) {
      const { Address: at } = (asked[side] ?? {}) as { Address?: Record<string, unknown> }
      const isWhole = at?.['City'] && at['CountryCode'] && at['PostalCode']
      if (!isWhole) throw new Refused(400, code, `Address ${JSON.stringify(at)} is not complete`)
    }
    const [parcel] = asked['Package'] as readonly {
      readonly Description?: string
      readonly ReferenceNumber?: readonly { readonly Value: string }[]
    }[]
    if (asked['ReturnService'] && !parcel?.Description) {
      throw new Refused(400, '120623', 'Invalid merchandise description of package 1')
    }
    const whole = (asked['ReferenceNumber'] ?? []) as readonly { readonly Value: string }[]
    const { Address: from } = (asked['ShipFrom'] ?? {}) as { Address?: { CountryCode?: string } }
    if (parcel?.ReferenceNumber && !['US', 'PR'].includes(from?.CountryCode ?? '')) {
      throw new Refused(400, '120541', 'ReferenceNumber is not allowed for this shipment')
    }
    const shipment: Shipment = {
      tracking: `1Z${this.shipperNumber}90${String(this.shipments.length + 1).padStart(8, '0')}`,
      references: [...(parcel?.ReferenceNumber ?? []), ...whole].map(({ Value }) => Value),
      costMinor: priceMinor,
      asked,
      isVoid: false,
      isScanned: false,
      last: 'M',
    }
    this.shipments.push(shipment)
    this.spentMinor += priceMinor
    return shipment
  }

  /** Of several with one reference, the newest; a void one is known no more. */
  recover(reference: string): Shipment {
    const found = this.shipments.findLast(
      ({ references, isVoid }) => !isVoid && references.includes(reference),
    )
    if (found) return found
    throw new Refused(400, '9801031', 'The shipment for the requested number could not be found.')
  }

  void(tracking: string): void {
    const shipment = this.shipments.find((one) => one.tracking === tracking)
    if (!shipment) throw new Refused(400, '190102', 'No shipment found within the void period')
    if (shipment.isVoid) throw new Refused(400, '190117', 'The shipment is void already')
    if (shipment.isScanned) throw new Refused(400, '190109', 'The shipment was picked up')
    shipment.isVoid = true
    this.spentMinor -= shipment.costMinor
  }

  /** For 14 days, from now. */
  subscribe(numbers: readonly string[]): { valid: string[]; invalid: string[] } {
    if (numbers.length > 100) throw new Refused(400, 'VSS220', 'Over 100 tracking numbers')
    const valid = numbers.filter((number) => numberForm.test(number))
    for (const number of valid) {
      this.subscriptions.set(number, this.#now().getTime() + subscriptionMs)
    }
    return { valid, invalid: numbers.filter((number) => !numberForm.test(number)) }
  }

  /** Something happens to a parcel. It is told of only where somebody has asked for it, and not too long ago. */
  scan(tracking: string, scan: UpsScan): object {
    const shipment = this.shipments.find((one) => one.tracking === tracking)
    if (shipment) {
      shipment.isScanned = shipment.isScanned || !['M', 'MV', 'U'].includes(scan.type)
      shipment.last = scan.type
    }
    const event = eventOf(tracking, scan, scan.at ?? this.#now().toISOString())
    const until = this.subscriptions.get(tracking) ?? 0
    if (until > this.#now().getTime()) this.onScan(event)
    return event
  }

  books(): BookEntry[] {
    return this.shipments.map(({ tracking, references, costMinor, isVoid, last }) => {
      const caseNo = /RMA-\d+-\d/.exec(references.join(' '))?.[0] ?? null
      const status = isVoid ? 'void' : last
      return { caseNo, ref: tracking, kind: 'label', minor: costMinor, currency: 'USD', status }
    })
  }
}

function eventOf(trackingNumber: string, scan: UpsScan, at: string): object {
  const instant = new Date(at).toISOString()
  const date = instant.slice(0, 10).replaceAll('-', '')
  const time = instant.slice(11, 19).replaceAll(':', '')
  const isDelivered = scan.type === 'D' && scan.description.toLowerCase().startsWith('delivered')
  return {
    trackingNumber,
    localActivityDate: date,
    localActivityTime: time,
    ...(scan.city === undefined ? {} : { activityLocation: { city: scan.city, country: 'US' } }),
    activityStatus: {
      type: scan.type,
      code: scan.code ?? 'AR',
      description: scan.description,
    },
    gmtActivityDate: date,
    gmtActivityTime: time,
    gmtOffset: '+00.00',
    ...(isDelivered ? { actualDeliveryDate: date, actualDeliveryTime: time } : {}),
  }
}
