import {
  axisLetters,
  cloudEventType,
  type EventData,
  type EventType,
  type ExceptionQueue,
  exceptionCodes,
  exceptionQueues,
  type UserRole,
} from '@backhaul/sdk/canonical'
import { readEvent } from '../mapping/canonical.ts'
import type { Clock } from '../platform/clock.ts'
import { HubError } from '../platform/errors.ts'
import { newId } from '../platform/ids.ts'
import { type Pool, withTransaction } from '../store/database.ts'
import { type ExceptionRecord, findException } from '../store/exception-queries.ts'
import { type LooseWork, workLoose } from '../store/loose-exceptions.ts'
import type { RecordAudit } from './audit-recorder.ts'
import { loadCase } from './load-case.ts'
import { bodyHash, canonicalTopic, type MessageResult, makeMessage } from './message.ts'
import type { Receiver } from './receive.ts'
import { axesOf } from './speaker.ts'

export interface ActionDeps {
  readonly pool: Pool
  readonly record: RecordAudit
  readonly receive: Receiver['receive']
  readonly clock: Clock
}

/** Who acts, and with which rights. */
export interface Person {
  /** As history and audit name them: `key:<id> <name>`, `cli:<user>`. */
  readonly actor: string
  readonly role: UserRole
  /** Names the request where its sender may repeat it: a second one with it has no second effect. */
  readonly requestId?: string | undefined
}

/** The work queues whose exceptions a role deals with. */
const queuesByRole: Readonly<Record<UserRole, readonly ExceptionQueue[]>> = {
  admin: exceptionQueues,
  integrator: ['IT', 'MD'],
  agent: ['CS'],
  warehouse: ['RX', 'QA', 'LG'],
  finance: ['FN', 'PU'],
  auditor: [],
  machine: [],
}

export function queuesOf(role: UserRole): readonly ExceptionQueue[] {
  return queuesByRole[role]
}

/**
 * Says something about a case in a person's name: an event like any other, which goes through the door
 * that all events take.
 *
 * @returns how it ended; `outcome` is null where another process applies it.
 * @throws {HubError} CONFLICT when the case refuses it.
 */
export async function say<T extends EventType>(
  { receive, clock }: ActionDeps,
  statement: {
    readonly type: T
    readonly caseId: string
    readonly data: EventData<T>
    /** What it is about began then, by a clock that may be ahead of ours. */
    readonly notBefore?: Date
  },
  by: Person,
): Promise<MessageResult> {
  const { type, caseId, data, notBefore } = statement
  const now = clock.now()
  const time = notBefore !== undefined && notBefore > now ? notBefore : now
  const id = by.requestId ?? newId()
  const event = {
    specversion: '1.0',
    id: `person:${id}`,
    source: 'api',
    type: cloudEventType(type),
    subject: caseId,
    time: time.toISOString(),
    data,
  }
  const made = makeMessage({
    connectionId: 'api',
    topic: canonicalTopic,
    externalId: personMessageId(by, id),
    body: Buffer.from(JSON.stringify(event)),
    actor: by.actor,
    owns: axesOf(by.role),
  })
  // A repeat is made later: its time is no difference.
  const message = { ...made, bodyHash: bodyHash(Buffer.from(JSON.stringify([type, caseId, data]))) }
  const result = await receive({ message, reading: readEvent(event) })
  if (result.outcome === 'refused' || result.outcome === 'parked') {
    throw new HubError('CONFLICT', result.detail ?? 'The case does not allow this now.', {
      details: { reason: result.code ?? 'refused' },
    })
  }
  return result
}

/** The name of the message of a request that a person makes under an id. */
export function personMessageId({ actor }: Person, requestId: string): string {
  return `person:${actor}:${requestId}`
}

/** What an action on an exception came to. */
export interface ExceptionResult {
  readonly exception: ExceptionRecord
  /** Null for an exception that belongs to no case: then no message says it. */
  readonly result: MessageResult | null
  readonly isRepeat: boolean
}

/**
 * Gives an exception to a queue, a person, or nobody (`owner: null`).
 *
 * @throws {HubError} NOT_FOUND; FORBIDDEN when its queue is not the role's; CONFLICT.
 */
export async function assignException(
  deps: ActionDeps,
  input: {
    readonly exceptionId: string
    readonly queue?: ExceptionQueue | undefined
    readonly owner?: string | null | undefined
  },
  by: Person,
): Promise<ExceptionResult> {
  const { exceptionId, queue, owner } = input
  const { key, caseId, openedAt } = await getOwn(deps, exceptionId, by)
  if (caseId === null) {
    return workOnLoose(deps, { exceptionId, action: 'exception.assigned', owner, queue }, by)
  }
  const data = {
    exceptionKey: key,
    ...(queue === undefined ? {} : { queue }),
    ...(owner === undefined ? {} : { owner }),
  }
  const statement = { type: 'exception.assigned', caseId, data, notBefore: openedAt } as const
  return told(deps, exceptionId, await say(deps, statement, by))
}

/**
 * Ends an exception by one of the actions that its code knows. One that is resolved already stays as it is.
 *
 * @throws {HubError} NOT_FOUND; FORBIDDEN when its queue is not the role's; VALIDATION_FAILED for an action
 *   that the code does not know.
 */
export async function resolveException(
  deps: ActionDeps,
  input: {
    readonly exceptionId: string
    readonly action: string
    readonly note?: string | undefined
  },
  by: Person,
): Promise<ExceptionResult> {
  const { exceptionId, action, note } = input
  const { key, caseId, openedAt, code } = await getOwn(deps, exceptionId, by)
  const known: readonly string[] = exceptionCodes[code].actions
  if (!known.includes(action) && action !== 'dismiss') {
    throw new HubError('VALIDATION_FAILED', `${code} is not resolved by this action.`, {
      problems: [
        {
          pointer: '/action',
          code: 'invalid',
          message: `must be one of ${[...known, 'dismiss'].join(', ')}`,
        },
      ],
    })
  }
  if (caseId === null) {
    const work = { exceptionId, action: 'exception.resolved', by: action, note } as const
    return workOnLoose(deps, work, by)
  }
  const data = { exceptionKey: key, action, ...(note === undefined ? {} : { note }) }
  const statement = { type: 'exception.resolved', caseId, data, notBefore: openedAt } as const
  return told(deps, exceptionId, await say(deps, statement, by))
}

/** Opens a resolved exception again. @throws {HubError} NOT_FOUND; FORBIDDEN; CONFLICT. */
export async function reopenException(
  deps: ActionDeps,
  input: { readonly exceptionId: string; readonly note?: string | undefined },
  by: Person,
): Promise<ExceptionResult> {
  const { exceptionId, note } = input
  const { key, caseId, openedAt } = await getOwn(deps, exceptionId, by)
  if (caseId === null) {
    return workOnLoose(deps, { exceptionId, action: 'exception.reopened', by: null, note }, by)
  }
  const data = { exceptionKey: key, ...(note === undefined ? {} : { note }) }
  const statement = { type: 'exception.reopened', caseId, data, notBefore: openedAt } as const
  return told(deps, exceptionId, await say(deps, statement, by))
}

async function told(
  deps: ActionDeps,
  exceptionId: string,
  result: MessageResult,
): Promise<ExceptionResult> {
  const isRepeat = result.outcome === 'repeated' || result.isRepeat
  return { result, isRepeat, exception: await getException(deps, exceptionId) }
}

/** An exception that belongs to no case has no history: it is changed where it stands, and the audit log says by whom. */
async function workOnLoose(
  deps: ActionDeps,
  work: Pick<LooseWork, 'owner' | 'queue'> & {
    readonly exceptionId: string
    readonly action: 'exception.assigned' | 'exception.resolved' | 'exception.reopened'
    readonly by?: string | null
    readonly note?: string | undefined
  },
  { actor }: Person,
): Promise<ExceptionResult> {
  const { exceptionId: objectId, action, by, owner, queue, note } = work
  const isChanged = await withTransaction(deps.pool, async (tx) => {
    const hasChanged = await workLoose(tx, objectId, { owner, queue, action: by })
    const detail = { owner, queue, by, note }
    const entry = { actor, action, objectType: 'exception', objectId, detail }
    if (hasChanged) await deps.record(tx, [entry])
    return hasChanged
  })
  return { result: null, isRepeat: !isChanged, exception: await getException(deps, objectId) }
}

/** Writes a note on a case, by its id or number. @throws {HubError} NOT_FOUND. */
export async function noteCase(
  deps: ActionDeps,
  input: { readonly idOrNo: string; readonly note: string },
  by: Person,
): Promise<MessageResult> {
  const { caseId } = await getCase(deps, input.idOrNo)
  return say(deps, { type: 'case.noted', caseId, data: { note: input.note } }, by)
}

/** Opens a closed case again. @throws {HubError} NOT_FOUND; CONFLICT unless it is closed. */
export async function reopenCase(
  deps: ActionDeps,
  input: { readonly idOrNo: string; readonly note?: string | undefined },
  by: Person,
): Promise<MessageResult> {
  const { caseId } = await getCase(deps, input.idOrNo)
  const data = input.note === undefined ? {} : { note: input.note }
  return say(deps, { type: 'case.reopened', caseId, data }, by)
}

/**
 * Makes what a system said about something that it does not own count, or sets it aside.
 *
 * @throws {HubError} NOT_FOUND; FORBIDDEN when the role does not own the axis either; CONFLICT.
 */
export async function judgeClaim(
  deps: ActionDeps,
  input: {
    readonly idOrNo: string
    readonly claimId: string
    readonly verdict: 'accepted' | 'rejected'
  },
  by: Person,
): Promise<MessageResult> {
  const { caseId, state } = await getCase(deps, input.idOrNo)
  const claim = state.claims.find(({ claimId }) => claimId === input.claimId)
  if (claim === undefined) throw new HubError('NOT_FOUND', 'The case has no such claim.')
  if (!axesOf(by.role).includes(axisLetters[claim.axis])) {
    throw new HubError('FORBIDDEN', `The role ${by.role} does not decide on ${claim.axis}.`)
  }
  return say(deps, { type: `claim.${input.verdict}`, caseId, data: { claimId: input.claimId } }, by)
}

async function getCase({ pool }: ActionDeps, idOrNo: string) {
  const found = await loadCase(pool, idOrNo)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  return found
}

async function getException({ pool }: ActionDeps, exceptionId: string): Promise<ExceptionRecord> {
  const exception = await findException(pool, exceptionId)
  if (exception === null) throw new HubError('NOT_FOUND', 'There is no such exception.')
  return exception
}

/** An exception that the role may deal with. */
async function getOwn(
  deps: ActionDeps,
  exceptionId: string,
  { role }: Person,
): Promise<ExceptionRecord> {
  const exception = await getException(deps, exceptionId)
  const { queue } = exception
  if (!queuesOf(role).includes(queue)) {
    throw new HubError('FORBIDDEN', `The role ${role} does not work on the queue ${queue}.`)
  }
  return exception
}
