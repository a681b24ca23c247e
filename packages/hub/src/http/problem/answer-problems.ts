import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HubError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logger.ts'
import { answeredTraceparent, traceIdOf } from '../trace.ts'
import { asHubError, problemOf, problemType } from './problem.ts'

/**
 * Answers every failure with a problem document: those that routes throw, and requests that reach no
 * route. A failure of ours is logged under the trace id that the answer names.
 */
export function answerProblems(app: FastifyInstance, { log }: { readonly log: Logger }): void {
  const methodsOf = knownPaths(app)

  app.setErrorHandler((error, request, reply) =>
    sendProblem(asHubError(error), { request, reply, log }),
  )
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsOf(request.url)
    if (allowed.length === 0) {
      const error = new HubError('NOT_FOUND', 'Nothing is served at this address.')
      return sendProblem(error, { request, reply, log })
    }
    reply.header('allow', allowed.join(', '))
    const error = new HubError('METHOD_NOT_ALLOWED', `Use ${allowed.join(' or ')}.`)
    return sendProblem(error, { request, reply, log })
  })
}

export function sendProblem(
  error: HubError,
  { request, reply, log }: { request: FastifyRequest; reply: FastifyReply; log: Logger },
): FastifyReply {
  const traceId = traceIdOf(request.headers)
  if (error.code === 'INTERNAL') {
    // The route's pattern, not the address: that may hold a secret or a customer's data.
    const { method, routeOptions } = request
    log.error(
      { err: error.cause ?? error, traceId, method, route: routeOptions.url },
      'request failed',
    )
  }
  if (error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(Math.max(1, Math.ceil(error.retryAfterSeconds))))
  }
  if (error.status === 401) reply.header('www-authenticate', 'Bearer realm="backhaul"')
  reply.header('traceparent', answeredTraceparent(traceId))
  return reply
    .code(error.status)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .serializer(JSON.stringify)
    .type(problemType)
    .send(problemOf(error, traceId))
}

/** Remembers the routes of `app`, to say which methods an address knows. */
function knownPaths(app: FastifyInstance): (url: string) => string[] {
  const routes: { readonly methods: readonly string[]; readonly pattern: RegExp }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const source = url
      .split('/')
      .map((part) =>
        part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
      )
      .join('/')
    routes.push({ methods: [method].flat(), pattern: new RegExp(`^${source}$`) })
  })
  return (url) => {
    const path = url.split('?', 1)[0] ?? ''
    const methods = routes
      .filter(({ pattern }) => pattern.test(path))
      .flatMap((route) => route.methods)
    return [...new Set(methods)].toSorted()
  }
}
