import fastify from 'fastify'
import { createRegistry } from '../connect/registry.ts'
import { nothingSet } from '../platform/config/load-config.ts'
import { configSchema } from '../platform/config/schema.ts'
import { createMetrics } from '../platform/metrics.ts'
import { apiScope } from './api-scope.ts'
import { describeRoutes, openapiDocument } from './openapi.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** The OpenAPI document without a hub: its routes are registered, and never called. */
export async function makeOpenapiDocument(version: string): Promise<Record<string, unknown>> {
  const deps = {
    version,
    config: configSchema.parse(nothingSet()),
    registry: createRegistry([]),
    metrics: createMetrics(),
    receiver: {},
  } as unknown as Parameters<typeof apiScope>[1]
  const app = fastify({ logger: false })
  await describeRoutes(app, version)
  await app.register(async (scope) => webhookRoutes(scope, deps))
  await app.register(async (scope) => apiScope(scope, deps))
  await app.ready()
  return openapiDocument(app)
}
