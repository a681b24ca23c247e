import { cloudEventType, type EventData, eventData, instant } from '@backhaul/sdk/canonical'
import { readForeignEvent } from '../../mapping/canonical.ts'
import type { Incoming, MessageResult } from '../../pipeline/message.ts'
import { bodyHash, canonicalTopic, makeMessage } from '../../pipeline/message.ts'
import { conflictCode } from '../../pipeline/take-in.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { HubError } from '../../platform/errors.ts'
import { findMessageIds } from '../../store/inbox.ts'
import type { Caller } from '../access/caller.ts'
import { voiceOf } from '../access/speech.ts'
import { strictly } from '../body/strictly.ts'
import type { RouteDeps } from './types.ts'

const requested = eventData['return.requested']

/** What one asks for a return with: the event's data without what is for systems. */
export const returnRequest = strictly(
  requested.omit({ refs: true, actor: true }).extend({
    sourceRef: requested.shape.sourceRef
      .optional()
      .describe("The request's own id where it comes from; one is made when left out."),
    requestedAt: instant.optional().describe('When it was asked for; now when left out.'),
  }),
).meta({ id: 'ReturnRequest', description: 'A return that is asked for.' })

export type ReturnRequest = Omit<EventData<'return.requested'>, 'refs' | 'actor' | 'sourceRef'> & {
  readonly sourceRef?: string | undefined
  readonly requestedAt?: string | undefined
}

/**
 * Takes a request for a return in, once for each Idempotency-Key.
 *
 * The key names the message, and what was asked for is its content: a repeat is the same message, whenever
 * it comes, and the event keeps the time of the first.
 *
 * @throws {HubError} IDEMPOTENCY_KEY_REUSED when the key stands for another request; CONFLICT when the
 *   request cannot be taken.
 */
export async function requestReturn(
  deps: RouteDeps,
  { request, key, caller }: { request: ReturnRequest; key: string; caller: Caller },
): Promise<MessageResult> {
  const incoming = incomingRequest(deps, { request, key, caller })
  await refuseOtherRequest(deps, incoming)
  const result = await deps.receiver.receive(incoming)
  if (result.code === conflictCode) throw keyReused()
  if (result.outcome !== 'refused' && result.outcome !== 'parked') return result
  throw new HubError('CONFLICT', result.detail ?? 'The request could not be taken.', {
    details: { reason: result.code ?? '' },
  })
}

function incomingRequest(
  { clock, connections }: RouteDeps,
  { request, key, caller }: { request: ReturnRequest; key: string; caller: Caller },
): Incoming {
  const { requestedAt, ...asked } = request
  const id = `request:${sha256Hex(`${caller.keyId}\n${key}`).slice(0, 32)}`
  const event = {
    specversion: '1.0',
    id,
    source: 'api',
    type: cloudEventType('return.requested'),
    time: requestedAt ?? clock.now().toISOString(),
    data: { ...asked, sourceRef: asked.sourceRef ?? id },
  }
  const made = makeMessage({
    ...voiceOf(caller, connections),
    topic: canonicalTopic,
    externalId: `idem:${caller.keyId}:${key}`,
    body: Buffer.from(JSON.stringify(event)),
  })
  return {
    message: { ...made, bodyHash: bodyHash(Buffer.from(JSON.stringify(request))) },
    reading: readForeignEvent(event),
  }
}

/** Asked before the door is, where another request under the same key would be kept for a person to look at. */
async function refuseOtherRequest({ pool }: RouteDeps, { message }: Incoming): Promise<void> {
  const [known] = await findMessageIds(pool, [message])
  if (known !== undefined && known.bodyHash !== message.bodyHash) throw keyReused()
}

function keyReused(): HubError {
  return new HubError(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key stands for another request: use a new one for a new request.',
  )
}
