import { type Axis, axes, connectionId, defaultAuthority } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { Connections } from '../../connect/connections.ts'
import { problems } from '../schemas/common.ts'
import { authority, axis, route, systemRole } from '../schemas/connections.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Routing']
const read = { access: 'routing.read' } as const
const manage = { access: 'routing.manage' } as const

export function routingRoutes(app: App, { connections }: RouteDeps): void {
  routeRoutes(app, connections)

  app.get(
    '/api/v1/authority',
    {
      config: read,
      schema: {
        operationId: 'listAuthority',
        tags,
        summary: 'Which roles own each axis.',
        response: { 200: z.object({ data: z.array(authority) }), ...problems },
      },
    },
    async () => ({ data: await authorityViews(connections) }),
  )

  app.put(
    '/api/v1/authority/:axis',
    {
      config: manage,
      schema: {
        operationId: 'setAuthority',
        tags,
        summary: 'Names the roles that own an axis; none puts it back to the default.',
        params: z.object({ axis }),
        body: z.strictObject({ roles: z.array(systemRole).max(12) }),
        response: { 200: authority, ...problems },
      },
    },
    async ({ params, body, caller }) => {
      await connections.setAuthority({ axis: params.axis, roles: body.roles }, caller)
      const all = await authorityViews(connections)
      return all.find((one) => one.axis === params.axis) ?? defaultView(params.axis)
    },
  )
}

function routeRoutes(app: App, connections: Connections): void {
  app.get(
    '/api/v1/routes',
    {
      config: read,
      schema: {
        operationId: 'listRoutes',
        tags,
        summary: 'Which connection plays a role.',
        response: { 200: z.object({ data: z.array(route) }), ...problems },
      },
    },
    async () => ({ data: await connections.listRoutes() }),
  )

  app.put(
    '/api/v1/routes/:role',
    {
      config: manage,
      schema: {
        operationId: 'setRoute',
        tags,
        summary: 'Gives a role to a connection.',
        params: z.object({ role: systemRole }),
        body: z.strictObject({ connectionId }),
        response: { 200: route, ...problems },
      },
    },
    async ({ params, body, caller }) => {
      const set = { role: params.role, connectionId: body.connectionId }
      await connections.setRoute(set, caller)
      return set
    },
  )

  app.delete(
    '/api/v1/routes/:role',
    {
      config: manage,
      schema: {
        operationId: 'clearRoute',
        tags,
        summary: 'Takes a role from its connection.',
        params: z.object({ role: systemRole }),
        response: { 204: z.null().describe('It is gone.'), ...problems },
      },
    },
    async ({ params, caller }, reply) => {
      await connections.clearRoute(params, caller)
      return reply.code(204).send(null)
    },
  )
}

type AuthorityView = z.infer<typeof authority>

async function authorityViews(connections: Connections): Promise<AuthorityView[]> {
  const stored = await connections.listAuthority()
  return axes.map((one) => {
    const roles = stored.filter((row) => row.axis === one).map((row) => row.role)
    return roles.length === 0 ? defaultView(one) : { axis: one, roles, isDefault: false }
  })
}

function defaultView(one: Axis): AuthorityView {
  return { axis: one, roles: [...defaultAuthority[one]], isDefault: true }
}
