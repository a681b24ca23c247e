import type { Label } from './shapes.ts'

const descriptions: Readonly<Record<string, string>> = {
  NY: 'Not Yet In System',
  AC: 'Accepted',
  IT: 'In Transit',
  DE: 'Delivered',
  EX: 'Exception',
  AT: 'Delivery Attempt',
  SP: 'Delivered To Collection Location',
}

/** A label as it is answered. */
export function shownLabel(label: Label, url: string): object {
  const file = `${url}/label-files/${label.label_id}.${label.label_format}`
  const isDelivered = label.events[0]?.status_code === 'DE'
  return {
    label_id: label.label_id,
    status: label.status,
    shipment_id: label.label_id.replace('se-', 'se-9'),
    ship_date: label.created_at,
    created_at: label.created_at,
    shipment_cost: { currency: 'usd', amount: label.costMinor / 100 },
    insurance_cost: { currency: 'usd', amount: 0 },
    tracking_number: label.tracking_number,
    is_return_label: label.is_return_label,
    rma_number: label.rma_number,
    is_international: false,
    batch_id: 'se-1',
    carrier_id: label.carrier_id,
    charge_event: label.charge_event,
    service_code: label.service_code,
    package_code: 'package',
    voided: label.voided_at !== null,
    voided_at: label.voided_at,
    label_format: label.label_format,
    display_scheme: label.display_scheme,
    label_layout: '4x6',
    trackable: true,
    label_image_id: null,
    carrier_code: 'ups',
    tracking_status: isDelivered ? 'delivered' : label.events.length > 0 ? 'in_transit' : 'unknown',
    label_download: { href: file, [label.label_format]: file },
    form_download: null,
    insurance_claim: null,
    packages: [],
  }
}

/** Where the parcel of a label is, as it is answered and told. */
export function shownTracking(label: Label): object {
  const [newest] = label.events
  const status = newest?.status_code ?? 'NY'
  return {
    tracking_number: label.tracking_number,
    status_code: status,
    status_description: descriptions[status] ?? 'Unknown',
    carrier_status_code: newest?.event_code ?? 'M',
    carrier_status_description: newest?.description ?? 'Shipper created a label',
    ship_date: null,
    estimated_delivery_date: null,
    actual_delivery_date: status === 'DE' ? newest?.occurred_at : null,
    exception_description: null,
    events: label.events,
  }
}
