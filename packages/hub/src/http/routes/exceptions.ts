import { boundedText, connectionId, freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import {
  type ActionDeps,
  assignException,
  type ExceptionResult,
  reopenException,
  resolveException,
} from '../../pipeline/person-actions.ts'
import { HubError } from '../../platform/errors.ts'
import type { GroupKey } from '../../store/exception-groups.ts'
import {
  type ExceptionFilter,
  findException,
  listExceptions,
} from '../../store/exception-queries.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { moment, problems } from '../schemas/common.ts'
import { exception, exceptionView, readGroup } from '../schemas/exceptions.ts'
import { messageResult, messageResultView } from '../schemas/messages.ts'
import { exceptionGroupRoutes } from './exception-groups.ts'
import { personOf } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const exceptionId = z.object({ id: z.uuid().toLowerCase() })
const place = z.tuple([z.uuid()])
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
  exceptionGroupRoutes(app, deps)
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

function filterOf(query: {
  readonly status?: ExceptionFilter['status'] | 'all'
  readonly state?: ExceptionFilter['state']
  readonly queue?: string | undefined
  readonly code?: string | undefined
  readonly owner?: string | undefined
  readonly connection?: string | undefined
  readonly dueFrom?: Date | undefined
  readonly dueBefore?: Date | undefined
  readonly openedFrom?: Date | undefined
  readonly group?: string | undefined
  readonly case?: string | undefined
}): ExceptionFilter {
  const { status, group, connection, case: caseId, ...rest } = query
  const { state, queue, code, owner, dueFrom, dueBefore, openedFrom } = rest
  const times = { dueFrom, dueBefore, openedFrom }
  const filter = { state, queue, code, owner, connectionId: connection, caseId, ...times }
  const usual = state === undefined ? 'open' : undefined
  const asked = { ...filter, status: status === 'all' ? undefined : (status ?? usual) }
  return group === undefined ? asked : { ...asked, ...groupFilter(readGroup(group)) }
}

function groupFilter({ code, about, connectionId: id }: GroupKey): ExceptionFilter {
  return { code, about, ...(id === null ? {} : { connectionId: id }) }
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
          status: z
            .enum([...exception.shape.status.options, 'all'])
            .optional()
            .describe('open unless another status or state is asked for.'),
          state: exception.shape.state.optional(),
          queue: exception.shape.queue.optional(),
          code: exception.shape.code.optional(),
          owner: boundedText(200).optional(),
          connection: connectionId
            .optional()
            .describe('That of the dead delivery that they are about.'),
          group: boundedText(200).optional().describe('As listExceptionGroups names it.'),
          case: z.uuid().toLowerCase().optional().describe('Id of the return.'),
          dueFrom: moment.optional().describe('To be dealt with then, or later.'),
          dueBefore: moment.optional().describe('To be dealt with before.'),
          openedFrom: moment.optional().describe('Opened then, or later.'),
        }),
        response: { 200: pageOf(exception), ...problems },
      },
    },
    async ({ query }, reply) => {
      const { limit, cursor } = query
      const [before] = readCursor(cursor, place) ?? []
      const rows = await listExceptions(pool, { ...filterOf(query), before, limit: limit + 1 })
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
