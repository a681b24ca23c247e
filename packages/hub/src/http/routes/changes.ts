import { z } from 'zod'
import { changes } from '../changes/changes-view.ts'
import { problems } from '../schemas/common.ts'
import type { App, RouteDeps } from './types.ts'

const longestPosition = 2_000

const description = `Server-sent events, at most one a second and only when there is something to say:
\`ready\` at first, with the place to go on from; \`changes\`, whose data is the schema \`Changes\`; \`reset\` when it cannot
be said what has changed, so that everything has to be read anew; \`beat\` every 15 seconds as long as the hub can tell: a client that hears nothing for 40 seconds should not rely on what it shows. A stream ends with the key or
session it was opened with, and when the process ends.`

/** `GET /api/v1/changes`: tells clients what has changed, so that they read only that anew. */
export function changeRoutes(app: App, { changeListeners }: RouteDeps): void {
  app.get(
    '/api/v1/changes',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'watchChanges',
        tags: ['Changes'],
        summary: 'Tells what has changed, as it changes.',
        description,
        querystring: z.strictObject({
          after: z
            .string()
            .max(longestPosition)
            .optional()
            .describe('The last id that was heard, where no header can be sent.'),
        }),
        headers: z.looseObject({
          'last-event-id': z
            .string()
            .max(longestPosition)
            .optional()
            .describe('The last id that was heard: what has changed since is told first.'),
        }),
        response: {
          200: {
            description: 'Messages, until one of both ends it.',
            content: { 'text/event-stream': { schema: changes } },
          },
          ...problems,
        },
      },
    },
    async ({ caller, headers, query }, reply) => {
      const after = headers['last-event-id'] ?? query.after
      const body = await changeListeners.listen(caller, { headers, after })
      return reply
        .type('text/event-stream; charset=utf-8')
        .header('x-accel-buffering', 'no')
        .send(body as never)
    },
  )
}
