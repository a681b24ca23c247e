import { connectionId } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { listPolls, lookNow } from '../../pipeline/polls/poll-actions.ts'
import { problems } from '../schemas/common.ts'
import { poll, pollView } from '../schemas/polls.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Connections']

export function pollRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/connections/:id/polls',
    {
      config: { access: 'connections.read' },
      schema: {
        operationId: 'listPolls',
        tags,
        summary: 'What a connection is asked again and again, and how far that has come.',
        params: z.object({ id: connectionId }),
        response: { 200: z.object({ data: z.array(poll) }), ...problems },
      },
    },
    async ({ params }) => ({ data: (await listPolls(deps, params.id)).map(pollView) }),
  )

  app.post(
    '/api/v1/connections/:id/polls/:name/look',
    {
      config: { access: 'connections.manage' },
      schema: {
        operationId: 'lookNow',
        tags,
        summary: 'Makes a poll look within a second, also one that waits after a failure.',
        params: z.object({ id: connectionId, name: z.string().min(1).max(63) }),
        response: { 202: poll, ...problems },
      },
    },
    async ({ params: { id, name }, caller }, reply) => {
      const woken = await lookNow(deps, { connectionId: id, name }, caller)
      return reply.code(202).send(pollView(woken))
    },
  )
}
