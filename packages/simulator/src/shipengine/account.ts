import type { BookEntry } from '../double/index.ts'
import type { Label, TrackEvent } from './shapes.ts'

/** What a carrier's scan says. */
export interface ShipEngineScan {
  /** AC, IT, DE, EX, AT, SP. */
  readonly status: string
  readonly detail?: string
  readonly description?: string
  /** When it was scanned; now where left out. */
  readonly at?: string
  readonly city?: string
}

/** Says no, in ShipEngine's words. */
export class Refused extends Error {
  readonly status: number
  readonly source: string

  constructor(status: number, code: string, source = 'shipengine') {
    super(code)
    this.status = status
    this.source = source
  }
}

interface Asked {
  readonly shipment?: Readonly<Record<string, unknown>>
  readonly is_return_label?: boolean
  readonly rma_number?: string
  readonly charge_event?: string
  readonly label_format?: string
  readonly display_scheme?: string
}

const addressFields = [
  'name',
  'phone',
  'address_line1',
  'city_locality',
  'state_province',
  'postal_code',
  'country_code',
]
const priceMinor = 812

/** One account: its labels, and the money that they have cost. */
export class ShipEngineAccount {
  readonly #now: () => Date
  readonly labels: Label[] = []
  readonly carrierId: string
  spentMinor = 0
  onTrack: (label: Label) => void = () => {}

  constructor(now: () => Date, carrierId: string) {
    this.#now = now
    this.carrierId = carrierId
  }

  create(asked: Asked): Label {
    const { shipment } = asked
    if (!shipment) throw new Refused(400, 'field_value_required')
    for (const side of ['ship_from', 'ship_to']) {
      const address = shipment[side] as Readonly<Record<string, unknown>> | undefined
      if (addressFields.some((field) => !address?.[field]))
        throw new Refused(400, 'invalid_address')
    }
    if (shipment['carrier_id'] !== this.carrierId) throw new Refused(400, 'invalid_identifier')
    const externalId = shipment['external_shipment_id']
    const own = typeof externalId === 'string' ? externalId : null
    if (own !== null && this.labels.some((one) => one.externalShipmentId === own)) {
      throw new Refused(400, 'identifier_conflict')
    }
    const number = this.labels.length + 1
    const label: Label = {
      label_id: `se-${number + 1_000}`,
      externalShipmentId: own,
      status: 'completed',
      tracking_number: `1Z999AA1${String(number).padStart(10, '0')}`,
      carrier_id: this.carrierId,
      service_code: String(shipment['service_code']),
      rma_number: asked.rma_number ?? null,
      is_return_label: asked.is_return_label === true,
      charge_event: asked.charge_event ?? 'carrier_default',
      label_format: asked.label_format ?? 'pdf',
      display_scheme: asked.display_scheme ?? 'label',
      created_at: this.#now().toISOString(),
      costMinor: priceMinor,
      shipment,
      voided_at: null,
      events: [],
    }
    this.labels.push(label)
    this.spentMinor += label.costMinor
    return label
  }

  find(id: string): Label {
    const found = this.labels.find((one) => one.label_id === id || one.externalShipmentId === id)
    if (!found) throw new Refused(404, 'unspecified')
    return found
  }

  /** Says no inside a 200: the carrier decides. */
  void(id: string): { approved: boolean; message: string } {
    const label = this.find(id)
    if (label.voided_at !== null || label.events.length > 0) {
      return { approved: false, message: 'Unable to void label' }
    }
    label.voided_at = this.#now().toISOString()
    label.status = 'voided'
    this.spentMinor -= label.costMinor
    return { approved: true, message: 'Request for refund submitted.' }
  }

  /** A carrier scans a parcel; what is told of it has the newest scan first. */
  scan(trackingNumber: string, scan: ShipEngineScan): Label {
    const label = this.labels.find((one) => one.tracking_number === trackingNumber)
    if (!label) throw new Error(`there is no label ${trackingNumber}`)
    label.events = [...label.events, this.#event(scan)].toSorted((a, b) =>
      b.occurred_at.localeCompare(a.occurred_at),
    )
    this.onTrack(label)
    return label
  }

  books(): BookEntry[] {
    return this.labels.map((label) => {
      const caseNo = /RMA-\d+-\d/.exec(label.externalShipmentId ?? '')?.[0] ?? null
      const { label_id: ref, costMinor: minor } = label
      const status = label.voided_at === null ? (label.events[0]?.status_code ?? 'NY') : 'voided'
      return { caseNo, ref, kind: 'label', minor, currency: 'USD', status }
    })
  }

  #event({ status, detail, description, at, city }: ShipEngineScan): TrackEvent {
    const occurredAt = at ?? this.#now().toISOString()
    return {
      occurred_at: occurredAt,
      carrier_occurred_at: occurredAt.replace(/(\.\d+)?Z$/, ''),
      description: description ?? status,
      city_locality: city ?? '',
      state_province: '',
      postal_code: '',
      country_code: 'US',
      event_code: status,
      status_code: status,
      status_detail_code: detail ?? null,
    }
  }
}
