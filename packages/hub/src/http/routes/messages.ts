import { boundedText, connectionId, freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { discardMessage } from '../../pipeline/discard-message.ts'
import { editMessage } from '../../pipeline/edit-message.ts'
import { replayMessage } from '../../pipeline/replay.ts'
import { revealMessage } from '../../pipeline/reveal-message.ts'
import { HubError } from '../../platform/errors.ts'
import { findMessageDetail, listMessages } from '../../store/message-queries.ts'
import { mayDo } from '../access/rights.ts'
import { pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import {
  bytesOf,
  editedMessage,
  message,
  messageDetail,
  messageDetailView,
  messageEdit,
  messageState,
  messageView,
  revealedBody,
  shownBody,
} from '../schemas/messages.ts'
import type { App, RouteDeps } from './types.ts'

const messageId = z.object({ id: z.uuid().toLowerCase() })
const place = z.tuple([z.uuid()])
const tags = ['Messages']

export function messageRoutes(app: App, deps: RouteDeps): void {
  const { pool } = deps
  replayRoute(app, deps)
  revealRoute(app, deps)
  editRoute(app, deps)
  discardRoute(app, deps)

  app.get(
    '/api/v1/messages',
    {
      config: { access: 'messages.read' },
      schema: {
        operationId: 'listMessages',
        tags,
        summary: 'Inbound messages, the newest first.',
        description:
          'By state or topic, a page looks at a bounded number of messages: it may show few, or none, and still have more after it.',
        querystring: z.strictObject({
          ...pageQuery,
          state: messageState.optional(),
          connection: connectionId.optional(),
          topic: boundedText(200).optional(),
        }),
        response: { 200: pageOf(message), ...problems },
      },
    },
    async ({ query }, reply) => {
      const { limit, cursor, state, connection, topic } = query
      const [before] = readCursor(cursor, place) ?? []
      const { items, next } = await listMessages(pool, {
        state,
        connectionId: connection,
        topic,
        before,
        limit,
      })
      const data = items.map(messageView)
      return sendPage(reply, { data, next: next === null ? null : [next] })
    },
  )

  app.get(
    '/api/v1/messages/:id',
    {
      config: { access: 'messages.read' },
      schema: {
        operationId: 'getMessage',
        tags,
        summary: 'A message, with its body as it was sent.',
        params: messageId,
        response: { 200: messageDetail, ...problems },
      },
    },
    async ({ params, caller }) => {
      const found = await findMessageDetail(pool, params.id)
      if (found === null) throw new HubError('NOT_FOUND', 'There is no such message.')
      const showsBody = mayDo(caller.role, 'message_bodies.read')
      return messageDetailView(found, { showsBody, isMasked: caller.session !== null })
    },
  )
}

function revealRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/messages/:id/reveal',
    {
      config: { access: 'message_bodies.read' },
      schema: {
        operationId: 'revealMessage',
        tags,
        summary: 'Shows a message as it was sent; who asked, and why, is written to the audit log.',
        params: messageId,
        body: z.strictObject({ reason: freeText(2_000).min(3) }),
        response: { 200: revealedBody, ...problems },
      },
    },
    async ({ params, body: { reason }, caller }) => {
      const asked = { messageId: params.id, reason }
      return shownBody(await revealMessage(deps, asked, caller))
    },
  )
}

function replayRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/messages/:id/replay',
    {
      config: { access: 'messages.replay' },
      schema: {
        operationId: 'replayMessage',
        tags,
        summary: 'Lets a parked message try again now.',
        params: messageId,
        body: z
          .strictObject({
            acceptConflict: z
              .boolean()
              .default(false)
              .describe('Apply a message whose id was used before with another body.'),
          })
          .prefault({}),
        response: { 202: z.object({ messageId: z.string() }), ...problems },
      },
    },
    async ({ params, body, caller }, reply) => {
      await replayMessage(deps, { messageId: params.id, ...body }, caller)
      return reply.code(202).send({ messageId: params.id })
    },
  )
}

/** No more is read than of a webhook: what JSON or base64 makes too large is for the command line. */
function editRoute(app: App, deps: RouteDeps): void {
  const limitBytes = deps.config.http.webhookBodyLimitBytes
  app.post(
    '/api/v1/messages/:id/edit',
    {
      bodyLimit: limitBytes,
      config: { access: 'messages.replay' },
      schema: {
        operationId: 'editMessage',
        tags,
        summary: 'Puts a new message in the place of a parked one, and applies it.',
        description:
          'The original stays as it was sent. For those who may also see bodies; who edited, and why, is written to the audit log.',
        params: messageId,
        body: messageEdit,
        response: { 202: editedMessage, ...problems },
      },
    },
    async ({ params, body, caller }, reply) => {
      if (!mayDo(caller.role, 'message_bodies.read')) {
        throw new HubError('FORBIDDEN', 'Only who may see bodies may edit them.')
      }
      const what = { messageId: params.id, body: bytesOf(body), reason: body.reason, limitBytes }
      return reply.code(202).send(await editMessage(deps, what, caller))
    },
  )
}

function discardRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/messages/:id/discard',
    {
      config: { access: 'messages.replay' },
      schema: {
        operationId: 'discardMessage',
        tags,
        summary: 'Gives a parked message up for good; it stays in the history.',
        params: messageId,
        body: z.strictObject({ reason: freeText(2_000).min(3) }),
        response: { 200: z.object({ messageId: z.uuid() }), ...problems },
      },
    },
    async ({ params, body: { reason }, caller }) => {
      await discardMessage(deps, { messageId: params.id, reason }, caller)
      return { messageId: params.id }
    },
  )
}
