import type { Rate, Shipment } from './shapes.ts'

interface Quote {
  readonly rates: readonly Rate[]
  readonly messages: Shipment['messages']
}

const needed = ['street1', 'city', 'zip', 'country'] as const

const services = [
  { carrier: 'USPS', service: 'GroundAdvantage', rate: '7.58', delivery_days: 4 },
  { carrier: 'UPSDAP', service: 'Ground', rate: '9.12', delivery_days: 3 },
  { carrier: 'USPS', service: 'Priority', rate: '11.40', delivery_days: 2 },
] as const

/**
 * What carriers ask for a shipment. An address that no carrier can do with is no error of the request: the
 * shipment is made, and has messages in place of rates.
 */
export function ratesOf(input: Readonly<Record<string, unknown>>, shipmentId: string): Quote {
  const missing = ['to_address', 'from_address'].flatMap((side) => {
    const address = input[side] as Readonly<Record<string, unknown>> | undefined
    return needed.filter((field) => !address?.[field]).map((field) => `${side}.${field}`)
  })
  const parcel = input['parcel'] as Readonly<Record<string, unknown>> | undefined
  const weight = Number(parcel?.['weight'])
  if (missing.length > 0 || !(weight > 0)) {
    const message = `Unable to rate: ${missing[0] ?? 'parcel.weight'} is missing.`
    return { rates: [], messages: [{ carrier: 'USPS', type: 'rate_error', message }] }
  }
  const rates = services.map((one, index): Rate => {
    const id = `rate_${shipmentId.slice(4, 34)}${String(index).padStart(2, '0')}`
    return { id, object: 'Rate', ...one, currency: 'USD', shipment_id: shipmentId }
  })
  return { rates, messages: [] }
}
