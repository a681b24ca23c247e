import { boundedText } from '@backhaul/sdk/canonical'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  changeOwnPassword,
  endOtherSessions,
  type Self,
  signOut,
} from '../../pipeline/accounts/own-account.ts'
import { signIn, type Visitor } from '../../pipeline/accounts/sign-in.ts'
import { maxPasswordLength } from '../../platform/crypto/password.ts'
import { HubError } from '../../platform/errors.ts'
import { listSessions } from '../../store/user-sessions.ts'
import { assertOwnSite } from '../access/authenticate-session.ts'
import type { CallerSession } from '../access/caller.ts'
import { oidcPath } from '../access/oidc.ts'
import { type Rate, RateLimiter } from '../access/rate-limit.ts'
import { actions, rightsOf } from '../access/rights.ts'
import { endedCookie, sessionCookie } from '../access/session-cookie.ts'
import { problems, role, text, textOrNull, time, uuid } from '../schemas/common.ts'
import { userSession, userSessionView } from '../schemas/users.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Session']

const session = z
  .object({
    user: z.object({
      id: uuid,
      email: text,
      name: text,
      role,
      language: textOrNull,
      mustChangePassword: z.boolean().describe('Until then, nothing else can be done.'),
    }),
    rights: z.array(z.enum(actions as [string, ...string[]])),
    csrfToken: text.describe('Goes along with every change as `X-CSRF-Token`.'),
    expiresAt: time,
  })
  .meta({ id: 'Session', description: 'Who is signed in, and what they may do.' })

const ownSession = userSession.extend({ isThis: z.boolean().describe('The one that asks.') })

/** Of one address: some mistakes at once, and then one try every few seconds. */
const tries: Rate = { perSecond: 0.2, burst: 20 }
const password = z.string().min(1).max(maxPasswordLength)

/** Signing in and out of the console. */
export function sessionRoutes(app: App, deps: RouteDeps): void {
  beginningRoute(app, deps)
  ownSessionRoutes(app, deps)
  otherSessionRoutes(app, deps)

  app.get(
    '/api/v1/session/options',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'getSignInOptions',
        tags,
        summary: 'The ways to sign in.',
        response: {
          200: z.object({
            local: z.boolean(),
            oidc: z.object({ label: text, startPath: text }).nullable(),
          }),
        },
      },
    },
    () => ({
      local: true,
      oidc: deps.oidc && { label: deps.config.oidc.label, startPath: `${oidcPath}/start` },
    }),
  )
}

function beginningRoute(app: App, deps: RouteDeps): void {
  const { config, clock, authenticator } = deps
  const limiter = new RateLimiter(clock)
  app.post(
    '/api/v1/session',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'signIn',
        tags,
        summary: 'Signs somebody in: the answer sets their session’s cookie.',
        body: z.strictObject({ email: boundedText(254), password }),
        response: { 201: session, ...problems },
      },
    },
    async (request, reply) => {
      assertOwnSite(headerOf(request, 'sec-fetch-site'))
      const { isAllowed, waitSeconds } = limiter.take(request.ip, tries)
      if (!isAllowed) {
        throw new HubError('RATE_LIMITED', 'Too many tries to sign in from this address.', {
          retryAfterSeconds: waitSeconds,
        })
      }
      const begun = await signIn(deps, request.body, visitorOf(request))
      const cookie = sessionCookie(config, begun.token, begun.expiresAt)
      const headers = { cookie: cookie.split(';', 1)[0] ?? '' }
      const caller = await authenticator.authenticate({ headers, method: 'GET' })
      return reply.code(201).header('set-cookie', cookie).send(sessionView(caller))
    },
  )
}

function ownSessionRoutes(app: App, deps: RouteDeps): void {
  const { config, authenticator } = deps
  const access = 'session.own'
  app.get(
    '/api/v1/session',
    {
      config: { access },
      schema: {
        operationId: 'getSession',
        tags,
        summary: 'Who is signed in.',
        response: { 200: session, ...problems },
      },
    },
    ({ caller }) => sessionView(caller),
  )

  app.delete(
    '/api/v1/session',
    {
      config: { access },
      schema: {
        operationId: 'signOut',
        tags,
        summary: 'Ends the session: here at once, in other processes within 5 seconds.',
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ caller }, reply) => {
      const self = selfOf(caller)
      await signOut(deps, self, caller)
      authenticator.forgetSession(self.sessionId)
      return reply.code(204).header('set-cookie', endedCookie(config)).send(null)
    },
  )

  app.post(
    '/api/v1/session/password',
    {
      config: { access },
      schema: {
        operationId: 'changeOwnPassword',
        tags,
        summary: 'Changes one’s own password; one’s other sessions end.',
        body: z.strictObject({ currentPassword: password, newPassword: z.string().max(1_000) }),
        response: { 204: z.null(), ...problems },
      },
    },
    async ({ caller, body }, reply) => {
      const self = selfOf(caller)
      const ended = await changeOwnPassword(deps, self, body)
      for (const sessionId of [self.sessionId, ...ended]) authenticator.forgetSession(sessionId)
      return reply.code(204).send(null)
    },
  )
}

/** Where else somebody is signed in. */
function otherSessionRoutes(app: App, deps: RouteDeps): void {
  const { pool, clock, authenticator } = deps
  const access = 'session.own'
  app.get(
    '/api/v1/session/all',
    {
      config: { access },
      schema: {
        operationId: 'listOwnSessions',
        tags,
        summary: 'Where one is signed in, the newest first.',
        response: { 200: z.object({ data: z.array(ownSession) }), ...problems },
      },
    },
    async ({ caller }) => {
      const self = selfOf(caller)
      const found = await listSessions(pool, { userId: self.userId, now: clock.now() })
      const data = found.map((one) => ({
        ...userSessionView(one),
        isThis: one.sessionId === self.sessionId,
      }))
      return { data }
    },
  )

  app.delete(
    '/api/v1/session/others',
    {
      config: { access },
      schema: {
        operationId: 'endOtherSessions',
        tags,
        summary: 'Ends one’s other sessions, or one of them. This one goes on.',
        querystring: z.strictObject({ session: boundedText(64).optional() }),
        response: { 200: z.object({ ended: z.int() }), ...problems },
      },
    },
    async ({ caller, query }) => {
      const { actor } = caller
      const which = { actor, sessionId: query.session }
      const ended = await endOtherSessions(deps, selfOf(caller), which)
      for (const sessionId of ended) authenticator.forgetSession(sessionId)
      return { ended: ended.length }
    },
  )
}

function sessionView({ session: own, role: ownRole }: FastifyRequest['caller']) {
  const { userId, email, name, language, mustChangePassword, csrfToken, expiresAt } = needed(own)
  return {
    user: { id: userId, email, name, role: ownRole, language, mustChangePassword },
    rights: rightsOf(ownRole),
    csrfToken,
    expiresAt: expiresAt.toISOString(),
  }
}

/** Who is signed in. @throws {HubError} CONFLICT for a key, which stands for nobody. */
export function selfOf({ session: own }: FastifyRequest['caller']): Self {
  const { userId, sessionId } = needed(own)
  return { userId, sessionId }
}

function needed(own: CallerSession | null): CallerSession {
  if (own !== null) return own
  throw new HubError('CONFLICT', 'A key has no session; `/api/v1/me` says who it stands for.')
}

/** Where a request comes from. */
export function visitorOf(request: FastifyRequest): Visitor {
  return { address: request.ip, userAgent: headerOf(request, 'user-agent') ?? '' }
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}
