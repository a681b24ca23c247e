import { type Delivery, DeliveryError } from '@backhaul/sdk/connector'
import type { Caller } from '../json-call.ts'
import { parcelReference } from '../return-label.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { recovered } from './shapes.ts'

/** A label that is there already. */
export interface KnownLabel {
  readonly tracking: string
  readonly url: string | undefined
}

/** UPS knows no such shipment: the only refusal that says that there is no label. */
const notFound = '9801031'

/** As long as a reference may be; of its signs those that a bar code holds. */
const maxLength = 35

export function referenceOf({
  config,
  command,
}: Pick<Delivery<Config, 'label.create' | 'label.void'>, 'config' | 'command'>): string {
  const reference = parcelReference({ command }, config.referencePrefix, maxLength)
  return reference.toUpperCase().replaceAll(/[^A-Z0-9-]/g, '-')
}

/**
 * The label of a reference, as UPS makes it once more; null where UPS knows of none. It costs nothing.
 *
 * @throws {DeliveryError} for every other answer: whether there is a label is not known then.
 */
export async function findLabel(
  caller: Caller<Config>,
  reference: string,
): Promise<KnownLabel | null> {
  const { accountNumber: ShipperNumber } = caller.config
  const body = {
    LabelRecoveryRequest: {
      Request: { RequestOption: 'Non_Validate' },
      LabelDelivery: { LabelLinkIndicator: '' },
      ReferenceValues: { ReferenceNumber: { Value: reference }, ShipperNumber },
    },
  }
  const wanted = { method: 'POST', path: '/labels/v1/recovery', body, isRead: true } as const
  try {
    const { LabelRecoveryResponse: found } = await call(caller, { ...wanted, answer: recovered })
    const [label] = found.LabelResults
    return label ? { tracking: label.TrackingNumber, url: label.LabelImage?.URL } : null
  } catch (error) {
    if (error instanceof DeliveryError && error.reason === notFound) return null
    throw error
  }
}
