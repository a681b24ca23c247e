/** Objects of EasyPost as its API answers them, as far as labels and tracking need them. */

interface Address {
  readonly [field: string]: unknown
}

export interface Rate {
  readonly id: string
  readonly object: 'Rate'
  readonly carrier: string
  readonly service: string
  /** A decimal text. */
  readonly rate: string
  readonly currency: string
  readonly delivery_days: number
  readonly shipment_id: string
}

export interface Form {
  readonly id: string
  readonly object: 'Form'
  readonly form_type: string
  readonly form_url: string
  readonly created_at: string
}

export interface TrackingDetail {
  readonly object: 'TrackingDetail'
  readonly message: string
  readonly description: string | null
  readonly status: string
  readonly status_detail: string | null
  /** When the carrier scanned it. */
  readonly datetime: string
  readonly source: string
  readonly tracking_location: {
    readonly object: 'TrackingLocation'
    readonly city: string | null
    readonly state: string | null
    readonly country: string | null
    readonly zip: string | null
  }
}

export interface Tracker {
  readonly id: string
  readonly object: 'Tracker'
  readonly mode: string
  readonly tracking_code: string
  status: string
  status_detail: string
  readonly carrier: string
  readonly shipment_id: string | null
  readonly created_at: string
  updated_at: string
  tracking_details: TrackingDetail[]
  readonly public_url: string
}

export interface Shipment {
  readonly id: string
  readonly object: 'Shipment'
  readonly mode: string
  readonly reference: string | null
  readonly is_return: boolean
  readonly to_address: Address
  readonly from_address: Address
  readonly parcel: Readonly<Record<string, unknown>>
  readonly options: Readonly<Record<string, unknown>>
  readonly rates: readonly Rate[]
  readonly messages: readonly Readonly<Record<string, string>>[]
  selected_rate: Rate | null
  postage_label: Readonly<Record<string, unknown>> | null
  tracking_code: string | null
  tracker: Tracker | null
  forms: Form[]
  refund_status: string | null
  status: string
  readonly created_at: string
  updated_at: string
}
