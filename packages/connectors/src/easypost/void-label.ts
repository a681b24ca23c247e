import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { labelVoided, parcelReference } from '../return-label.ts'
import type { Config } from './config.ts'
import { findShipment, refundShipment } from './shipments.ts'

/** Money is under way, back, or was never taken: carriers that bill by the scan have nothing to give back. */
const settled: ReadonlySet<string> = new Set(['submitted', 'refunded', 'not_applicable'])

/**
 * Gives a label back. Its state is read first, so that it is asked for once; asking again would change nothing.
 *
 * @throws {TerminalError} LABEL_NOT_FOUND; VOID_REJECTED for a label that was used, or is too old.
 */
export const voidLabel: DeliveryDefinition<Config, 'label.void'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Delivery<Config, 'label.void'>): Promise<Delivered> {
  const reference = parcelReference(delivery, delivery.config.referencePrefix)
  const known = await findShipment(delivery, reference)
  if (!known) throw new TerminalError({ code: 'LABEL_NOT_FOUND', reason: reference })
  const done = { externalId: known.id, events: [labelVoided(delivery, 'easypost')] }
  // A shipment that was never bought is no label.
  if (!known.postage_label || settled.has(known.refund_status ?? '')) return done
  const asked = await refundShipment(delivery, known.id)
  if (settled.has(asked.refund_status ?? '')) return done
  throw new TerminalError({ code: 'VOID_REJECTED', reason: 'the carrier gives no refund' })
}
