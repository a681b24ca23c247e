import { boundedText, connectionId } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { createApiKey, defaultKeyDays, maxKeyDays, revokeApiKey } from '../../pipeline/api-keys.ts'
import { listApiKeys } from '../../store/api-keys.ts'
import { pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { apiKey, apiKeyView } from '../schemas/api-keys.ts'
import { problems, role } from '../schemas/common.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['API keys']
const place = z.tuple([boundedText(64)])

export function apiKeyRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/api-keys',
    {
      config: { access: 'api_keys.read' },
      schema: {
        operationId: 'listApiKeys',
        tags,
        summary: 'API keys, those that ended too; never their secrets.',
        querystring: z.strictObject(pageQuery),
        response: { 200: pageOf(apiKey), ...problems },
      },
    },
    async ({ query: { limit, cursor } }, reply) => {
      const [after] = readCursor(cursor, place) ?? []
      const { items, next } = await listApiKeys(deps.pool, { after, limit })
      return sendPage(reply, { data: items.map(apiKeyView), next: next === null ? null : [next] })
    },
  )

  app.post(
    '/api/v1/api-keys',
    {
      config: { access: 'api_keys.manage' },
      schema: {
        operationId: 'createApiKey',
        tags,
        summary: 'Makes an API key. The credential is in the answer, this once.',
        body: z.strictObject({
          name: boundedText(100),
          role,
          connectionId: connectionId
            .optional()
            .describe('Speaks for this connection only; for the role machine.'),
          expiresInDays: z.int().min(1).max(maxKeyDays).default(defaultKeyDays),
        }),
        response: { 201: z.object({ apiKey, key: z.string() }), ...problems },
      },
    },
    async ({ body, caller }, reply) => {
      const made = await createApiKey(deps, body, caller)
      return reply.code(201).send({ apiKey: apiKeyView(made.apiKey), key: made.key })
    },
  )

  app.delete(
    '/api/v1/api-keys/:id',
    {
      config: { access: 'api_keys.manage' },
      schema: {
        operationId: 'revokeApiKey',
        tags,
        summary: 'Ends an API key: here at once, in other processes within 5 seconds.',
        params: z.object({ id: boundedText(64) }),
        response: { 200: apiKey, ...problems },
      },
    },
    async ({ params, caller }) => {
      const revoked = await revokeApiKey(deps, { keyId: params.id }, caller)
      deps.authenticator.forget(params.id)
      return apiKeyView(revoked)
    },
  )
}
