import { hash } from 'node:crypto'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  DeliveryError,
  type GuardedDial,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk'
import {
  cloudEventType,
  type EventType,
  type ExceptionCode,
  exceptionCodes,
} from '@backhaul/sdk/canonical'
import type { WorkingConnection } from '../../connect/active-connection.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { Clock } from '../../platform/clock.ts'
import type { PublishedEvent } from '../../store/batch.ts'
import type { LeasedDelivery } from '../../store/outbox.ts'
import type { ContactOf } from './contact.ts'

/** How one try went. */
export type AttemptOutcome =
  | { readonly kind: 'delivered'; readonly delivered: Delivered; readonly isReadBack: boolean }
  | {
      readonly kind: 'retry' | 'unknown' | 'dead'
      readonly code: string
      readonly reason: string | null
      /** What the connector said is wrong with the return by this. */
      readonly exception: ExceptionCode | null
      readonly status: number | null
      readonly retryAfterMs: number | null
      readonly disables: boolean
    }

/**
 * The key under which the receiving side recognizes a command: the same in every attempt and in every
 * replay, and never the same for two commands, not even after a restore from a backup.
 */
export function idempotencyKeyOf(
  delivery: Pick<LeasedDelivery, 'caseId' | 'connectionId' | 'commandKey'>,
): string {
  const digest = hash(
    'sha256',
    `${delivery.caseId}\n${delivery.connectionId}\n${delivery.commandKey}`,
    'base64url',
  )
  return `bh_${digest.slice(0, 24)}`
}

interface AttemptDeps {
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly mapper: Pick<Mapper, 'template' | 'write'>
  readonly contactOf: ContactOf
}

/**
 * Tries a delivery once. After a try whose outcome is not known, and before every further one, the
 * neighbor is asked first whether it has the effect already, where it can say.
 */
export async function attempt(
  connection: WorkingConnection,
  delivery: LeasedDelivery,
  { signal, clock, mapper, contactOf }: AttemptDeps,
): Promise<AttemptOutcome> {
  const definition = connection.connector.delivers[delivery.commandType]
  if (!definition) return failed(new TerminalError({ code: 'COMMAND_NOT_SUPPORTED' }))
  const { dial, end } = connection.dialFor({ signal })
  try {
    const asked = contactOf(delivery)
    // Most commands name nobody, and wait for nothing.
    const contact = asked === undefined ? undefined : await asked.catch(contactUnknown)
    const plain = { ...deliveryOf(connection, delivery, { signal, clock, dial, mapper }), contact }
    const given = connection.connector.deliversMapped ? mapped(connection, plain, mapper) : plain
    const found =
      delivery.attempt > 1 || delivery.isUnknown ? await readBack(definition, given) : null
    if (found) return found
    return { kind: 'delivered', delivered: await definition.deliver(given), isReadBack: false }
  } catch (error) {
    return failed(error)
  } finally {
    end()
  }
}

/** The database is away: nothing was sent, and nothing is sent to somebody whom nobody knows. */
function contactUnknown(cause: unknown): never {
  throw new RetryableError({ code: 'CONTACT_UNKNOWN', cause })
}

/**
 * @throws {RetryableError} when the mapping document cannot make a request of the command: somebody mends the
 *   document, or adds the word, and the next attempt gets through.
 */
function mapped(
  { id }: WorkingConnection,
  delivery: Delivery<unknown>,
  mapper: AttemptDeps['mapper'],
): Delivery<unknown> {
  const { command, idempotencyKey } = delivery
  const mapping = mapper.write(id, { ...command, idempotencyKey })
  if (!mapping.ok) throw new RetryableError({ code: mapping.code, reason: mapping.reason })
  return { ...delivery, request: mapping.request }
}

async function readBack(
  { idempotency }: DeliveryDefinition<unknown>,
  given: Delivery<unknown>,
): Promise<AttemptOutcome | null> {
  if (!idempotency.readBack) return null
  const found = await idempotency.readBack(given).catch(() => ({ state: 'undetermined' as const }))
  switch (found.state) {
    case 'absent':
      return null
    case 'applied':
      return {
        kind: 'delivered',
        delivered: found.externalId === undefined ? {} : { externalId: found.externalId },
        isReadBack: true,
      }
    case 'undetermined':
      return {
        kind: 'unknown',
        code: 'READ_BACK_FAILED',
        reason: null,
        exception: null,
        status: null,
        retryAfterMs: null,
        disables: false,
      }
  }
}

function failed(error: unknown): AttemptOutcome {
  if (!(error instanceof DeliveryError)) {
    // A connector's defect: the request may have been sent.
    return {
      kind: 'unknown',
      code: 'CONNECTOR_DEFECT',
      reason: null,
      exception: null,
      status: null,
      retryAfterMs: null,
      disables: false,
    }
  }
  const kinds = { retryable: 'retry', terminal: 'dead', unknown: 'unknown' } as const
  return {
    kind: kinds[error.kind],
    code: error.code,
    reason: error.reason ?? null,
    exception: exceptionOf(error),
    status: error.status ?? null,
    retryAfterMs: error instanceof RetryableError ? (error.retryAfterMs ?? null) : null,
    disables: error instanceof TerminalError && error.disablesConnection,
  }
}

/** Connectors are not all written in TypeScript. */
function exceptionOf({ exception }: DeliveryError): ExceptionCode | null {
  return exception !== undefined && Object.hasOwn(exceptionCodes, exception) ? exception : null
}

function deliveryOf(
  connection: WorkingConnection,
  delivery: LeasedDelivery,
  to: Pick<AttemptDeps, 'clock' | 'mapper' | 'signal'> & { readonly dial: GuardedDial },
): Delivery<unknown> {
  const { signal, clock, dial, mapper } = to
  const { caseId, caseNo, caseVersion, occurredAt, commandType } = delivery
  const { body, bodyText } =
    commandType === 'event.publish'
      ? publicationOf(delivery)
      : { body: delivery.body, bodyText: undefined }
  return {
    config: connection.config,
    command: {
      type: commandType,
      caseId,
      caseNo,
      caseVersion,
      occurredAt,
      body: body as Delivery<unknown>['command']['body'],
      bodyText,
    },
    idempotencyKey: idempotencyKeyOf(delivery),
    attempt: delivery.attempt,
    signal,
    fetch: connection.fetchFor({
      signal,
      ...(delivery.traceparent === null ? {} : { traceparent: delivery.traceparent }),
    }),
    dial,
    template: (name) => mapper.template(connection.id, name),
    now: clock.now(),
  }
}

interface Publication {
  readonly body: unknown
  readonly bodyText: string
}

/** Made once for all who are told. */
const publications = new WeakMap<PublishedEvent, Publication>()

const nothingToTell: Publication = { body: { event: {} }, bodyText: '{"event":{}}' }

/** An event as its subscribers get it: the CloudEvent, about our case, with what it moved. */
function publicationOf({ event, caseId }: LeasedDelivery): Publication {
  if (event === null) return nothingToTell
  const known = publications.get(event)
  if (known !== undefined) return known
  const made = makePublication(event, caseId)
  publications.set(event, made)
  return made
}

function makePublication(event: PublishedEvent, caseId: string): Publication {
  const { eventId: id, source, occurredAt: time, data, dataText, effect } = event
  const type = cloudEventType(event.type as EventType)
  const head = { specversion: '1.0', id, source, type, subject: caseId, time }
  const datacontenttype = 'application/json'
  const { moves = [], raised } = (effect ?? {}) as { moves?: unknown; raised?: unknown }
  const raisedText = raised === undefined ? '' : `,"raised":${JSON.stringify(raised)}`
  const headText = JSON.stringify({ ...head, datacontenttype }).slice(0, -1)
  return {
    body: {
      event: { ...head, datacontenttype, data },
      moves,
      ...(raised === undefined ? {} : { raised }),
    },
    bodyText: `{"event":${headText},"data":${dataText ?? JSON.stringify(data)}},"moves":${JSON.stringify(moves)}${raisedText}}`,
  }
}
