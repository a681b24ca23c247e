import { Readable } from 'node:stream'
import { z } from 'zod'
import type { BulkWhat } from '../../pipeline/bulk/bulk-kinds.ts'
import { beginBulk, getBulk, planBulk, stopBulk } from '../../pipeline/bulk/bulk-operations.ts'
import { HubError } from '../../platform/errors.ts'
import {
  type BulkOperation,
  bulkItemStates,
  listBulk,
  listBulkItems,
} from '../../store/bulk-operations.ts'
import type { Caller } from '../access/caller.ts'
import { mayDo } from '../access/rights.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { returnFilterOf } from '../return-filter.ts'
import {
  bulkItem,
  bulkItemView,
  bulkOperation,
  bulkView,
  type NewBulk,
  newBulk,
  rightOfKind,
} from '../schemas/bulk.ts'
import { problems } from '../schemas/common.ts'
import { deadFilterOf } from '../schemas/dead-filter.ts'
import { bulkRows } from './bulk-csv.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Operations']
const config = { access: 'operations.own' } as const
const byId = z.object({ id: z.uuid().toLowerCase() })
const place = z.tuple([z.iso.datetime(), z.uuid()])
const itemPlace = z.tuple([z.int()])

/** Actions on many things: planned, started, watched, called off, and told item by item. */
export function bulkOperationRoutes(app: App, deps: RouteDeps): void {
  planRoute(app, deps)
  stepRoutes(app, deps)
  listRoute(app, deps)
  itemRoutes(app, deps)

  app.get(
    '/api/v1/operations/:id',
    {
      config,
      schema: {
        operationId: 'getOperation',
        tags,
        summary: 'How far an operation has come.',
        params: byId,
        response: { 200: bulkOperation, ...problems },
      },
    },
    async ({ params, caller }) => bulkView(await getSeen(deps, params.id, caller)),
  )
}

/** Everybody sees their own; who reads the audit log sees all. */
async function getSeen(deps: RouteDeps, id: string, caller: Caller): Promise<BulkOperation> {
  const found = await getBulk(deps, id)
  if (found.actor === caller.actor || mayDo(caller.role, 'audit.read')) return found
  throw new HubError('NOT_FOUND', 'There is no such operation.')
}

/** @throws {HubError} FORBIDDEN where the role may not do the same to one thing. */
function refuseUnlessMay(kind: NewBulk['kind'], { role }: Caller): void {
  if (!mayDo(role, rightOfKind[kind])) {
    throw new HubError('FORBIDDEN', `The role ${role} may not do this.`)
  }
}

function planRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/operations',
    {
      config,
      schema: {
        operationId: 'planOperation',
        tags,
        summary:
          'Writes down what an action would do to everything that fits; nothing is done yet.',
        description:
          'At most 10,000 things. It is started by a request of its own, and is forgotten after a day without one.',
        body: newBulk,
        response: { 201: bulkOperation, ...problems },
      },
    },
    async ({ body, caller }, reply) => {
      refuseUnlessMay(body.kind, caller)
      const what = await whatOf(deps, body)
      const planned = await planBulk(deps, { what, request: body }, caller)
      reply.code(201).header('location', `/api/v1/operations/${planned.operationId}`)
      return bulkView(planned)
    },
  )
}

async function whatOf({ pool, clock }: RouteDeps, body: NewBulk): Promise<BulkWhat> {
  switch (body.kind) {
    case 'deliveries.replay':
    case 'deliveries.discard':
      return { ...body, filter: deadFilterOf({ ...body.filter, ids: body.ids }) }
    case 'messages.replay':
      return {
        kind: body.kind,
        filter: { connectionId: body.filter.connection, topic: body.filter.topic },
      }
    case 'returns.assign':
    case 'returns.cancel': {
      const list = await returnFilterOf(pool, body.filter, clock.now())
      return { ...body, filter: { ...list, caseIds: body.ids } }
    }
  }
}

function stepRoutes(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/operations/:id/start',
    {
      config,
      schema: {
        operationId: 'startOperation',
        tags,
        summary: 'Lets a planned operation begin.',
        params: byId,
        body: z
          .strictObject({
            count: z
              .int()
              .optional()
              .describe('How many things it is about: needed for what cannot be taken back.'),
          })
          .prefault({}),
        response: { 202: bulkOperation, ...problems },
      },
    },
    async ({ params, body, caller }, reply) => {
      const { kind } = bulkView(await getSeen(deps, params.id, caller))
      refuseUnlessMay(kind, caller)
      const begun = { operationId: params.id, count: body.count }
      reply.code(202)
      return bulkView(await beginBulk(deps, begun, caller))
    },
  )

  app.post(
    '/api/v1/operations/:id/cancel',
    {
      config,
      schema: {
        operationId: 'cancelOperation',
        tags,
        summary: 'Calls an operation off: what is done stays done, what waits is not done.',
        params: byId,
        response: { 202: bulkOperation, ...problems },
      },
    },
    async ({ params, caller }, reply) => {
      const { kind } = bulkView(await getSeen(deps, params.id, caller))
      refuseUnlessMay(kind, caller)
      reply.code(202)
      return bulkView(await stopBulk(deps, params.id, caller))
    },
  )
}

function listRoute(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/operations',
    {
      config,
      schema: {
        operationId: 'listOperations',
        tags,
        summary: 'Operations, the newest first: one’s own, or of all for who reads the audit log.',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(bulkOperation), ...problems },
      },
    },
    async ({ query: { limit, cursor }, caller }, reply) => {
      const found = readCursor(cursor, place)
      const after = found && { createdAt: new Date(found[0]), operationId: found[1] }
      const actor = mayDo(caller.role, 'audit.read') ? undefined : caller.actor
      const rows = await listBulk(pool, { actor, after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, (last) => [
        last.createdAt.toISOString(),
        last.operationId,
      ])
      return sendPage(reply, { data: items.map(bulkView), next })
    },
  )
}

function itemRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/operations/:id/items',
    {
      config,
      schema: {
        operationId: 'listOperationItems',
        tags,
        summary: 'What an operation is about, item by item.',
        params: byId,
        querystring: z.strictObject({ ...pageQuery, state: z.enum(bulkItemStates).optional() }),
        response: { 200: pageOf(bulkItem), ...problems },
      },
    },
    async ({ params, query: { limit, cursor, state }, caller }, reply) => {
      const { operationId } = await getSeen(deps, params.id, caller)
      const [after] = readCursor(cursor, itemPlace) ?? []
      const page = { operationId, state, after, limit: limit + 1 }
      const rows = await listBulkItems(deps.pool, page)
      const { items, next } = cutPage(rows, limit, (last) => [last.itemNo])
      return sendPage(reply, { data: items.map(bulkItemView), next })
    },
  )

  app.get(
    '/api/v1/operations/:id/items.csv',
    {
      config,
      schema: {
        operationId: 'exportOperationItems',
        tags,
        summary: 'The report of an operation as a table.',
        params: byId,
        response: {
          200: {
            description: 'Comma-separated values, UTF-8.',
            content: { 'text/csv': { schema: z.string() } },
          },
          ...problems,
        },
      },
    },
    async ({ params, caller }, reply) => {
      const { operationId } = await getSeen(deps, params.id, caller)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="operation.csv"')
        .send(Readable.from(bulkRows(deps.pool, operationId)) as unknown as string)
    },
  )
}
