import { cloudEventType, type EventData, eventData, instant } from '@backhaul/sdk/canonical'
import { readForeignEvent } from '../../mapping/canonical.ts'
import { awaitDecision } from '../../pipeline/await-decision.ts'
import { loadCase } from '../../pipeline/load-case.ts'
import type { Incoming } from '../../pipeline/message.ts'
import { bodyHash, canonicalTopic, makeMessage } from '../../pipeline/message.ts'
import { conflictCode } from '../../pipeline/take-in.ts'
import {
  receiveRepeat,
  receiveValidated,
  type ValidatedRequest,
  type Validation,
  validationOfState,
} from '../../pipeline/validate-request.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { HubError } from '../../platform/errors.ts'
import { findMessageIds } from '../../store/inbox.ts'
import { listDecisions } from '../../store/policy.ts'
import type { Caller } from '../access/caller.ts'
import { voiceOf } from '../access/speech.ts'
import { strictly } from '../body/strictly.ts'
import { requestedReturnView } from '../schemas/requested-return.ts'
import { loadReturn } from './load-return.ts'
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
 *   request cannot be taken; SYSTEM_OF_RECORD_SILENT where it is taken with an answer of that system only.
 */
export async function requestReturn(
  deps: RouteDeps,
  { request, key, caller }: { request: ReturnRequest; key: string; caller: Caller },
): Promise<ValidatedRequest> {
  const incoming = incomingRequest(deps, { request, key, caller })
  const isKnown = await refuseOtherRequest(deps, incoming)
  const taken = isKnown
    ? await receiveRepeat(deps, incoming)
    : await receiveValidated(deps, incoming)
  const { result } = taken
  if (result.code === conflictCode) throw keyReused()
  if (result.outcome !== 'refused' && result.outcome !== 'parked') return taken
  throw new HubError('CONFLICT', result.detail ?? 'The request could not be taken.', {
    details: { reason: result.code ?? '' },
  })
}

/** Decisions that an answer looks at: the newest ones. */
const shownDecisions = 20

/** The return that was asked for, as it stands when the rules have had their say, where they can have it now. */
export async function answerRequest(
  deps: RouteDeps,
  { validation, isValidated }: ValidatedRequest,
  { caseId, caller }: { readonly caseId: string; readonly caller: Caller },
) {
  const { pool } = deps
  const mayBeDecided = isValidated && validation !== null && validation.state !== 'pending'
  if (mayBeDecided) await awaitDecision(deps, caseId)
  const view = await loadReturn(pool, caseId, caller)
  const decisions = await listDecisions(pool, { caseId, limit: shownDecisions })
  const says = validation ?? (await validationNow(pool, { caseId, isValidated }))
  return requestedReturnView(view, { validation: says, decisions })
}

async function validationNow(
  pool: RouteDeps['pool'],
  { caseId, isValidated }: { readonly caseId: string; readonly isValidated: boolean },
): Promise<Validation> {
  const found = isValidated ? await loadCase(pool, caseId) : null
  return found === null ? { state: 'none', sentence: null } : validationOfState(found.state)
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

/**
 * Asked before the door is, where another request under the same key would be kept for a person to look at.
 *
 * @returns whether this very request was taken in before.
 */
async function refuseOtherRequest({ pool }: RouteDeps, { message }: Incoming): Promise<boolean> {
  const [known] = await findMessageIds(pool, [message])
  if (known !== undefined && known.bodyHash !== message.bodyHash) throw keyReused()
  return known !== undefined
}

function keyReused(): HubError {
  return new HubError(
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key stands for another request: use a new one for a new request.',
  )
}
