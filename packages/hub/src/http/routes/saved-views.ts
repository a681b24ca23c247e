import { boundedText } from '@backhaul/sdk/canonical'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  changeView,
  createView,
  removeView,
  type ViewPerson,
} from '../../pipeline/accounts/saved-views.ts'
import { HubError } from '../../platform/errors.ts'
import { listViews, type SavedView, type ViewScreen } from '../../store/saved-views.ts'
import type { Caller } from '../access/caller.ts'
import { type Action, mayDo } from '../access/rights.ts'
import { expectedVersionOf, ifMatch } from '../if-match.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import {
  savedView,
  savedViewView,
  viewName,
  viewScreen,
  viewSearch,
} from '../schemas/saved-views.ts'
import { selfOf } from './session.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Views']
const config = { access: 'views.own' } as const
const byId = z.object({ id: z.uuid().toLowerCase() })
const place = z.tuple([z.enum(['own', 'team']), boundedText(400), z.uuid()])

/** Lists as people keep them: their own, and those that others share. For those who have signed in. */
export function savedViewRoutes(app: App, deps: RouteDeps): void {
  listRoute(app, deps)
  createRoute(app, deps)
  changeRoute(app, deps)
  deleteRoute(app, deps)
}

/** What the list itself needs. */
const rightOfScreen: Readonly<Record<ViewScreen, Action>> = {
  cases: 'returns.read',
  exceptions: 'exceptions.read',
  dead_letters: 'deliveries.read',
}

/** @throws {HubError} FORBIDDEN where the role may not see the list. */
function refuseUnlessSees(screen: ViewScreen, { role }: Caller): void {
  if (!mayDo(role, rightOfScreen[screen])) {
    throw new HubError('FORBIDDEN', `The role ${role} may not see this list.`)
  }
}

function personOf(caller: Caller): ViewPerson {
  const { userId } = selfOf(caller)
  return { userId, actor: caller.actor, managesShared: mayDo(caller.role, 'views.manage') }
}

function listRoute(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/views',
    {
      config,
      schema: {
        operationId: 'listViews',
        tags,
        summary: 'Views of a list by name: one’s own, then those that others share.',
        querystring: z.strictObject({ ...pageQuery, screen: viewScreen }),
        response: { 200: pageOf(savedView), ...problems },
      },
    },
    async ({ query: { screen, limit, cursor }, caller }, reply) => {
      const { userId } = selfOf(caller)
      refuseUnlessSees(screen, caller)
      const found = readCursor(cursor, place)
      const after = found && { isOwn: found[0] === 'own', key: found[1], viewId: found[2] }
      const rows = await listViews(pool, { screen, userId, after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, ({ ownerId, key, viewId }) => [
        ownerId === userId ? 'own' : 'team',
        key,
        viewId,
      ])
      return sendPage(reply, { data: items.map((view) => savedViewView(view, userId)), next })
    },
  )
}

function createRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/views',
    {
      config,
      schema: {
        operationId: 'createView',
        tags,
        summary: 'Keeps a list under a name: at most 100 of one person.',
        body: z.strictObject({
          screen: viewScreen,
          name: viewName,
          search: viewSearch,
          isShared: z.boolean().default(false),
        }),
        response: { 201: savedView, ...problems },
      },
    },
    async ({ body, caller }, reply) => {
      const person = personOf(caller)
      refuseUnlessSees(body.screen, caller)
      const view = await createView(deps, body, person)
      reply.code(201)
      return sendView(reply, view, person)
    },
  )
}

function changeRoute(app: App, deps: RouteDeps): void {
  app.patch(
    '/api/v1/views/:id',
    {
      config,
      schema: {
        operationId: 'changeView',
        tags,
        summary: 'Changes one’s own view; an administrator can make a shared one private.',
        params: byId,
        headers: ifMatch,
        body: z.strictObject({
          name: viewName.optional(),
          search: viewSearch.optional(),
          isShared: z.boolean().optional(),
        }),
        response: { 200: savedView, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body, caller } = request
      const person = personOf(caller)
      const expectedRevision = expectedVersionOf(request)
      if (expectedRevision === undefined) {
        throw new HubError('PRECONDITION_REQUIRED', 'Send If-Match with the ETag you have read.')
      }
      const change = { ...body, viewId: params.id, expectedRevision }
      return sendView(reply, await changeView(deps, change, person), person)
    },
  )
}

function deleteRoute(app: App, deps: RouteDeps): void {
  app.delete(
    '/api/v1/views/:id',
    {
      config,
      schema: {
        operationId: 'deleteView',
        tags,
        summary: 'Forgets one’s own view; an administrator can do so with a shared one.',
        params: byId,
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ params, caller }, reply) => {
      await removeView(deps, params.id, personOf(caller))
      return reply.code(204).send(null)
    },
  )
}

function sendView(reply: FastifyReply, view: SavedView, { userId }: ViewPerson) {
  reply.header('etag', `"${view.revision}"`)
  return savedViewView(view, userId)
}
