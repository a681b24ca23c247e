import { STATUS_CODES } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { ChangeWatch } from '../pipeline/changes/change-watch.ts'
import { createPasswords } from '../platform/crypto/password.ts'
import { HubError } from '../platform/errors.ts'
import { createAuthenticator } from './access/authenticate.ts'
import { createOidc } from './access/oidc.ts'
import { createUsage } from './access/usage.ts'
import { apiScope } from './api-scope.ts'
import { createChangeListeners } from './changes/change-listeners.ts'
import type { HttpDeps } from './deps.ts'
import { describeRoutes } from './openapi.ts'
import { answerProblems, sendProblem } from './problem/answer-problems.ts'
import { asHubError, problemOf, problemType } from './problem/problem.ts'
import { measureRequests } from './request-metrics.ts'
import { consoleRoutes, readConsole } from './routes/console.ts'
import { statusPageRoutes } from './routes/status-page.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { traceIdOf } from './trace.ts'

export interface HttpServer {
  /** For tests and the document; requests come over the socket. */
  readonly app: FastifyInstance
  /** @throws the system's error, such as EADDRINUSE. */
  readonly listen: (at: {
    readonly host: string
    readonly port: number
  }) => Promise<{ url: string }>
  /** From now on `/readyz` says no, and connections end with their next answer. */
  readonly beginDrain: () => void
  /** Takes no more, and waits for the requests under way. */
  readonly close: () => Promise<void>
}

/** Between the first byte of a request and its last: longer than a large body on a slow line takes. */
const requestTimeoutMs = 30_000
const headersTimeoutMs = 10_000
/** Above what proxies keep theirs open for, so that it is they who end idle connections. */
const keepAliveTimeoutMs = 65_000
const maxHeaderBytes = 16_384
const connectionCheckMs = 2_000

/** Puts the HTTP side of the hub together. It listens when it is told to. */
export async function createHttpServer(deps: HttpDeps): Promise<HttpServer> {
  const { log, config, pool, clock, metrics } = deps
  const usage = createUsage({ pool, log })
  const state = { isDraining: false }
  const authenticator = createAuthenticator({ pool, clock, config })
  const changeListeners = createChangeListeners({ watch: new ChangeWatch(deps), authenticator })
  const routeDeps = {
    ...deps,
    authenticator,
    changeListeners,
    usage,
    passwords: createPasswords(),
    oidc: createOidc(config),
    isDraining: () => state.isDraining,
  }
  const app = createApp(deps)
  endConnections(app, state)
  answerProblems(app, { log })
  if (config.metrics.enabled) measureRequests(app, metrics)
  await describeRoutes(app, deps.version)
  if (config.roles.includes('ingest')) {
    await app.register(async (scope) => webhookRoutes(scope, routeDeps))
  }
  await app.register(async (scope) => apiScope(scope, routeDeps))
  if (config.roles.includes('api')) {
    await app.register(async (scope) => statusPageRoutes(scope, routeDeps))
  }
  if (deps.consoleDir !== undefined && config.roles.includes('api')) {
    const files = await readConsole(deps.consoleDir)
    await app.register(async (scope) => consoleRoutes(scope, files))
  }
  await app.ready()

  return {
    app,
    async listen({ host, port }) {
      await app.listen({ host, port })
      return { url: urlOf(app) }
    },
    beginDrain() {
      state.isDraining = true
      // Whoever listens goes on listening to another process.
      changeListeners.close()
    },
    async close() {
      state.isDraining = true
      changeListeners.close()
      await app.close()
      await usage.stop()
    },
  }
}

function createApp({ config, log }: HttpDeps): FastifyInstance {
  return fastify({
    logger: false,
    bodyLimit: config.http.apiBodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    routerOptions: { maxParamLength: 400 },
    // Requests that come while it closes are served: they are under way already.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: connectionCheckMs,
      maxHeaderSize: maxHeaderBytes,
    },
    frameworkErrors: (error, request, reply) => {
      void sendProblem(asHubError(error), { request, reply, log })
    },
    clientErrorHandler: answerBrokenRequest,
  })
}

/** While it drains, an answer is the last on its connection: the next request goes to another process. */
function endConnections(app: FastifyInstance, state: { readonly isDraining: boolean }): void {
  // When it is sent, not when its request came: that may have been before.
  app.addHook('onSend', async (_request, reply) => {
    if (state.isDraining) reply.header('connection', 'close')
  })
}

const brokenRequests: Readonly<Record<string, HubError>> = {
  HPE_HEADER_OVERFLOW: new HubError('HEADERS_TOO_LARGE', 'The headers are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: new HubError('REQUEST_TIMEOUT', 'The request took too long to arrive.'),
}
const notHttp = new HubError('MALFORMED_REQUEST', 'This is not a well-formed HTTP request.')

/** What is no HTTP request that could be routed, answered on the bare socket. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = problemOf(brokenRequests[error.code ?? ''] ?? notHttp, traceIdOf({}))
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function urlOf({ server }: FastifyInstance): string {
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
