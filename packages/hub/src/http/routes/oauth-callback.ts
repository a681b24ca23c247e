import { z } from 'zod'
import { callbackPath, finishAuthorization } from '../../pipeline/authorize-connection.ts'
import { HubError } from '../../platform/errors.ts'
import { problems } from '../schemas/common.ts'
import type { App, RouteDeps } from './types.ts'

/** What systems send is theirs: only sizes are checked, and what is known is read from the query. */
const query = z.record(z.string(), z.union([z.string().max(8_000), z.array(z.string())]))

/**
 * `GET /oauth/callback`: where a system sends a person back to who has agreed to a connection. It is public, since
 * the browser has no key of ours; its state, 256 random bits that serve once within ten minutes, is what it goes by.
 */
export function oauthCallbackRoute(app: App, deps: RouteDeps): void {
  app.get(
    callbackPath,
    {
      config: { access: 'public' },
      schema: {
        operationId: 'finishAuthorization',
        tags: ['Connections'],
        summary: 'Ends the authorization of a connection by a person.',
        description:
          'A browser is sent here by the system that was asked (RFC 6749, section 4.1.2). It is answered with a sentence for the person.',
        querystring: query,
        response: { 200: z.string().describe('A sentence for the person.'), ...problems },
      },
    },
    async (request, reply) => {
      const given = new URLSearchParams(request.raw.url?.split('?', 2)[1] ?? '')
      const text = await finishAuthorization(deps, given).then(
        (id) => `Backhaul may speak for ${id} from now on. You can close this page.`,
        (error: unknown) => {
          if (!(error instanceof HubError) || error.code !== 'CONFLICT') throw error
          reply.code(409)
          return error.message
        },
      )
      return reply
        .type('text/plain; charset=utf-8')
        .serializer((said: unknown) => String(said))
        .send(text)
    },
  )
}
