import type { UserRole } from '@backhaul/sdk/canonical'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../../platform/clock.ts'
import { HubError } from '../../platform/errors.ts'
import type { Authenticator } from './authenticate.ts'
import type { Caller } from './caller.ts'
import { type Rate, RateLimiter } from './rate-limit.ts'
import { isAction, mayDo, type RouteAccess } from './rights.ts'
import type { Usage } from './usage.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What one has to be allowed to do to use the route. */
    access?: RouteAccess
  }
  interface FastifyRequest {
    /** Who asks; there on every route that is not public. */
    caller: Caller
  }
}

export interface GuardDeps {
  readonly authenticator: Authenticator
  readonly usage: Usage
  readonly clock: Clock
}

/** For people, and for keys with which programs pass events on or set a site up. */
const rates = {
  person: { perSecond: 50, burst: 500 },
  machine: { perSecond: 10_000, burst: 20_000 },
} as const satisfies Record<string, Rate>

const programs: ReadonlySet<UserRole> = new Set(['machine', 'integrator', 'admin'])

/** Requests without a valid key, by address. */
const failureRate: Rate = { perSecond: 10, burst: 1_000 }

/**
 * Lets only those in who may use a route, in one place for all routes. A route that does not say what one
 * has to be allowed to do cannot be registered.
 */
export function guardRoutes(
  app: FastifyInstance,
  { authenticator, usage, clock }: GuardDeps,
): void {
  const limiter = new RateLimiter(clock)
  const failures = new RateLimiter(clock)

  function admit(caller: Caller, request: FastifyRequest, reply: FastifyReply): void {
    request.caller = caller
    usage.note(caller)
    const access = request.routeOptions.config.access
    if (access === undefined || access === 'public' || !mayDo(caller.role, access)) {
      throw new HubError('FORBIDDEN', `The role ${caller.role} may not do this (${access}).`)
    }
    if (caller.session?.mustChangePassword === true && access !== 'session.own') {
      throw new HubError('FORBIDDEN', 'Choose a password of your own first.')
    }
    limit(caller, reply)
  }

  function limit({ actor, role, session }: Caller, reply: FastifyReply): void {
    const rate = session === null && programs.has(role) ? rates.machine : rates.person
    const { isAllowed, remaining, waitSeconds } = limiter.take(actor, rate)
    reply.header('ratelimit-policy', `"key";q=${rate.burst};w=${rate.burst / rate.perSecond}`)
    reply.header('ratelimit', `"key";r=${remaining};t=${waitSeconds}`)
    if (isAllowed) return
    throw new HubError('RATE_LIMITED', 'Too many requests in too short a time.', {
      retryAfterSeconds: waitSeconds,
    })
  }

  /** Guessing keys costs the database a question each: an address that does so has to wait. */
  function refuse(error: unknown, request: FastifyRequest): unknown {
    if (!(error instanceof HubError) || error.code !== 'UNAUTHENTICATED') return error
    const { isAllowed, waitSeconds } = failures.take(request.ip, failureRate)
    if (isAllowed) return error
    return new HubError('RATE_LIMITED', 'Too many requests without a valid credential.', {
      retryAfterSeconds: waitSeconds,
    })
  }

  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access
    if (access !== undefined && (access === 'public' || isAction(access))) return
    throw new TypeError(`the route ${String(method)} ${url} does not say who may use it`)
  })
  app.decorateRequest('caller')
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.access === 'public') return done()
    const finish = (caller: Caller): void => {
      admit(caller, request, reply)
      done()
    }
    const fail = (error: unknown): void => done(refuse(error, request) as Error)
    try {
      const caller = authenticator.authenticate(request)
      if (caller instanceof Promise) caller.then(finish).catch(fail)
      else finish(caller)
    } catch (error) {
      fail(error)
    }
  })
}
