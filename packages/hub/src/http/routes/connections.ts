import { type ConnectionId, connectionId, freeText } from '@backhaul/sdk/canonical'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { connectionUpdate, newConnection } from '../../connect/connection-input.ts'
import type { ShownConnection } from '../../connect/shown-connection.ts'
import { checkAndKeep } from '../../pipeline/checks/check-due.ts'
import { HubError } from '../../platform/errors.ts'
import { listChecks } from '../../store/connection-checks.ts'
import { expectedVersionOf, ifMatch } from '../if-match.ts'
import { pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import { checkView, connection, connectionCheck, connectionView } from '../schemas/connections.ts'
import type { App, RouteDeps } from './types.ts'

const byId = z.object({ id: connectionId })
const place = z.tuple([connectionId])
const tags = ['Connections']
const manage = { access: 'connections.manage' } as const
const one = { 200: connection, ...problems }

export function connectionRoutes(app: App, deps: RouteDeps): void {
  readRoutes(app, deps)
  makeRoute(app, deps)
  changeRoute(app, deps)
  stateRoutes(app, deps)
  addressRoute(app, deps)

  app.delete(
    '/api/v1/connections/:id',
    {
      config: manage,
      schema: {
        operationId: 'deleteConnection',
        tags,
        summary: 'Deletes a disabled connection that has no history.',
        params: byId,
        response: { 204: z.null().describe('It is gone.'), ...problems },
      },
    },
    async ({ params, caller }, reply) => {
      await deps.connections.deleteConnection({ connectionId: params.id }, caller)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/v1/connections/:id/check',
    {
      config: manage,
      schema: {
        operationId: 'checkConnection',
        tags,
        summary: 'Makes a call that changes nothing, to see whether the system takes our calls.',
        params: byId,
        response: { 200: connectionCheck, ...problems },
      },
    },
    async ({ params }) => checkView(await checkAndKeep(deps, params.id as ConnectionId)),
  )
}

async function sendConnection(
  reply: FastifyReply,
  shown: ShownConnection,
  { connections, pool }: RouteDeps,
): Promise<z.infer<typeof connection>> {
  reply.header('etag', `"${shown.version}"`)
  return connectionView(shown, { connections, checks: await listChecks(pool, shown.connectionId) })
}

function readRoutes(app: App, deps: RouteDeps): void {
  const { connections, pool } = deps
  app.get(
    '/api/v1/connections',
    {
      config: { access: 'connections.read' },
      schema: {
        operationId: 'listConnections',
        tags,
        summary: 'Connections by id; their secrets are never shown.',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(connection), ...problems },
      },
    },
    async ({ query: { limit, cursor } }, reply) => {
      const [after] = readCursor(cursor, place) ?? []
      const { items, next } = await connections.listConnections({ after, limit })
      const checks = await listChecks(pool)
      const data = items.map((shown) => connectionView(shown, { connections, checks }))
      return sendPage(reply, { data, next: next === null ? null : [next] })
    },
  )

  app.get(
    '/api/v1/connections/:id',
    {
      config: { access: 'connections.read' },
      schema: {
        operationId: 'getConnection',
        tags,
        summary: 'A connection; its ETag is its version.',
        params: byId,
        response: one,
      },
    },
    async ({ params }, reply) =>
      sendConnection(reply, await connections.showConnection(params.id), deps),
  )
}

const madeConnection = z.object({
  connection,
  addressToken: z
    .string()
    .nullable()
    .describe('Last part of its webhook address, shown this once; null where it needs none.'),
})

function makeRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/connections',
    {
      config: manage,
      schema: {
        operationId: 'createConnection',
        tags,
        summary: 'Makes a connection.',
        body: newConnection,
        response: { 201: madeConnection, ...problems },
      },
    },
    async ({ body, caller }, reply) => {
      const made = await deps.connections.createConnection(body, caller)
      const shown = await sendConnection(reply, made.connection, deps)
      reply.header('location', `/api/v1/connections/${shown.id}`)
      return reply.code(201).send({ connection: shown, addressToken: made.addressToken })
    },
  )
}

function changeRoute(app: App, deps: RouteDeps): void {
  app.patch(
    '/api/v1/connections/:id',
    {
      config: manage,
      schema: {
        operationId: 'updateConnection',
        tags,
        summary: 'Changes a connection. Needs If-Match with the ETag that it was read with.',
        description:
          '`config` replaces the whole of it; a secret of ******** keeps the stored one.',
        params: byId,
        headers: ifMatch,
        body: connectionUpdate,
        response: one,
      },
    },
    async (request, reply) => {
      const { params, body, caller } = request
      const expectedVersion = expectedVersionOf(request)
      if (expectedVersion === undefined) {
        throw new HubError('PRECONDITION_REQUIRED', 'Send If-Match with the ETag you have read.')
      }
      const change = { ...body, connectionId: params.id, expectedVersion }
      return sendConnection(reply, await deps.connections.updateConnection(change, caller), deps)
    },
  )
}

const stateVerbs = {
  pause: { method: 'pauseConnection', summary: 'Lets what it is owed wait.' },
  resume: { method: 'resumeConnection', summary: 'Sends again, what has waited first.' },
  disable: { method: 'disableConnection', summary: 'Owes it nothing more, and hears it no more.' },
} as const

function stateRoutes(app: App, deps: RouteDeps): void {
  for (const [verb, { method, summary }] of Object.entries(stateVerbs)) {
    app.post(
      `/api/v1/connections/:id/${verb}`,
      {
        config: manage,
        schema: {
          operationId: method,
          tags,
          summary,
          params: byId,
          headers: ifMatch.partial(),
          body: z.strictObject({ reason: freeText(500).optional() }).prefault({}),
          response: one,
        },
      },
      async (request, reply) => {
        const { params, body, caller } = request as typeof request & {
          params: z.infer<typeof byId>
          body: { reason?: string }
        }
        const expectedVersion = expectedVersionOf(request)
        const change = { connectionId: params.id, reason: body.reason, expectedVersion }
        return sendConnection(reply, await deps.connections[method](change, caller), deps)
      },
    )
  }
}

function addressRoute(app: App, { connections }: RouteDeps): void {
  app.post(
    '/api/v1/connections/:id/address-token',
    {
      config: manage,
      schema: {
        operationId: 'renewAddressToken',
        tags,
        summary: 'Replaces the secret part of its webhook address; the old one ends at once.',
        params: byId,
        response: { 200: z.object({ addressToken: z.string() }), ...problems },
      },
    },
    async ({ params, caller }) => ({
      addressToken: await connections.renewAddressToken({ connectionId: params.id }, caller),
    }),
  )
}
