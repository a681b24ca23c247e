import {
  type Axis,
  axes,
  boundedText,
  channels,
  connectionId,
  defaultAuthority,
  instant,
  type SystemRole,
} from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { Connections } from '../../connect/connections.ts'
import type { StoredRoute } from '../../store/connections.ts'
import { everywhere, type RowScope } from '../../store/row-scope.ts'
import { problems } from '../schemas/common.ts'
import { authority, axis, route, scopeView, systemRole } from '../schemas/connections.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Routing']
const read = { access: 'routing.read' } as const
const manage = { access: 'routing.manage' } as const

/** What names a route or an authority of some returns; left out, it is for all of them. */
const scopeName = {
  company: boundedText(64).optional(),
  warehouse: boundedText(64).optional(),
  channel: z.enum(channels).optional(),
  validFrom: instant.optional(),
}
const scopeBody = { ...scopeName, validTo: instant.optional() }

export function routingRoutes(app: App, { connections }: RouteDeps): void {
  routeRoutes(app, connections)

  app.get(
    '/api/v1/authority',
    {
      config: read,
      schema: {
        operationId: 'listAuthority',
        tags,
        summary: 'Which roles own each axis: for all returns, and for those of a scope.',
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
        body: z.strictObject({ roles: z.array(systemRole).max(12), ...scopeBody }),
        response: { 200: authority, ...problems },
      },
    },
    async ({ params, body, caller }) => {
      await connections.setAuthority({ axis: params.axis, ...body }, caller)
      const all = await authorityViews(connections)
      const wanted = JSON.stringify(scopeKey(body))
      const set = all.find(
        (one) => one.axis === params.axis && JSON.stringify(scopeKey(one)) === wanted,
      )
      return set ?? defaultView(params.axis)
    },
  )
}

/** The names of a scope in one form, however it was written. */
function scopeKey(
  scope: {
    readonly [Name in keyof typeof scopeName]?: string | null | undefined
  },
) {
  const { company, warehouse, channel, validFrom } = scope
  const from = validFrom ? new Date(validFrom).toISOString() : null
  return [company ?? null, warehouse ?? null, channel ?? null, from]
}

function routeRoutes(app: App, connections: Connections): void {
  app.get(
    '/api/v1/routes',
    {
      config: read,
      schema: {
        operationId: 'listRoutes',
        tags,
        summary: 'Which connection plays a role: for all returns, and for those of a scope.',
        response: { 200: z.object({ data: z.array(route) }), ...problems },
      },
    },
    async () => ({ data: (await connections.listRoutes()).map(routeView) }),
  )

  app.put(
    '/api/v1/routes/:role',
    {
      config: manage,
      schema: {
        operationId: 'setRoute',
        tags,
        summary: 'Gives a role to a connection, for all returns or for those of a scope.',
        params: z.object({ role: systemRole }),
        body: z.strictObject({ connectionId, ...scopeBody }),
        response: { 200: route, ...problems },
      },
    },
    async ({ params, body, caller }) => {
      const set = { role: params.role, ...body }
      await connections.setRoute(set, caller)
      return routeView(storedOf(set))
    },
  )

  app.delete(
    '/api/v1/routes/:role',
    {
      config: manage,
      schema: {
        operationId: 'clearRoute',
        tags,
        summary: 'Takes a role from its connection: the route of the scope that the query names.',
        params: z.object({ role: systemRole }),
        querystring: z.strictObject(scopeName),
        response: { 204: z.null().describe('It is gone.'), ...problems },
      },
    },
    async ({ params, query, caller }, reply) => {
      await connections.clearRoute({ ...params, ...query }, caller)
      return reply.code(204).send(null)
    },
  )
}

function routeView({ role, connectionId: id, ...scope }: StoredRoute): z.infer<typeof route> {
  return { role, connectionId: id, ...scopeView(scope) }
}

function storedOf(set: {
  readonly role: SystemRole
  readonly connectionId: string
  readonly company?: string | undefined
  readonly warehouse?: string | undefined
  readonly channel?: string | undefined
  readonly validFrom?: string | undefined
  readonly validTo?: string | undefined
}): StoredRoute {
  const { role, connectionId: id, company, warehouse, channel, validFrom, validTo } = set
  return {
    role,
    connectionId: id as StoredRoute['connectionId'],
    company: company ?? null,
    warehouse: warehouse ?? null,
    channel: channel ?? null,
    validFrom: validFrom === undefined ? null : new Date(validFrom),
    validTo: validTo === undefined ? null : new Date(validTo),
  }
}

type AuthorityView = z.infer<typeof authority>

/** For each axis who owns it in general, and then in each scope. */
async function authorityViews(connections: Connections): Promise<AuthorityView[]> {
  const stored = await connections.listAuthority()
  return axes.flatMap((one) => {
    const views = new Map<string, AuthorityView>()
    for (const { axis: of, role, ...scope } of stored) {
      if (of !== one) continue
      const key = JSON.stringify(scopeKey(scopeView(scope)))
      const known = views.get(key)
      if (known) known.roles.push(role)
      else views.set(key, { axis: one, roles: [role], isDefault: false, ...scopeView(scope) })
    }
    const general = JSON.stringify(scopeKey({}))
    return views.has(general) ? [...views.values()] : [defaultView(one), ...views.values()]
  })
}

function defaultView(one: Axis): AuthorityView {
  const scope: RowScope = everywhere
  return { axis: one, roles: [...defaultAuthority[one]], isDefault: true, ...scopeView(scope) }
}
