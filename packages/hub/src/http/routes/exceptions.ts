import { boundedText, freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import {
  type ActionDeps,
  assignException,
  type ExceptionResult,
  reopenException,
  resolveException,
} from '../../pipeline/person-actions.ts'
import { HubError } from '../../platform/errors.ts'
import { findException, listExceptions } from '../../store/exception-queries.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import { exception, exceptionView } from '../schemas/exceptions.ts'
import { messageResult, messageResultView } from '../schemas/messages.ts'
import { personOf } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const exceptionId = z.object({ id: z.uuid().toLowerCase() })
const place = z.tuple([z.uuid()])
const moment = z.iso.datetime({ offset: true }).transform((at) => new Date(at))
const tags = ['Exceptions']

const worked = z.object({
  exception,
  message: messageResult.nullable().describe('Null for an exception that belongs to no return.'),
})
const response = { 200: worked, ...problems }

function workedView({ exception: record, result }: ExceptionResult): z.infer<typeof worked> {
  return { exception: exceptionView(record), message: result && messageResultView(result) }
}

export function exceptionRoutes(app: App, deps: RouteDeps): void {
  readRoutes(app, deps)
  const actionDeps: ActionDeps = { ...deps, receive: deps.receiver.receive }
  const config = { access: 'exceptions.work' } as const

  app.post(
    '/api/v1/exceptions/:id/assign',
    {
      config,
      schema: {
        operationId: 'assignException',
        tags,
        summary: 'Gives an exception to a queue, to a person, or back to nobody.',
        params: exceptionId,
        body: z
          .strictObject({
            queue: exception.shape.queue.optional(),
            owner: boundedText(200).nullable().optional(),
          })
          .refine(({ queue, owner }) => queue !== undefined || owner !== undefined, {
            message: 'name a queue or an owner',
          }),
        response,
      },
    },
    (request) => {
      const input = { exceptionId: request.params.id, ...request.body }
      return assignException(actionDeps, input, personOf(request)).then(workedView)
    },
  )

  app.post(
    '/api/v1/exceptions/:id/resolve',
    {
      config,
      schema: {
        operationId: 'resolveException',
        tags,
        summary: 'Ends an exception, by one of its actions.',
        params: exceptionId,
        body: z.strictObject({ action: boundedText(64), note: freeText(4000).optional() }),
        response,
      },
    },
    (request) => {
      const input = { exceptionId: request.params.id, ...request.body }
      return resolveException(actionDeps, input, personOf(request)).then(workedView)
    },
  )

  app.post(
    '/api/v1/exceptions/:id/reopen',
    {
      config,
      schema: {
        operationId: 'reopenException',
        tags,
        summary: 'Opens a resolved exception again.',
        params: exceptionId,
        body: z.strictObject({ note: freeText(4000).optional() }).prefault({}),
        response,
      },
    },
    (request) => {
      const input = { exceptionId: request.params.id, ...request.body }
      return reopenException(actionDeps, input, personOf(request)).then(workedView)
    },
  )
}

function readRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/exceptions',
    {
      config: { access: 'exceptions.read' },
      schema: {
        operationId: 'listExceptions',
        tags,
        summary: 'Exceptions, the newest first; the open ones unless another status is asked for.',
        querystring: z.strictObject({
          ...pageQuery,
          status: z.enum([...exception.shape.status.options, 'all']).default('open'),
          queue: exception.shape.queue.optional(),
          code: exception.shape.code.optional(),
          owner: boundedText(200).optional(),
          case: z.uuid().toLowerCase().optional().describe('Id of the return.'),
          dueFrom: moment.optional().describe('To be dealt with then, or later.'),
          dueBefore: moment.optional().describe('To be dealt with before.'),
          openedFrom: moment.optional().describe('Opened then, or later.'),
        }),
        response: { 200: pageOf(exception), ...problems },
      },
    },
    async ({ query }, reply) => {
      const { limit, cursor, case: caseId, status: asked, ...filter } = query
      const [before] = readCursor(cursor, place) ?? []
      const status = asked === 'all' ? undefined : asked
      const page = { ...filter, status, caseId, before, limit: limit + 1 }
      const rows = await listExceptions(pool, page)
      const { items, next } = cutPage(rows, limit, (last) => [last.exceptionId])
      return sendPage(reply, { data: items.map(exceptionView), next })
    },
  )

  app.get(
    '/api/v1/exceptions/:id',
    {
      config: { access: 'exceptions.read' },
      schema: {
        operationId: 'getException',
        tags,
        summary: 'An exception.',
        params: exceptionId,
        response: { 200: exception, ...problems },
      },
    },
    async ({ params }) => {
      const found = await findException(pool, params.id)
      if (found === null) throw new HubError('NOT_FOUND', 'There is no such exception.')
      return exceptionView(found)
    },
  )
}
