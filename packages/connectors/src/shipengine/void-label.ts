import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { labelVoided } from '../return-label.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { findLabel, referenceOf } from './labels.ts'
import { voided } from './shapes.ts'

/**
 * Voids a label, which is read first: what is void already is not asked for again.
 *
 * @throws {TerminalError} LABEL_NOT_FOUND; VOID_REJECTED where the carrier says no, which it does inside a 200.
 */
export const voidLabel: DeliveryDefinition<Config, 'label.void'> = {
  idempotency: { kind: 'upsert' },
  deliver,
}

async function deliver(delivery: Delivery<Config, 'label.void'>): Promise<Delivered> {
  const known = await findLabel(delivery)
  if (!known) throw new TerminalError({ code: 'LABEL_NOT_FOUND', reason: referenceOf(delivery) })
  const done = { externalId: known.label_id, events: [labelVoided(delivery, 'shipengine')] }
  if (known.voided) return done
  const path = `/labels/${known.label_id}/void`
  const { approved } = await call(delivery, { method: 'PUT', path, answer: voided })
  if (approved) return done
  throw new TerminalError({ code: 'VOID_REJECTED', reason: 'the carrier voids no such label' })
}
