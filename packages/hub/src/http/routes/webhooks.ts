import type { IncomingHttpHeaders } from 'node:http'
import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import type { Webhook, WebhookAnswer, WebhookRequest } from '@backhaul/sdk/connector'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { WorkingConnection } from '../../connect/active-connection.ts'
import { findTopicWebhook } from '../../connect/webhook-topic.ts'
import { type Reading, unreadable } from '../../mapping/reading.ts'
import { type Incoming, type MessageResult, makeMessage, ofTopic } from '../../pipeline/message.ts'
import { conflictCode } from '../../pipeline/take-in.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { HubError } from '../../platform/errors.ts'
import { refuseCompressed } from '../body/parsers.ts'
import { described, problems } from '../schemas/common.ts'
import { traceparentOf } from '../trace.ts'
import { hintedConnections } from './hinted-connections.ts'
import { receiveAll } from './receive-all.ts'
import type { RouteDeps } from './types.ts'

interface Params {
  readonly connectionId: string
  readonly topic: string
  readonly addressSecret?: string
}

type WebhookFastifyRequest = FastifyRequest<{ Params: Params; Body: Buffer | undefined }>

const empty = Buffer.alloc(0)
/** What is larger is stored as it is: reading it must not hold up the others at the door. */
const readAtOnceBytes = 128 * 1024
const wellFormedType = /^[\w.+-]+\/[\w.+-]+\s*(;|$)/
const schema = {
  operationId: 'receiveWebhook',
  tags: ['Webhooks'],
  summary: 'Takes a message of a connected system in.',
  description:
    'The body is what the system sends, of any content type; it is verified as the connector says, over the bytes as they were sent.',
  response: {
    202: described(
      z.object({ messageId: z.uuid(), isRepeat: z.boolean() }),
      'Stored, now or before; a connector may answer with what its system wants to read.',
    ),
    ...problems,
  },
}

/**
 * `POST /webhooks/{connectionId}/{topic}`, with the secret part of the address behind it for senders that
 * sign nothing: verify, read, take in, answer.
 *
 * 202 (or what the sender wants to read) stored and applied, now or before; 401 SIGNATURE_INVALID; 404 no
 * such connection or topic; 409 the id was used before with another body, or the connection is disabled;
 * 413 over the limit; 503 not stored, send it again. What is genuine and cannot be read is kept for a
 * person to look at, and answered like the rest: sending it again would not make it better.
 *
 * It stands apart from the API, in a scope of its own: its bodies stay bytes, and nothing of what the API
 * does for each request is done here.
 */
export function webhookRoutes(app: FastifyInstance, deps: RouteDeps): void {
  const bodyLimit = deps.config.http.webhookBodyLimitBytes
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => {
    done(null, body)
  })
  app.setSerializerCompiler(() => JSON.stringify)
  app.addHook('onRequest', (request, _reply, done) => {
    // The framework refuses a type that is not well formed; here it is the sender's business.
    const { headers } = request.raw
    if (!wellFormedType.test(headers['content-type'] ?? '')) delete headers['content-type']
    done()
  })
  const options = { bodyLimit, config: { access: 'public' as const } }
  const handler = createWebhookHandler(deps)
  app.post<{ Params: Params; Body: Buffer | undefined }>(
    '/webhooks/:connectionId/:topic',
    { ...options, schema },
    handler,
  )
  app.post<{ Params: Params; Body: Buffer | undefined }>(
    '/webhooks/:connectionId/:topic/:addressSecret',
    { ...options, schema: { ...schema, operationId: 'receiveWebhookAtSecretAddress' } },
    handler,
  )
}

function createWebhookHandler(deps: RouteDeps) {
  const { clock, log, connections, receiver, config } = deps
  const counted = countWebhooks(deps)

  return async (request: WebhookFastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    refuseCompressed(request)
    const { params, body: rawBody = empty, headers, raw } = request
    const { connection, webhook, isAnyTopic } = findWebhook(connections, params)
    const given: WebhookRequest = {
      method: 'POST',
      url: `${config.publicUrl ?? `http://${headers.host ?? ''}`}${raw.url ?? ''}`,
      headers,
      rawBody,
      secrets: connection.webhookSecrets(params.topic, params.addressSecret),
      now: clock.now(),
    }
    const early = webhook.ping(given, 'before_verify')
    if (early) return sendAnswer(reply, early)
    const verdict = webhook.verify(given)
    if (!verdict.ok) {
      counted('refused')
      // What was wrong is for the operator: a forger would learn from it.
      const { connectionId, topic } = params
      log.warn({ connectionId, topic, reason: verdict.reason }, 'webhook not verified')
      throw new HubError('SIGNATURE_INVALID', 'The message is not from who it should be from.')
    }
    const ping = webhook.ping(given, 'after_verify')
    if (ping) return sendAnswer(reply, ping)
    if (webhook.wakesPoll !== undefined) {
      const name = webhook.wakesPoll
      for (const { id } of hintedConnections(connections, {
        connection,
        webhook,
        rawBody,
        headers,
      })) {
        deps.wakePoll({ connectionId: id, name })
      }
      counted('hint')
      return sendAnswer(reply, webhook.accepted ?? { status: 202 })
    }
    const messages = messagesOf(deps, webhook, { params, rawBody, headers, isAnyTopic })
    const [only] = messages
    const results =
      messages.length === 1 && only
        ? [await receiver.receive(only)]
        : await receiveAll(receiver, messages)
    counted('taken')
    return answer(reply, webhook, results)
  }
}

/** @throws {HubError} NOT_FOUND, CONNECTION_DISABLED, CONNECTION_UNUSABLE. */
function findWebhook(
  connections: RouteDeps['connections'],
  { connectionId, topic }: Params,
): { connection: WorkingConnection; webhook: Webhook; isAnyTopic: boolean } {
  const connection = connections.get(connectionId)
  if (connection === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  if (connection.storedState === 'disabled') {
    throw new HubError('CONNECTION_DISABLED', 'This connection is disabled.')
  }
  if (connection.state === 'broken') {
    // Its sender tries again, and somebody repairs it meanwhile: nothing is lost.
    throw new HubError('CONNECTION_UNUSABLE', 'It cannot take messages in at the moment.', {
      retryAfterSeconds: 60,
    })
  }
  const found = findTopicWebhook(connection.connector, topic)
  if (found === null) throw new HubError('NOT_FOUND', 'This connection has no such topic.')
  return { connection, ...found }
}

interface Delivered {
  readonly params: Params
  readonly rawBody: Buffer
  readonly headers: IncomingHttpHeaders
  /** Its connector does not know the topic by name. */
  readonly isAnyTopic: boolean
}

/** The messages of a genuine request: one, or one for each event of an array. */
function messagesOf(deps: RouteDeps, webhook: Webhook, from: Delivered): Incoming[] {
  const { rawBody, headers } = from
  const read = webhook.read({ rawBody, headers })
  if (!read.ok) {
    // Without an id of its own it is known by its content.
    const externalId = `unread:${sha256Hex(rawBody)}`
    return [makeIncoming(from, { externalId, body: rawBody, reading: illegible(read.issues) })]
  }
  const { messageId, payload } = read
  if (webhook.interprets !== 'canonical') {
    const stored = makeIncoming(from, {
      externalId: from.isAnyTopic ? ofTopic(from.params.topic, messageId) : messageId,
      body: rawBody,
      reading: { kind: 'later' },
    })
    if (rawBody.length > readAtOnceBytes) return [stored]
    const reading = deps.read(stored.message, deps.clock.now())
    // What is not in memory may be in the database: the processor looks there before it is missing.
    const isMissing = reading.kind === 'unreadable' && reading.code === 'MD01'
    return [isMissing ? stored : { ...stored, reading }]
  }
  const events = payload as readonly CanonicalEvent[]
  const [event] = events
  if (event !== undefined && !isArray(rawBody)) {
    const reading = { kind: 'event', event } as const
    return [makeIncoming(from, { externalId: messageId, body: rawBody, reading })]
  }
  // As they were sent: the parsed ones have lost what this version does not know.
  const sent = JSON.parse(rawBody.toString('utf8')) as readonly unknown[]
  return events.map((one, index) =>
    makeIncoming(from, {
      externalId: `${messageId}:${index}`,
      body: Buffer.from(JSON.stringify(sent[index])),
      reading: { kind: 'event', event: one },
    }),
  )
}

function illegible(issues: readonly { path: string; message: string }[]): Reading {
  return unreadable(
    issues.map(({ path, message }) => ({
      pointer: path === '' ? '' : `/${path.replaceAll('.', '/')}`,
      code: 'invalid',
      message,
    })),
  )
}

/** Whether a JSON document is an array, by its first character. */
function isArray(rawBody: Buffer): boolean {
  for (const byte of rawBody) {
    const isBlank = byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
    if (!isBlank) return byte === 0x5b
  }
  return false
}

function makeIncoming(
  { params, headers }: Delivered,
  {
    externalId,
    body,
    reading,
  }: { readonly externalId: string; readonly body: Buffer; readonly reading: Reading },
): Incoming {
  const traceparent = reading.kind === 'event' ? reading.event.traceparent : undefined
  return {
    reading,
    message: makeMessage({
      connectionId: params.connectionId,
      topic: params.topic,
      externalId,
      body,
      actor: `connection:${params.connectionId}`,
      traceparent: traceparent ?? traceparentOf(headers),
    }),
  }
}

function answer(
  reply: FastifyReply,
  { accepted }: Webhook,
  results: readonly MessageResult[],
): FastifyReply {
  if (results.some(({ code }) => code === conflictCode)) {
    throw new HubError(
      'MESSAGE_ID_REUSED',
      'A message with this id and another body was taken in before.',
    )
  }
  if (accepted) return sendAnswer(reply, accepted)
  const [only] = results
  // Written out: ids and booleans need no escaping, and this is done thousands of times a second.
  const body =
    results.length === 1 && only
      ? `{"messageId":"${only.messageId}","isRepeat":${only.isRepeat}}`
      : JSON.stringify({
          messages: results.map(({ messageId, isRepeat }) => ({ messageId, isRepeat })),
        })
  return reply.code(202).header('content-type', 'application/json; charset=utf-8').send(body)
}

function sendAnswer(
  reply: FastifyReply,
  { status, contentType, body }: WebhookAnswer,
): FastifyReply {
  if (contentType !== undefined) reply.header('content-type', contentType)
  return reply.code(status).header('x-content-type-options', 'nosniff').send(body)
}

const webhookResults = ['taken', 'hint', 'refused'] as const

function countWebhooks({ metrics }: RouteDeps): (result: (typeof webhookResults)[number]) => void {
  const counter = metrics.counter({
    name: 'backhaul_webhooks_total',
    help: 'Webhook requests that were taken in, that only woke a poll, and that were not verified.',
    labels: { result: webhookResults },
  })
  const labels = {
    taken: { result: 'taken' },
    hint: { result: 'hint' },
    refused: { result: 'refused' },
  }
  return (result) => counter.add(labels[result])
}
