import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { readForeignEvent } from '../../mapping/canonical.ts'
import type { Reading } from '../../mapping/reading.ts'
import {
  canonicalTopic,
  type Incoming,
  type MessageResult,
  makeMessage,
} from '../../pipeline/message.ts'
import { conflictCode } from '../../pipeline/take-in.ts'
import { type ErrorCode, errorCodes, type FieldProblem, HubError } from '../../platform/errors.ts'
import type { Caller } from '../access/caller.ts'
import { mayTell, type Voice, voiceOf } from '../access/speech.ts'
import { cloudEvent, cloudEventBatch } from '../body/parsers.ts'
import { problems } from '../schemas/common.ts'
import { messageResult } from '../schemas/messages.ts'
import { traceparentOf } from '../trace.ts'
import { receiveAll } from './receive-all.ts'
import type { App, RouteDeps } from './types.ts'

const maxEvents = 500

const refusal = z.object({
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z
    .array(z.object({ pointer: z.string(), code: z.string(), message: z.string() }))
    .optional(),
})

const eventResult = z
  .object({
    index: z.int(),
    status: z.int().describe('202 taken in, now or before; 403, 409 or 422 otherwise.'),
    message: messageResult.optional(),
    problem: refusal.optional(),
  })
  .meta({ id: 'EventResult', description: 'What became of one event of an array.' })

type EventResult = z.infer<typeof eventResult>

/**
 * `POST /api/v1/events`: one CloudEvent of the canonical language, or an array of them.
 *
 * One: 202 with what became of it; 403 for what the role does not speak about, 409 for a known id with
 * another content, 422 when it cannot be read. An array: 202 with a result for each, or 207 where some
 * were not taken in. Nothing of what is answered 4xx is stored, but the second content under one id is
 * kept for a person to look at.
 */
export function eventRoutes(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/events',
    {
      config: { access: 'events.post', alsoReads: [cloudEvent, cloudEventBatch] },
      schema: {
        operationId: 'postEvents',
        tags: ['Events'],
        summary: 'Takes canonical events in: one, or an array of at most 500.',
        description:
          'CloudEvents 1.0 in structured JSON. The id is unique within the source: a second event with both is a repeat, and answered as the first was.',
        body: z.unknown().describe('A CloudEvent, or an array of CloudEvents.'),
        response: {
          202: z.union([messageResult, z.object({ results: z.array(eventResult) })]),
          207: z.object({ results: z.array(eventResult) }).describe('Some were not taken in.'),
          ...problems,
        },
      },
    },
    async (request, reply) => {
      const { body, caller, headers } = request
      refuseWrongShape(headers['content-type'] ?? '', body)
      const voice = voiceOf(caller, deps.connections)
      const traceparent = traceparentOf(headers)
      const values: unknown[] = Array.isArray(body) ? body : [body]
      const readings = values.map((value) => read(value, { caller, voice, traceparent }))
      if (Array.isArray(body)) return answerArray(deps, readings, reply)
      return reply.code(202).send(await takeOne(deps, readings[0]))
    },
  )
}

function refuseWrongShape(contentType: string, body: unknown): void {
  const isBatch = Array.isArray(body)
  if (isBatch ? contentType.startsWith(cloudEvent) : contentType.startsWith(cloudEventBatch)) {
    throw new HubError('MALFORMED_BODY', 'The body is not of the kind that its content type says.')
  }
  if (isBatch && (body.length === 0 || body.length > maxEvents)) {
    throw new HubError('VALIDATION_FAILED', `An array holds 1 to ${maxEvents} events.`)
  }
}

/** An event that may be taken in, or why it may not. */
type Read =
  | { readonly incoming: Incoming }
  | { readonly code: ErrorCode; readonly detail: string; readonly errors?: readonly FieldProblem[] }

function read(
  value: unknown,
  from: { readonly caller: Caller; readonly voice: Voice; readonly traceparent: string | null },
): Read {
  const reading = readForeignEvent(value)
  if (reading.kind === 'unreadable') {
    const { problems: errors } = reading
    return {
      code: 'VALIDATION_FAILED',
      detail: 'This is no event of the canonical language.',
      errors,
    }
  }
  const { event } = reading
  if (!mayTell(from.caller, event)) {
    return { code: 'FORBIDDEN', detail: `The role ${from.caller.role} does not say ${event.type}.` }
  }
  return { incoming: incomingEvent(value, reading, from) }
}

function incomingEvent(
  value: unknown,
  reading: Extract<Reading, { kind: 'event' }>,
  { voice, traceparent }: { readonly voice: Voice; readonly traceparent: string | null },
): Incoming {
  const { source, id } = reading.event
  const message = makeMessage({
    ...voice,
    topic: canonicalTopic,
    externalId: `${source} ${id}`,
    // The same event alone and in an array is the same content.
    body: Buffer.from(JSON.stringify(value)),
    traceparent: reading.event.traceparent ?? traceparent,
  })
  return { message, reading }
}

async function takeOne({ receiver }: RouteDeps, one: Read | undefined): Promise<MessageResult> {
  if (one === undefined) throw new HubError('MALFORMED_BODY', 'There is no event in the body.')
  if ('code' in one) {
    throw new HubError(one.code, one.detail, one.errors ? { problems: one.errors } : {})
  }
  const result = await receiver.receive(one.incoming)
  if (result.code === conflictCode) {
    throw new HubError('MESSAGE_ID_REUSED', result.detail ?? 'The id was used before.')
  }
  return result
}

async function answerArray(
  { receiver }: RouteDeps,
  readings: readonly Read[],
  reply: FastifyReply,
): Promise<FastifyReply> {
  const results = await receiveAll(
    receiver,
    readings.flatMap((one) => ('incoming' in one ? one.incoming : [])),
  )
  const received = results.values()
  const answers = readings.map((one, index) =>
    'incoming' in one ? taken(index, received.next().value) : refused(index, one),
  )
  const isWhole = answers.every(({ status }) => status === 202)
  return reply.code(isWhole ? 202 : 207).send({ results: answers })
}

function taken(index: number, message: MessageResult | undefined): EventResult {
  const isConflict = message?.code === conflictCode
  return { index, status: isConflict ? 409 : 202, ...(message ? { message } : {}) }
}

function refused(
  index: number,
  { code, detail, errors }: Extract<Read, { code: ErrorCode }>,
): EventResult {
  const { status } = errorCodes[code]
  return {
    index,
    status,
    problem: { status, code, detail, ...(errors ? { errors: [...errors] } : {}) },
  }
}
