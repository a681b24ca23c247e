import { type Headline, headlines } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { queuesOf } from '../../pipeline/person-actions.ts'
import { countExceptions, countHeadlines, countOthers, sumHeldMoney } from '../../store/overview.ts'
import type { Caller } from '../access/caller.ts'
import { mayDo } from '../access/rights.ts'
import { iso, problems } from '../schemas/common.ts'
import {
  exceptionCountsView,
  headlineCountsView,
  heldMoneyView,
  otherCountsView,
  overview,
  parkedWordsView,
} from '../schemas/overview.ts'
import { listHealth } from './connection-health.ts'
import type { App, RouteDeps } from './types.ts'

const soonMs = 4 * 3_600_000
const dayMs = 86_400_000

/** Returns that have come to their end are not counted: there are ever more of them. */
const ended: ReadonlySet<Headline> = new Set(['closed', 'canceled', 'rejected', 'expired'])
const going = headlines.filter((headline) => !ended.has(headline))

/** `GET /api/v1/overview`: what waits for whoever asks, in numbers that lead to lists. */
export function overviewRoute(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/overview',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'getOverview',
        tags: ['Operations'],
        summary:
          'What waits: for the caller, for their queues, and for those who keep things running.',
        querystring: z.strictObject({
          today: z.iso
            .datetime({ offset: true })
            .optional()
            .describe('When the caller’s day began; that of UTC when left out.'),
        }),
        response: { 200: overview, ...problems },
      },
    },
    ({ caller, query }) => {
      const now = deps.clock.now()
      const today = query.today === undefined ? dayOf(now) : new Date(query.today)
      return readOverview(deps, caller, { now, today, soon: new Date(now.getTime() + soonMs) })
    },
  )
}

function dayOf(now: Date): Date {
  return new Date(now.getTime() - (now.getTime() % dayMs))
}

interface Times {
  readonly now: Date
  readonly today: Date
  readonly soon: Date
}

async function readOverview(
  deps: RouteDeps,
  caller: Caller,
  times: Times,
): Promise<z.infer<typeof overview>> {
  const { pool } = deps
  const may = (right: Parameters<typeof mayDo>[1]): boolean => mayDo(caller.role, right)
  const about = { owner: ownerNameOf(caller), queues: queuesOf(caller.role), ...times }
  const seesExceptions = may('exceptions.read')
  const [exceptions, others, held, counts, connections] = await Promise.all([
    seesExceptions || may('vocabularies.read') ? countExceptions(pool, about) : null,
    countOthers(pool, times.soon),
    sumHeldMoney(pool),
    countHeadlines(pool, going),
    may('connections.read') ? countConnections(deps) : null,
  ])
  const { deadLetters, parkedMessages } = otherCountsView(others)
  return {
    at: iso(times.now),
    ...(exceptions !== null && seesExceptions ? exceptionCountsView(exceptions, about) : unseen),
    parkedWords:
      exceptions !== null && may('vocabularies.read')
        ? parkedWordsView(exceptions.parkedWords)
        : null,
    timersDue: others.timersDue,
    deadLetters: may('deliveries.read') ? deadLetters : null,
    parkedMessages: may('messages.read') ? parkedMessages : null,
    refundsBlocked: heldMoneyView(held),
    connections,
    headlines: headlineCountsView(counts),
  }
}

const unseen = { mine: null, queues: null, overdue: null, dueSoon: null, openedToday: null }

/** By which name exceptions are given to whoever asks. */
function ownerNameOf({ session, actor }: Caller): string {
  return session?.email ?? actor
}

async function countConnections(deps: RouteDeps) {
  const all = await listHealth(deps)
  const number = (state: (typeof all)[number]['state']): number =>
    all.filter((one) => one.state === state).length
  return {
    list: '/api/v1/connection-health',
    down: number('down'),
    broken: number('broken'),
    degraded: number('degraded'),
    authExpiring: number('auth_expiring'),
    paused: number('paused'),
    healthy: number('healthy'),
  }
}
