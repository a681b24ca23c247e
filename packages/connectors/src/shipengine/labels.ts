import type { Delivery } from '@backhaul/sdk/connector'
import { orNull } from '../json-call.ts'
import { parcelReference } from '../return-label.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { type Label, label } from './shapes.ts'

type LabelDelivery = Delivery<Config, 'label.create' | 'label.void'>

/** As long as an external shipment id may be. */
const maxLength = 50

export function referenceOf(delivery: Pick<LabelDelivery, 'config' | 'command'>): string {
  return parcelReference(delivery, delivery.config.referencePrefix, maxLength)
}

/** The label of a parcel, by our reference; null where there is none. */
export function findLabel(delivery: LabelDelivery): Promise<Label | null> {
  const path = `/labels/external_shipment_id/${encodeURIComponent(referenceOf(delivery))}`
  return orNull(call(delivery, { method: 'GET', path, answer: label }))
}
