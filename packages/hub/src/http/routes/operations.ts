import { exceptionQueues } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { queuesOf } from '../../pipeline/person-actions.ts'
import { errorCodes, HubError } from '../../platform/errors.ts'
import { readBacklog } from '../../store/health-queries.ts'
import { pendingMigrations } from '../../store/migrate.ts'
import { actions, rightsOf } from '../access/rights.ts'
import { codeOfPath, problemPath } from '../problem/problem.ts'
import { problems, role } from '../schemas/common.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Operations']
const open = { access: 'public' } as const

export function operationRoutes(app: App, deps: RouteDeps): void {
  healthRoutes(app, deps)
  statusRoutes(app, deps)
  selfRoute(app)

  app.get(
    '/version',
    {
      config: open,
      schema: {
        operationId: 'getVersion',
        tags,
        summary: 'The version of the hub.',
        response: { 200: z.object({ version: z.string() }) },
      },
    },
    () => ({ version: deps.version }),
  )

  app.get(
    '/problems/:code',
    {
      config: open,
      schema: {
        operationId: 'explainProblem',
        tags,
        summary: 'What a problem type means.',
        params: z.object({ code: z.string().max(64) }),
        response: {
          200: z.object({
            type: z.string(),
            code: z.string(),
            title: z.string(),
            status: z.int(),
            retryable: z.boolean(),
          }),
          ...problems,
        },
      },
    },
    ({ params }) => {
      const code = codeOfPath(`/problems/${params.code}`)
      if (code === undefined) throw new HubError('NOT_FOUND', 'There is no such problem type.')
      return { type: problemPath(code), code, ...errorCodes[code] }
    },
  )
}

function selfRoute(app: App): void {
  app.get(
    '/api/v1/me',
    {
      config: { access: 'self.read' },
      schema: {
        operationId: 'getSelf',
        tags,
        summary: 'Who asks, and what they may do.',
        response: {
          200: z.object({
            keyId: z.string().nullable().describe('Null for somebody who is signed in.'),
            actor: z.string(),
            role,
            connectionId: z.string().nullable(),
            rights: z.array(z.enum(actions as [string, ...string[]])),
            queues: z.array(z.enum(exceptionQueues)),
          }),
          ...problems,
        },
      },
    },
    ({ caller: { session: _session, ...caller } }) => ({
      ...caller,
      rights: rightsOf(caller.role),
      queues: [...queuesOf(caller.role)],
    }),
  )
}

const readiness = z.object({
  status: z.enum(['ready', 'not_ready']),
  checks: z
    .object({
      draining: z.boolean(),
      database: z.enum(['reachable', 'not_writable', 'unreachable']),
      migrations: z.enum(['done', 'pending', 'unknown']),
    })
    .optional(),
})

function healthRoutes(app: App, deps: RouteDeps): void {
  const checkReadiness = createReadinessCheck(deps)
  app.get(
    '/livez',
    {
      config: open,
      schema: {
        operationId: 'getLiveness',
        tags,
        summary: 'Whether the process runs.',
        response: { 200: z.object({ status: z.literal('alive') }) },
      },
    },
    (): { status: 'alive' } => ({ status: 'alive' }),
  )

  app.get(
    '/readyz',
    {
      config: open,
      schema: {
        operationId: 'getReadiness',
        tags,
        summary:
          'Whether it can take work: its database answers, takes what is written, is migrated, and it is not ending.',
        querystring: z.object({ verbose: z.string().optional().describe('Says why.') }),
        response: { 200: readiness, 503: readiness },
      },
    },
    async ({ query }, reply) => {
      const checks = await checkReadiness()
      const { draining, database, migrations } = checks
      const isReady = !draining && database === 'reachable' && migrations === 'done'
      if (!isReady) reply.code(503).header('retry-after', '5')
      return {
        status: isReady ? ('ready' as const) : ('not_ready' as const),
        ...(query.verbose === undefined ? {} : { checks }),
      }
    },
  )
}

/** Longer than a reachable database takes, and shorter than a prober waits. */
const probeMs = 2_000

function createReadinessCheck({ pool, isDraining, canWrite }: RouteDeps) {
  // Migrations only go forward: once done they stay so, and only the database is asked.
  let isMigrated = false

  async function askDatabase(): Promise<void> {
    if (isMigrated) await pool.query('select 1')
    else isMigrated = (await pendingMigrations(pool)).length === 0
  }

  return async () => {
    const draining = isDraining()
    try {
      await within(askDatabase(), probeMs)
      const migrations = isMigrated ? ('done' as const) : ('pending' as const)
      const database = canWrite() ? ('reachable' as const) : ('not_writable' as const)
      return { draining, database, migrations }
    } catch {
      return { draining, database: 'unreachable' as const, migrations: 'unknown' as const }
    }
  }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new HubError('DATABASE_UNAVAILABLE', 'It took too long.')), ms)
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}

function statusRoutes(app: App, { pool, connections, metrics }: RouteDeps): void {
  app.get(
    '/api/v1/status',
    {
      config: { access: 'deliveries.read' },
      schema: {
        operationId: 'getStatus',
        tags,
        summary: 'What waits, for each connection too, and what is set up wrongly.',
        response: {
          200: z.object({
            messages: z.int(),
            parked: z.int(),
            openExceptions: z.int(),
            lateTimers: z.int(),
            lanes: z.array(
              z.object({
                connectionId: z.string(),
                pending: z.int(),
                dead: z.int(),
                oldestDueSeconds: z.number().nullable(),
              }),
            ),
            findings: z.array(
              z.object({ code: z.string(), subject: z.string(), message: z.string() }),
            ),
          }),
          ...problems,
        },
      },
    },
    async () => {
      const { lanes, ...totals } = await readBacklog(pool)
      return { ...totals, lanes: [...lanes], findings: [...connections.diagnose()] }
    },
  )

  app.get(
    '/metrics',
    {
      config: { access: 'metrics.read' },
      schema: {
        operationId: 'getMetrics',
        tags,
        summary: 'Figures in the Prometheus text format.',
        response: {
          200: {
            description: 'Prometheus text format.',
            content: { 'text/plain': { schema: z.string() } },
          },
          ...problems,
        },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}
