import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { asLabelProblem, type IssuedLabel, labelIssued } from '../return-label.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { findLabel, referenceOf } from './find-label.ts'
import { shipped } from './shapes.ts'
import { shipmentOf } from './shipment.ts'
import { subscribe } from './subscribe.ts'

type Create = Delivery<Config, 'label.create'>

/**
 * Makes a return label. UPS drops no repeat, so that every attempt but the first asks for the label by its
 * reference before, and makes one only where UPS says in so many words that there is none.
 *
 * @returns the tracking number, also as the ref `tracking`; the event `label.issued`, without its cost where the
 * label was found again.
 * @throws {TerminalError} ADDRESS_INCOMPLETE, ADDRESS_TOO_LONG, RETURN_ADDRESS_MISSING, or REQUEST_REJECTED with UPS's code.
 * @throws {UnknownOutcomeError} when an answer was lost.
 */
export const createLabel: DeliveryDefinition<Config, 'label.create'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Create): Promise<Delivered> {
  try {
    const known = delivery.attempt > 1 ? await findLabel(delivery, referenceOf(delivery)) : null
    const label = known ?? (await made(delivery))
    // UPS tells of scans for two weeks; where this does not get through, the next round of renewals does.
    await subscribe(delivery, [label.tracking]).catch(() => null)
    return told(delivery, label)
  } catch (error) {
    throw asLabelProblem(error)
  }
}

type Made = Pick<IssuedLabel, 'cost' | 'tracking' | 'url'>

async function made(delivery: Create): Promise<Made> {
  const path = '/shipments/v2409/ship'
  const body = shipmentOf(delivery)
  const answer = await call(delivery, { method: 'POST', path, body, answer: shipped })
  const { ShipmentResults: results } = answer.ShipmentResponse
  const [parcel] = results.PackageResults
  const price = results.NegotiatedRateCharges?.TotalCharge ?? results.ShipmentCharges?.TotalCharges
  return {
    tracking: parcel?.TrackingNumber ?? '',
    url: results.LabelURL,
    cost: price && {
      amount: new Big(price.MonetaryValue).toFixed(2),
      currency: price.CurrencyCode,
    },
  }
}

function told(delivery: Create, { tracking, url, cost }: Made): Delivered {
  const service = delivery.config.serviceCode
  const issued = labelIssued(delivery, 'ups', { carrier: 'ups', service, tracking, url, cost })
  return { externalId: tracking, refs: [{ type: 'tracking', value: tracking }], events: [issued] }
}
