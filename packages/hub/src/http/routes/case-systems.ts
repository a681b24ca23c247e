import { connectionId } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { listCaseSystems } from '../../pipeline/case-systems.ts'
import { loadCase } from '../../pipeline/load-case.ts'
import { refreshSystem } from '../../pipeline/refresh-system.ts'
import { HubError } from '../../platform/errors.ts'
import { type Rate, RateLimiter } from '../access/rate-limit.ts'
import { caseSystem, caseSystemView, refreshed, refreshedView } from '../schemas/case-systems.ts'
import { problems, time } from '../schemas/common.ts'
import { idOrNo } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Returns']
/** Of each connection, over all returns and people: a system is not to be worn out by clicks. */
const refreshRate: Rate = { perSecond: 0.5, burst: 10 }

export function caseSystemRoutes(app: App, deps: RouteDeps): void {
  const { pool, clock } = deps
  app.get(
    '/api/v1/returns/:id/systems',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'listReturnSystems',
        tags,
        summary:
          'The same return in each system: its ids there, its last word, and where it differs from us.',
        params: idOrNo,
        response: {
          200: z.object({ data: z.array(caseSystem), asOf: time }),
          ...problems,
        },
      },
    },
    async ({ params }) => {
      const found = await loadCase(pool, params.id)
      if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
      const systems = await listCaseSystems(deps, found)
      return { data: systems.map(caseSystemView), asOf: clock.now().toISOString() }
    },
  )

  const limiter = new RateLimiter(clock)
  app.post(
    '/api/v1/returns/:id/systems/:connectionId/refresh',
    {
      config: { access: 'returns.refresh' },
      schema: {
        operationId: 'refreshReturnSystem',
        tags,
        summary:
          'Asks a system now what it knows of the return, in each way that its connector has.',
        params: idOrNo.extend({ connectionId }),
        response: { 202: refreshed, ...problems },
      },
    },
    async ({ params, caller }, reply) => {
      const { isAllowed, waitSeconds } = limiter.take(params.connectionId, refreshRate)
      if (!isAllowed) {
        throw new HubError('RATE_LIMITED', 'This system has been asked again too often.', {
          retryAfterSeconds: waitSeconds,
        })
      }
      const input = { idOrNo: params.id, connectionId: params.connectionId }
      const refreshDeps = { ...deps, receive: deps.receiver.receive }
      const steps = await refreshSystem(refreshDeps, input, caller)
      deps.wakeProcessor()
      return reply.code(202).send(refreshedView(steps, clock.now()))
    },
  )
}
