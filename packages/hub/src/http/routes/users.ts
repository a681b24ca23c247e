import { boundedText } from '@backhaul/sdk/canonical'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import {
  type ChangedUser,
  changeUser,
  createUser,
  endUserSessions,
  resetPassword,
} from '../../pipeline/accounts/manage-users.ts'
import { listSessions } from '../../store/user-sessions.ts'
import { listUsers, loadUser } from '../../store/users.ts'
import { actions, rightsOf } from '../access/rights.ts'
import { expectedVersionOf, ifMatch } from '../if-match.ts'
import { pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems, role, text } from '../schemas/common.ts'
import { personRole, user, userSession, userSessionView, userView } from '../schemas/users.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Users']
const place = z.tuple([boundedText(300)])
const userId = z.object({ id: z.uuid().toLowerCase() })
const read = { access: 'users.read' } as const
const manage = { access: 'users.manage' } as const
const oneTimePassword = text.describe('To be passed on; it has to be changed with the first use.')
const email = z
  .string()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+$/)
const language = z.enum(['en', 'de']).nullable()

/** People who sign in, and what roles may do. */
export function userRoutes(app: App, deps: RouteDeps): void {
  listRoutes(app, deps)
  changeRoutes(app, deps)
  sessionRoutes(app, deps)

  app.get(
    '/api/v1/roles',
    {
      config: read,
      schema: {
        operationId: 'listRoles',
        tags,
        summary: 'Roles, with all that each may do.',
        response: {
          200: z.object({
            data: z.array(
              z.object({ role, rights: z.array(z.enum(actions as [string, ...string[]])) }),
            ),
          }),
          ...problems,
        },
      },
    },
    () => ({ data: role.options.map((name) => ({ role: name, rights: rightsOf(name) })) }),
  )
}

function listRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/users',
    {
      config: read,
      schema: {
        operationId: 'listUsers',
        tags,
        summary: 'People who may sign in, by e-mail address; those whose account is closed too.',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(user), ...problems },
      },
    },
    async ({ query: { limit, cursor } }, reply) => {
      const [after] = readCursor(cursor, place) ?? []
      const { items, next } = await listUsers(pool, { after, limit })
      return sendPage(reply, { data: items.map(userView), next: next === null ? null : [next] })
    },
  )

  app.get(
    '/api/v1/users/:id',
    {
      config: read,
      schema: {
        operationId: 'getUser',
        tags,
        summary: 'A person; the ETag is their version.',
        params: userId,
        response: { 200: user, ...problems },
      },
    },
    async ({ params }, reply) => {
      const found = await loadUser(pool, params.id)
      reply.header('etag', `"${found.version}"`)
      return userView(found)
    },
  )
}

function changeRoutes(app: App, deps: RouteDeps): void {
  app.post(
    '/api/v1/users',
    {
      config: manage,
      schema: {
        operationId: 'createUser',
        tags,
        summary: 'Lets somebody sign in. Their first password is in the answer, this once.',
        body: z.strictObject({
          email,
          name: boundedText(100),
          role: personRole,
          language: language.default(null),
        }),
        response: { 201: z.object({ user, oneTimePassword }), ...problems },
      },
    },
    async ({ body, caller }, reply) => {
      const made = await createUser(deps, body, caller)
      return reply
        .code(201)
        .send({ user: userView(made.user), oneTimePassword: made.oneTimePassword })
    },
  )

  app.patch(
    '/api/v1/users/:id',
    {
      config: manage,
      schema: {
        operationId: 'changeUser',
        tags,
        summary: 'Changes a person. With another role, or closed, their sessions end.',
        params: userId,
        headers: ifMatch.partial(),
        body: z.strictObject({
          name: boundedText(100).optional(),
          role: personRole.optional(),
          language: language.optional(),
          isDisabled: z.boolean().optional(),
        }),
        response: { 200: user, ...problems },
      },
    },
    async (request, reply) => {
      const { params, body, caller } = request
      const expectedVersion = expectedVersionOf(request)
      const change = { userId: params.id, expectedVersion, ...body }
      return sendChanged(deps, reply, await changeUser(deps, change, caller))
    },
  )

  app.post(
    '/api/v1/users/:id/password-reset',
    {
      config: manage,
      schema: {
        operationId: 'resetUserPassword',
        tags,
        summary: 'Gives somebody a password to come in with once; their sessions end.',
        params: userId,
        response: { 200: z.object({ user, oneTimePassword }), ...problems },
      },
    },
    async ({ params, caller }) => {
      const made = await resetPassword(deps, { userId: params.id }, caller)
      forgetAll(deps, made.endedSessions)
      return { user: userView(made.user), oneTimePassword: made.oneTimePassword }
    },
  )
}

function sessionRoutes(app: App, deps: RouteDeps): void {
  const { pool, clock } = deps
  app.get(
    '/api/v1/users/:id/sessions',
    {
      config: read,
      schema: {
        operationId: 'listUserSessions',
        tags,
        summary: 'Where a person is signed in, the newest first.',
        params: userId,
        response: { 200: z.object({ data: z.array(userSession) }), ...problems },
      },
    },
    async ({ params }) => {
      await loadUser(pool, params.id)
      const found = await listSessions(pool, { userId: params.id, now: clock.now() })
      return { data: found.map(userSessionView) }
    },
  )

  app.delete(
    '/api/v1/users/:id/sessions',
    {
      config: manage,
      schema: {
        operationId: 'endUserSessions',
        tags,
        summary: 'Signs a person out everywhere, or ends one session.',
        params: userId,
        querystring: z.strictObject({ session: boundedText(64).optional() }),
        response: { 200: user, ...problems },
      },
    },
    async ({ params, query, caller }, reply) => {
      const which = { userId: params.id, sessionId: query.session }
      return sendChanged(deps, reply, await endUserSessions(deps, which, caller))
    },
  )
}

function sendChanged(
  deps: RouteDeps,
  reply: FastifyReply,
  { user: changed, endedSessions }: ChangedUser,
) {
  forgetAll(deps, endedSessions)
  reply.header('etag', `"${changed.version}"`)
  return userView(changed)
}

/** Here they end at once, in other processes within seconds. */
function forgetAll({ authenticator }: RouteDeps, sessionIds: readonly string[]): void {
  for (const sessionId of sessionIds) authenticator.forgetSession(sessionId)
}
