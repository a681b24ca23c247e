import { randomBytes } from 'node:crypto'
import type { BookEntry } from '../double/index.ts'
import { ratesOf } from './rates.ts'
import type { Form, Shipment, Tracker, TrackingDetail } from './shapes.ts'

/** What a carrier's scan says. */
export interface Scan {
  readonly status: string
  readonly detail?: string
  readonly message?: string
  /** When it was scanned; now where left out, though carriers tell of scans late. */
  readonly at?: string
  readonly city?: string
}

/** Says no, in EasyPost's words. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly unknown[]

  constructor(status: number, code: string, errors: readonly unknown[] = []) {
    super(code)
    this.status = status
    this.code = code
    this.errors = errors
  }
}

/** Statuses that the tracking codes of EasyPost's test mode stand for. */
const testCodes: Readonly<Record<string, string>> = {
  EZ1000000001: 'pre_transit',
  EZ2000000002: 'in_transit',
  EZ3000000003: 'out_for_delivery',
  EZ4000000004: 'delivered',
  EZ5000000005: 'return_to_sender',
  EZ6000000006: 'failure',
  EZ7000000007: 'unknown',
}

const moving = ['in_transit', 'out_for_delivery', 'delivered', 'return_to_sender', 'failure']

/** One account: its shipments and trackers, and the money that labels have cost. */
export class EasyPostAccount {
  readonly #now: () => Date
  readonly #url: () => string
  readonly shipments: Shipment[] = []
  readonly trackers: Tracker[] = []
  /** Called with a tracker after it has changed, and the status that it had before. */
  onTracker: (tracker: Tracker, before: string) => void = () => {}
  spentMinor = 0
  #count = 0

  constructor(now: () => Date, url: () => string) {
    this.#now = now
    this.#url = url
  }

  stamp(): string {
    return this.#now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
  }

  /** Neither checks nor remembers `reference`: two shipments may have the same. */
  create(input: Readonly<Record<string, unknown>>): Shipment {
    const id = idOf('shp')
    const { rates, messages } = ratesOf(input, id)
    const shipment: Shipment = {
      id,
      object: 'Shipment',
      mode: 'test',
      reference: typeof input['reference'] === 'string' ? input['reference'] : null,
      is_return: input['is_return'] === true,
      to_address: { ...(input['to_address'] as object) },
      from_address: { ...(input['from_address'] as object) },
      parcel: { ...(input['parcel'] as object) },
      options: { ...(input['options'] as object) },
      rates,
      messages,
      selected_rate: null,
      postage_label: null,
      tracking_code: null,
      tracker: null,
      forms: [],
      refund_status: null,
      status: 'unknown',
      created_at: this.stamp(),
      updated_at: this.stamp(),
    }
    this.shipments.push(shipment)
    return shipment
  }

  /** By id or by reference; of several with one reference, the newest. */
  shipment(key: string): Shipment {
    const found = this.shipments.findLast(({ id, reference }) => id === key || reference === key)
    if (!found) throw new Refused(404, 'NOT_FOUND')
    return found
  }

  buy(key: string, rateId: unknown): Shipment {
    const shipment = this.shipment(key)
    if (shipment.postage_label) throw new Refused(422, 'SHIPMENT.POSTAGE.EXISTS')
    const rate = shipment.rates.find(({ id }) => id === rateId)
    if (!rate) throw new Refused(422, 'SHIPMENT.POSTAGE.FAILURE')
    this.#count += 1
    const trackingCode = `94001${String(this.#count).padStart(17, '0')}`
    const format = textOf(shipment.options['label_format'], 'PNG').toLowerCase()
    shipment.selected_rate = rate
    shipment.tracking_code = trackingCode
    shipment.postage_label = {
      object: 'PostageLabel',
      id: idOf('pl'),
      label_url: `${this.#url()}/label-files/${shipment.id}.${format}`,
      label_file_type: format === 'pdf' ? 'application/pdf' : `image/${format}`,
      created_at: this.stamp(),
    }
    shipment.updated_at = this.stamp()
    shipment.tracker = this.#track(trackingCode, rate.carrier, shipment.id)
    this.spentMinor += Math.round(Number(rate.rate) * 100)
    return shipment
  }

  track(trackingCode: string, carrier: string): Tracker {
    const known = this.trackers.find((one) => one.tracking_code === trackingCode)
    if (known) return known
    const tracker = this.#track(trackingCode, carrier, null)
    const status = testCodes[trackingCode]
    if (status !== undefined) this.scan(trackingCode, { status })
    return tracker
  }

  /** Asks for the money back: before the first scan only. */
  refund(key: string): Shipment {
    const shipment = this.shipment(key)
    if (!shipment.postage_label) throw new Refused(422, 'SHIPMENT.REFUND.UNAVAILABLE')
    if (shipment.refund_status === 'submitted') return shipment
    const isScanned = moving.includes(shipment.tracker?.status ?? '')
    shipment.refund_status = isScanned ? 'rejected' : 'submitted'
    shipment.updated_at = this.stamp()
    return shipment
  }

  addForm(key: string, type: unknown): Shipment {
    const shipment = this.shipment(key)
    if (type !== 'label_qr_code') throw new Refused(422, 'FORM.INVALID_TYPE')
    if (shipment.selected_rate?.carrier !== 'USPS') throw new Refused(422, 'FORM.UNSUPPORTED')
    const id = idOf('form')
    const form_url = `${this.#url()}/label-files/${id}.png`
    const created_at = this.stamp()
    const form: Form = { id, object: 'Form', form_type: type, form_url, created_at }
    shipment.forms.push(form)
    return shipment
  }

  /** A carrier scans a parcel. The status of the tracker is that of the newest scan, not of the last one told. */
  scan(trackingCode: string, scan: Scan): Tracker {
    const tracker = this.trackers.find((one) => one.tracking_code === trackingCode)
    if (!tracker) throw new Error(`there is no tracker ${trackingCode}`)
    const before = tracker.status
    tracker.tracking_details = [...tracker.tracking_details, this.#detail(scan)].toSorted((a, b) =>
      a.datetime.localeCompare(b.datetime),
    )
    const newest = tracker.tracking_details.at(-1)
    tracker.status = newest?.status ?? tracker.status
    tracker.status_detail = newest?.status_detail ?? 'unknown'
    tracker.updated_at = this.stamp()
    this.onTracker(tracker, before)
    return tracker
  }

  books(): BookEntry[] {
    return this.shipments.flatMap((shipment) => {
      const { selected_rate: rate, reference, id, refund_status: refund } = shipment
      if (!rate) return []
      const caseNo = /RMA-\d+-\d/.exec(reference ?? '')?.[0] ?? null
      const status = refund ?? shipment.tracker?.status ?? 'unknown'
      const minor = Math.round(Number(rate.rate) * 100)
      return [{ caseNo, ref: id, kind: 'label' as const, minor, currency: rate.currency, status }]
    })
  }

  #detail({ status, detail, message, at, city }: Scan): TrackingDetail {
    return {
      object: 'TrackingDetail',
      message: message ?? status,
      description: null,
      status,
      status_detail: detail ?? null,
      datetime: at ?? this.stamp(),
      source: 'USPS',
      tracking_location: {
        object: 'TrackingLocation',
        city: city ?? null,
        state: null,
        country: city === undefined ? null : 'US',
        zip: null,
      },
    }
  }

  #track(trackingCode: string, carrier: string, shipmentId: string | null): Tracker {
    const tracker: Tracker = {
      id: idOf('trk'),
      object: 'Tracker',
      mode: 'test',
      tracking_code: trackingCode,
      status: 'unknown',
      status_detail: 'unknown',
      carrier,
      shipment_id: shipmentId,
      created_at: this.stamp(),
      updated_at: this.stamp(),
      tracking_details: [],
      public_url: `https://track.easypost.com/${trackingCode}`,
    }
    this.trackers.push(tracker)
    return tracker
  }
}

function idOf(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`
}

/** What was sent as a text, or what stands for nothing. */
export function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}
