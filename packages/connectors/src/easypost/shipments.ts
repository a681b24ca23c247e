import { type Caller, orNull } from '../json-call.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { type Shipment, shipment } from './shapes.ts'

/**
 * The shipment of a reference, which EasyPost takes in place of an id. It does not keep references unique: what
 * comes is one that has it, or nothing.
 */
export async function findShipment(
  caller: Caller<Config>,
  reference: string,
): Promise<Shipment | null> {
  const path = `/shipments/${encodeURIComponent(reference)}`
  const found = await orNull(call(caller, { method: 'GET', path, answer: shipment }))
  // Whatever else would answer by that name is not ours.
  return found?.reference === reference ? found : null
}

/** Makes a shipment. That costs nothing, until it is bought. */
export function createShipment(caller: Caller<Config>, body: object): Promise<Shipment> {
  const sent = { shipment: body }
  return call(caller, { method: 'POST', path: '/shipments', body: sent, answer: shipment })
}

/** Buys the label. EasyPost sells one for a shipment, and refuses a second. */
export function buyShipment(caller: Caller<Config>, id: string, rateId: string): Promise<Shipment> {
  const body = { rate: { id: rateId } }
  return call(caller, { method: 'POST', path: `/shipments/${id}/buy`, body, answer: shipment })
}

export function refundShipment(caller: Caller<Config>, id: string): Promise<Shipment> {
  return call(caller, { method: 'POST', path: `/shipments/${id}/refund`, answer: shipment })
}

export function addQrCode(caller: Caller<Config>, id: string): Promise<Shipment> {
  const body = { form: { type: 'label_qr_code' } }
  return call(caller, { method: 'POST', path: `/shipments/${id}/forms`, body, answer: shipment })
}
