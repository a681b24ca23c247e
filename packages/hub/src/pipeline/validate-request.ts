import {
  type CanonicalEvent,
  type CommandBody,
  cloudEventType,
  type EventData,
} from '@backhaul/sdk/canonical'
import type { OrderAnswer } from '@backhaul/sdk/connector'
import type { Connections } from '../connect/connections.ts'
import { apply, type CaseState, refsOf, type StampedEvent } from '../domain/index.ts'
import { readForeignEvent } from '../mapping/canonical.ts'
import type { Clock } from '../platform/clock.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { HubError } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'
import { askOrder, canAskOrder, type OrderAsked } from './ask-order.ts'
import { canonicalTopic, type Incoming, type MessageResult, makeMessage } from './message.ts'
import { scopeOf } from './process/return-scope.ts'
import { normalizeInstant } from './process/work.ts'
import type { Receiver } from './receive.ts'

/** What the system of record had to say to a request. */
export interface Validation {
  /** `none`: it was not asked, or there is none. `pending`: it has not answered yet. `refused`: a person has to look. */
  readonly state: 'none' | 'answered' | 'pending' | 'refused'
  /** For whoever asked for the return; null where there is nothing to say. */
  readonly sentence: string | null
}

export interface ValidateDeps {
  readonly connections: Connections
  readonly receiver: Pick<Receiver, 'receiveTogether'>
  readonly config: Pick<HubConfig, 'returns'>
  readonly clock: Clock
  readonly log: Logger
}

export interface ValidatedRequest {
  readonly result: MessageResult
  /** Null for a repeat: the return says itself how it stands. */
  readonly validation: Validation | null
  /** Somebody keeps the orders of such a return, and can be asked about them. */
  readonly isValidated: boolean
}

/**
 * Takes a request for a return in, with what the system of record says of its order: of one transaction, so that
 * the rules never see the one without the other.
 *
 * @throws {HubError} SYSTEM_OF_RECORD_SILENT where it does not answer in time, and the site refuses what cannot be
 *   validated: nothing is taken in then. What `receive` throws.
 */
export async function receiveValidated(
  deps: ValidateDeps,
  incoming: Incoming,
): Promise<ValidatedRequest> {
  const request = requestOf(incoming)
  const asked = request === null ? notAsked : await ask(deps, request)
  if (asked.kind === 'silent' && deps.config.returns.onSilence === 'refuse') {
    throw new HubError(
      'SYSTEM_OF_RECORD_SILENT',
      `${asked.sentence} Nothing was taken in: ask again later.`,
      { retryAfterSeconds: asked.retryAfterSeconds },
    )
  }
  const answer =
    request !== null && asked.kind === 'answered'
      ? [answerMessage(deps, { incoming, request, asked })]
      : []
  const [result] = await deps.receiver.receiveTogether([incoming, ...answer])
  const isValidated =
    request !== null && canAskOrder(deps, scopeOf(request.state, deps.clock.now()))
  return { result: result as MessageResult, validation: validationOf(asked), isValidated }
}

/** Takes a request in that was taken in before: nobody is asked again. */
export async function receiveRepeat(
  deps: ValidateDeps,
  incoming: Incoming,
): Promise<ValidatedRequest> {
  const [result] = await deps.receiver.receiveTogether([incoming])
  const isValidated = canBeAsked(deps, requestOf(incoming))
  return { result: result as MessageResult, validation: null, isValidated }
}

/** How the system of record stands to a return that was taken in before. */
export function validationOfState({ header }: CaseState): Validation {
  return lookUpSays[header.orderLookUp ?? 'none']
}

const lookUpSays: Readonly<
  Record<NonNullable<CaseState['header']['orderLookUp']> | 'none', Validation>
> = {
  none: { state: 'none', sentence: null },
  asked: {
    state: 'pending',
    sentence:
      'The system that keeps the orders has not answered yet. The return is decided when it has.',
  },
  answered: { state: 'answered', sentence: null },
  failed: {
    state: 'refused',
    sentence:
      'The system that keeps the orders could not say anything of this order. A person looks at it.',
  },
}

function canBeAsked(deps: ValidateDeps, request: Request | null): boolean {
  return request !== null && canAskOrder(deps, scopeOf(request.state, deps.clock.now()))
}

const notAsked = { kind: 'nobody' } as const

/** A request as the case will see it. */
interface Request {
  readonly event: CanonicalEvent<'return.requested'>
  readonly stamped: StampedEvent<'return.requested'>
  readonly state: CaseState | null
  /** What is to be asked of the order; null where the request says all that is needed. */
  readonly question: CommandBody<'order.look_up'> | null
}

function requestOf({ message, reading }: Incoming): Request | null {
  if (reading.kind !== 'event' || reading.event.type !== 'return.requested') return null
  const event = reading.event as CanonicalEvent<'return.requested'>
  const stamped: StampedEvent<'return.requested'> = {
    id: event.id,
    type: event.type,
    occurredAt: normalizeInstant(event.time),
    source: message.connectionId,
    actor: message.actor,
    owns: '',
    data: event.data,
  }
  const { decision, state } = apply(null, stamped)
  const owed = decision.outcome === 'applied' ? decision.owes : []
  const lookUp = owed.find(({ type }) => type === 'order.look_up')
  const question = (lookUp?.body ?? null) as Request['question']
  return { event, stamped, state, question }
}

function ask(deps: ValidateDeps, { state, question }: Request): Promise<OrderAsked> {
  if (question === null) return Promise.resolve(notAsked)
  const { deadlineMs } = deps.config.returns.lookUp
  const scope = scopeOf(state, deps.clock.now())
  return askOrder({ ...deps, deadlineMs }, { scope, question })
}

interface Answered {
  readonly incoming: Incoming
  readonly request: Request
  readonly asked: Extract<OrderAsked, { readonly kind: 'answered' }>
}

/** The answer as a message of the connection that gave it, about the return that is being asked for. */
function answerMessage({ clock }: ValidateDeps, { incoming, request, asked }: Answered): Incoming {
  const id = `look-up:${request.event.id}`
  const event = {
    specversion: '1.0',
    id,
    source: 'connector',
    type: cloudEventType('order.recorded'),
    time: clock.now().toISOString(),
    data: answerAbout(request, asked.answer),
  }
  const made = makeMessage({
    connectionId: asked.connectionId,
    topic: canonicalTopic,
    externalId: id,
    body: Buffer.from(JSON.stringify(event)),
    actor: `connection:${asked.connectionId}`,
  })
  // A repeat of the request brings an answer of its own, which is no other message.
  const message = { ...made, bodyHash: incoming.message.bodyHash }
  return { message, reading: readForeignEvent(event) }
}

const mostRefs = 50

function answerAbout(
  { stamped, state }: Request,
  answer: OrderAnswer,
): EventData<'order.recorded'> {
  const identifying = refsOf(stamped).flatMap(({ identifying: isIdentifying, ...ref }) =>
    isIdentifying ? [ref] : [],
  )
  const known = new Set(state?.lines.map(({ lineNo }) => lineNo))
  return {
    ...answer,
    refs: [...identifying, ...(answer.refs ?? [])].slice(0, mostRefs),
    lines: answer.lines.filter(({ lineNo }) => known.has(lineNo)),
  }
}

/** What came of asking, for whoever waits for it. */
export function validationOf(asked: OrderAsked): Validation {
  switch (asked.kind) {
    case 'nobody':
      return { state: 'none', sentence: null }
    case 'answered':
      return { state: 'answered', sentence: asked.answer.note ?? null }
    case 'refused':
      return { state: 'refused', sentence: asked.sentence }
    case 'silent':
      return {
        state: 'pending',
        sentence: `${asked.sentence} The return is decided when it has.`,
      }
  }
}
