import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { guardRoutes } from './access/guard.ts'
import type { Usage } from './access/usage.ts'
import { readJsonBodies, refuseCompressed } from './body/parsers.ts'
import { validateByZod } from './body/validate.ts'
import { openapiDocument } from './openapi.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { auditRoutes } from './routes/audit.ts'
import { bulkOperationRoutes } from './routes/bulk-operations.ts'
import { caseActionRoutes } from './routes/case-actions.ts'
import { caseSystemRoutes } from './routes/case-systems.ts'
import { changeRoutes } from './routes/changes.ts'
import { connectionHealthRoutes } from './routes/connection-health.ts'
import { connectionRoutes } from './routes/connections.ts'
import { connectorRoutes } from './routes/connectors.ts'
import { decisionRoutes } from './routes/decisions.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { documentRoutes } from './routes/documents.ts'
import { dryRunRoute } from './routes/dry-run.ts'
import { eligibilityRoute } from './routes/eligibility.ts'
import { eventRoutes } from './routes/events.ts'
import { exceptionRoutes } from './routes/exceptions.ts'
import { fileRoutes } from './routes/files.ts'
import { mappingTrialRoute } from './routes/mapping-trial.ts'
import { masterDataRoutes } from './routes/master-data.ts'
import { messageRoutes } from './routes/messages.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { oauthCallbackRoute } from './routes/oauth-callback.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { operationRoutes } from './routes/operations.ts'
import { overviewRoute } from './routes/overview.ts'
import { pollRoutes } from './routes/polls.ts'
import { productRoutes } from './routes/products.ts'
import { returnRoutes } from './routes/returns.ts'
import { routingRoutes } from './routes/routing.ts'
import { savedViewRoutes } from './routes/saved-views.ts'
import { sessionRoutes } from './routes/session.ts'
import { statusLinkRoutes } from './routes/status-links.ts'
import { systemRoute } from './routes/system.ts'
import { timelineRoutes } from './routes/timeline.ts'
import type { App, RouteDeps } from './routes/types.ts'
import { userRoutes } from './routes/users.ts'
import { vocabularyRoutes } from './routes/vocabularies.ts'
import { answeredTraceparent, requestIdOf, traceIdOf } from './trace.ts'

/** On every answer of the API: it is data, for its caller alone, and no page. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** The API: JSON in and out, by zod schemas, each route for those who may use it. */
export function apiScope(app: FastifyInstance, deps: RouteDeps & { readonly usage: Usage }): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  api.setValidatorCompiler(validateByZod)
  // What is answered is made by a function for each kind, field by field: checking it again costs more than making it.
  api.setSerializerCompiler(() => JSON.stringify)
  readJsonBodies(api)
  api.addHook('onRequest', (request, reply, done) => {
    reply
      .headers(headers)
      .header('x-request-id', requestIdOf(request.headers))
      .header('traceparent', answeredTraceparent(traceIdOf(request.headers)))
    refuseCompressed(request)
    done()
  })
  guardRoutes(api, deps)

  operationRoutes(api, deps)
  api.get('/openapi.json', { config: { access: 'public' }, schema: { hide: true } }, () =>
    openapiDocument(app),
  )
  // A process without the role is asked for its health, and for nothing else.
  if (deps.config.roles.includes('api')) resourceRoutes(api, deps)
}

function resourceRoutes(api: App, deps: RouteDeps): void {
  returnRoutes(api, deps)
  timelineRoutes(api, deps)
  caseSystemRoutes(api, deps)
  caseActionRoutes(api, deps)
  statusLinkRoutes(api, deps)
  decisionRoutes(api, deps)
  eligibilityRoute(api, deps)
  eventRoutes(api, deps)
  messageRoutes(api, deps)
  deliveryRoutes(api, deps)
  exceptionRoutes(api, deps)
  overviewRoute(api, deps)
  systemRoute(api, deps)
  changeRoutes(api, deps)
  fileRoutes(api, deps)
  connectionRoutes(api, deps)
  connectionHealthRoutes(api, deps)
  oauthCallbackRoute(api, deps)
  pollRoutes(api, deps)
  connectorRoutes(api, deps)
  routingRoutes(api, deps)
  documentRoutes(api, deps)
  dryRunRoute(api, deps)
  mappingTrialRoute(api, deps)
  bulkOperationRoutes(api, deps)
  notificationRoutes(api, deps)
  vocabularyRoutes(api, deps)
  masterDataRoutes(api, deps)
  productRoutes(api, deps)
  sessionRoutes(api, deps)
  savedViewRoutes(api, deps)
  if (deps.oidc !== null) oidcRoutes(api, { ...deps, oidc: deps.oidc })
  userRoutes(api, deps)
  apiKeyRoutes(api, deps)
  auditRoutes(api, deps)
}
