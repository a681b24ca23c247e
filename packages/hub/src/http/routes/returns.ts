import { boundedText, freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import {
  type ActionDeps,
  judgeClaim,
  noteCase,
  type Person,
  reopenCase,
} from '../../pipeline/person-actions.ts'
import { findCasesByIdentifier } from '../../store/case-queries.ts'
import type { Pool } from '../../store/database.ts'
import type { Caller } from '../access/caller.ts'
import { getIdempotencyKey, readIdempotencyKey } from '../idempotency-key.ts'
import { pageQuery } from '../paging.ts'
import { described, problems } from '../schemas/common.ts'
import { messageResult, messageResultView } from '../schemas/messages.ts'
import { requestedReturn } from '../schemas/requested-return.ts'
import { identifiedReturn, identifiedView, returnView } from '../schemas/returns.ts'
import { etagOf, loadReturn } from './load-return.ts'
import { answerRequest, requestReturn, returnRequest } from './request-return.ts'
import { returnListRoutes } from './return-lists.ts'
import type { App, RouteDeps } from './types.ts'

export const idOrNo = z.object({
  id: boundedText(64).describe('The id of a return, or its number such as RMA-000123-2.'),
})
const tags = ['Returns']

export function returnRoutes(app: App, deps: RouteDeps): void {
  const { pool } = deps
  returnListRoutes(app, deps)
  requestRoute(app, deps)
  identifierRoute(app, pool)
  workRoutes(app, deps)

  app.get(
    '/api/v1/returns/:id',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'getReturn',
        tags,
        summary: 'A return, whole; its ETag is its version.',
        params: idOrNo,
        response: { 200: returnView, ...problems },
      },
    },
    async (request, reply) => {
      const view = await loadReturn(pool, request.params.id, request.caller)
      reply.header('etag', etagOf(view))
      return view
    },
  )
}

function requestRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/returns',
    {
      config: { access: 'returns.create' },
      schema: {
        operationId: 'requestReturn',
        tags,
        summary: 'Asks for a return.',
        description:
          'Needs an Idempotency-Key. A repeat with it is answered as the first request was, with the header Idempotency-Replayed, and the return as it stands now. Where a system that keeps the orders can be asked, the request is validated there and decided by the rules before it is answered; where that system does not answer in time, `returns.onSilence` says whether the request is accepted and decided later, or refused.',
        headers: z.object({ 'Idempotency-Key': z.string() }),
        body: returnRequest,
        response: {
          200: described(requestedReturn, 'The return exists already.'),
          201: requestedReturn,
          202: described(messageResult, 'Taken in; another process applies it.'),
          ...problems,
        },
      },
    },
    async ({ body, caller, headers }, reply) => {
      const key = getIdempotencyKey(headers)
      const taken = await requestReturn(deps, { request: body, key, caller })
      const { result } = taken
      if (result.isRepeat) reply.header('idempotency-replayed', 'true')
      if (result.caseId === null) return reply.code(202).send(messageResultView(result))
      const view = await answerRequest(deps, taken, { caseId: result.caseId, caller })
      reply.header('etag', etagOf(view)).header('location', `/api/v1/returns/${view.id}`)
      return reply.code(result.outcome === 'applied' ? 201 : 200).send(view)
    },
  )
}

function identifierRoute(app: App, pool: Pool): void {
  app.get(
    '/api/v1/identifiers/:value',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'resolveIdentifier',
        tags,
        summary: 'The returns that an identifier of any system stands for.',
        params: z.object({ value: boundedText(200) }),
        querystring: z.strictObject({ limit: pageQuery.limit }),
        response: { 200: z.object({ data: z.array(identifiedReturn) }), ...problems },
      },
    },
    async ({ params, query }) => {
      const found = await findCasesByIdentifier(pool, { ...params, ...query })
      return { data: found.map(identifiedView) }
    },
  )
}

function workRoutes(app: App, deps: RouteDeps): void {
  const actionDeps: ActionDeps = { ...deps, receive: deps.receiver.receive }
  const response = { 200: messageResult, ...problems }
  const config = { access: 'returns.work' } as const

  app.post(
    '/api/v1/returns/:id/notes',
    {
      config,
      schema: {
        operationId: 'addNote',
        tags,
        summary: 'Writes a note on a return.',
        params: idOrNo,
        body: z.strictObject({ note: freeText(4000).min(1) }),
        response,
      },
    },
    (request) => {
      const input = { idOrNo: request.params.id, note: request.body.note }
      return noteCase(actionDeps, input, personOf(request)).then(messageResultView)
    },
  )

  app.post(
    '/api/v1/returns/:id/reopen',
    {
      config,
      schema: {
        operationId: 'reopenReturn',
        tags,
        summary: 'Opens a closed return again.',
        params: idOrNo,
        body: z.strictObject({ note: freeText(4000).optional() }).prefault({}),
        response,
      },
    },
    (request) => {
      const input = { idOrNo: request.params.id, note: request.body.note }
      return reopenCase(actionDeps, input, personOf(request)).then(messageResultView)
    },
  )

  app.post(
    '/api/v1/returns/:id/claims/:claimId/:verdict',
    {
      config,
      schema: {
        operationId: 'judgeClaim',
        tags,
        summary: 'Accepts or rejects what a system said about something that it does not own.',
        params: idOrNo.extend({
          claimId: boundedText(200),
          verdict: z.enum(['accepted', 'rejected']),
        }),
        response,
      },
    },
    (request) => {
      const { id, ...claim } = request.params
      const input = { idOrNo: id, ...claim }
      return judgeClaim(actionDeps, input, personOf(request)).then(messageResultView)
    },
  )
}

/** Who acts. The request may be repeated under its Idempotency-Key. */
export function personOf(request: {
  readonly caller: Caller
  readonly headers: Parameters<typeof readIdempotencyKey>[0]
}): Person {
  const { actor, role } = request.caller
  return { actor, role, requestId: readIdempotencyKey(request.headers) }
}
