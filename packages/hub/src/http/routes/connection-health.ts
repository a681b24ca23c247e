import { connectionId } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { HubError } from '../../platform/errors.ts'
import { listAudit } from '../../store/audit-queries.ts'
import { listStandings } from '../../store/connection-standing.ts'
import { listTries } from '../../store/connection-tries.ts'
import { problems } from '../schemas/common.ts'
import {
  changeView,
  connectionHealth,
  connectionHealthDetail,
  connectionHealthView,
} from '../schemas/connection-health.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Connections']
const config = { access: 'connections.read' } as const
const changesAtMost = 50

/** How connections do: all of them, and one with what was done to it. */
export function connectionHealthRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/connection-health',
    {
      config,
      schema: {
        operationId: 'listConnectionHealth',
        tags,
        summary: 'How connections do, by id.',
        response: { 200: z.object({ data: z.array(connectionHealth) }), ...problems },
      },
    },
    async () => ({ data: await listHealth(deps) }),
  )

  app.get(
    '/api/v1/connections/:id/health',
    {
      config,
      schema: {
        operationId: 'getConnectionHealth',
        tags,
        summary: 'How a connection does, and what was done to it.',
        params: z.object({ id: connectionId }),
        response: { 200: connectionHealthDetail, ...problems },
      },
    },
    async ({ params: { id } }) => {
      const [health] = await listHealth(deps, id)
      if (health === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
      const entries = await listAudit(deps.pool, { objectId: id, limit: changesAtMost })
      const changes = entries.filter(({ objectType }) => objectType === 'connection')
      return { health, changes: changes.map(changeView) }
    },
  )
}

/** One that was made a moment ago, and that this process has not read yet, is left out. */
export async function listHealth(
  { pool, connections, clock }: Pick<RouteDeps, 'pool' | 'connections' | 'clock'>,
  only?: string,
): Promise<z.infer<typeof connectionHealth>[]> {
  const [standings, tries] = await Promise.all([listStandings(pool, only), listTries(pool, only)])
  const now = clock.now()
  return standings.flatMap((standing) => {
    const connection = connections.get(standing.connectionId)
    if (connection === undefined) return []
    const own = tries.filter(({ connectionId: of }) => of === standing.connectionId)
    return [connectionHealthView({ connection, standing, tries: own, now })]
  })
}
