import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { labelVoided } from '../return-label.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { findLabel, referenceOf } from './find-label.ts'
import { voided } from './shapes.ts'

/** The shipment is void already. */
const alreadyVoid = '190117'

/**
 * Voids a label. UPS refuses what is void already, by a code of its own, so that asking twice has one effect.
 *
 * @throws {TerminalError} LABEL_NOT_FOUND; VOID_REJECTED; REQUEST_REJECTED with UPS's code for one that was used.
 */
export const voidLabel: DeliveryDefinition<Config, 'label.void'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Delivery<Config, 'label.void'>): Promise<Delivered> {
  const reference = referenceOf(delivery)
  const known = await findLabel(delivery, reference)
  const done = { externalId: known?.tracking ?? reference, events: [labelVoided(delivery, 'ups')] }
  // What an attempt before this one has voided may be known no more.
  if (!known && delivery.attempt > 1) return done
  if (!known) throw new TerminalError({ code: 'LABEL_NOT_FOUND', reason: reference })
  const path = `/shipments/v2409/void/cancel/${known.tracking}`
  try {
    const answer = await call(delivery, { method: 'DELETE', path, answer: voided })
    if (answer.VoidShipmentResponse.SummaryResult.Status.Code === '1') return done
  } catch (error) {
    if (error instanceof TerminalError && error.reason === alreadyVoid) return done
    throw error
  }
  throw new TerminalError({ code: 'VOID_REJECTED', reason: 'UPS voids no such label' })
}
