/** Objects of ShipEngine as its API answers them, as far as labels and tracking need them. */

export interface TrackEvent {
  readonly occurred_at: string
  readonly carrier_occurred_at: string
  readonly description: string
  readonly city_locality: string
  readonly state_province: string
  readonly postal_code: string
  readonly country_code: string
  readonly event_code: string
  readonly status_code: string
  readonly status_detail_code: string | null
}

export interface Label {
  readonly label_id: string
  readonly externalShipmentId: string | null
  status: string
  readonly tracking_number: string
  readonly carrier_id: string
  readonly service_code: string
  readonly rma_number: string | null
  readonly is_return_label: boolean
  readonly charge_event: string
  readonly label_format: string
  readonly display_scheme: string
  readonly created_at: string
  readonly costMinor: number
  readonly shipment: Readonly<Record<string, unknown>>
  voided_at: string | null
  /** Newest first, as they are told. */
  events: TrackEvent[]
}
