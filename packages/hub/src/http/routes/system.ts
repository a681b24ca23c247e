import { z } from 'zod'
import { systemChecks } from '../../pipeline/system/judge-system.ts'
import { readSystem, type SystemStatus } from '../../pipeline/system/read-system.ts'
import { iso, isoOrNull, problems, text, textOrNull, time, timeOrNull } from '../schemas/common.ts'
import type { App, RouteDeps } from './types.ts'

const hubProcess = z.object({
  name: text,
  pid: z.int(),
  roles: z.array(text),
  startedAt: time,
  heartbeatAt: time,
  isSilent: z.boolean().describe('It has said nothing for ten seconds.'),
  memoryBytes: z.number().nullable(),
  loopDelayMs: z.number().nullable().describe('99 in 100 things waited no longer for their turn.'),
  clockAheadMs: z.number().nullable().describe('Of its clock, against the database’s.'),
  diskFreeBytes: z.number().nullable().describe('Where its data folder is.'),
  diskTotalBytes: z.number().nullable(),
})

export const system = z
  .object({
    at: time,
    version: text.describe('Of the process that answers.'),
    checks: z.array(
      z.object({
        name: z.enum(systemChecks),
        state: z.enum(['ok', 'warning', 'critical']),
        detail: text,
        figures: z
          .record(text, z.union([z.number(), z.string(), z.null()]))
          .describe('What the detail says, as figures.'),
        runbook: textOrNull.describe('A page of docs/runbooks, without `.md`.'),
      }),
    ),
    processes: z.array(hubProcess),
    database: z.object({
      version: text,
      isEmbedded: z.boolean(),
      sizeMb: z.int(),
      connections: z.int(),
      connectionsAtMost: z.int(),
      partitionDaysAhead: z.int(),
    }),
    migrations: z.object({ ran: z.int(), last: textOrNull, pending: z.array(text) }),
    queues: z.object({
      messages: z.int(),
      oldestMessageSeconds: z.number().nullable(),
      parked: z.int(),
      lateTimers: z.int(),
      lanes: z.array(
        z.object({
          connectionId: text,
          pending: z.int(),
          dead: z.int(),
          oldestDueSeconds: z.number().nullable(),
        }),
      ),
    }),
    audit: z.object({ chains: z.int(), lastAnchorAt: timeOrNull }),
    findings: z.array(z.object({ code: text, subject: text, message: text })),
  })
  .meta({ id: 'SystemStatus', description: 'How the hub itself does.' })

/** `GET /api/v1/system`: for those who look after the hub. */
export function systemRoute(app: App, deps: RouteDeps): void {
  app.get(
    '/api/v1/system',
    {
      config: { access: 'deliveries.read' },
      schema: {
        operationId: 'getSystem',
        tags: ['Operations'],
        summary: 'How the hub itself does: processes, database, queues, and what to look at.',
        response: { 200: system, ...problems },
      },
    },
    async () => systemView(await readSystem(deps), deps),
  )
}

function systemView(
  status: SystemStatus,
  { version, config }: Pick<RouteDeps, 'version' | 'config'>,
): z.infer<typeof system> {
  const { database, backlog, audit, findings, migrations } = status
  const { messages, parked, lateTimers, lanes } = backlog
  return {
    at: iso(status.at),
    version,
    checks: [...status.checks],
    processes: status.processes.map(({ startedAt, heartbeatAt, roles, ...one }) => ({
      ...one,
      roles: [...roles],
      startedAt: iso(startedAt),
      heartbeatAt: iso(heartbeatAt),
    })),
    database: {
      version: database.version,
      isEmbedded: config.database.url === undefined,
      sizeMb: database.sizeMb,
      connections: database.connections,
      connectionsAtMost: database.connectionsAtMost,
      partitionDaysAhead: database.daysAhead,
    },
    migrations: { ...migrations, pending: [...migrations.pending] },
    queues: {
      messages,
      parked,
      lateTimers,
      oldestMessageSeconds: status.oldestMessageSeconds,
      lanes: [...lanes],
    },
    audit: { chains: audit.chains, lastAnchorAt: isoOrNull(audit.lastAnchorAt) },
    findings: [...findings],
  }
}
