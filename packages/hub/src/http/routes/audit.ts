import { Readable } from 'node:stream'
import { boundedText, instant } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { auditFindingKinds } from '../../pipeline/audit/finding.ts'
import { keptSince } from '../../pipeline/audit/kept-since.ts'
import { type AuditReport, verifyAudit } from '../../pipeline/verify-audit.ts'
import { HubError } from '../../platform/errors.ts'
import { type AuditFilter, type AuditRecord, listAudit } from '../../store/audit-queries.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { auditEntry, auditEntryView } from '../schemas/audit.ts'
import { moment, problems, text } from '../schemas/common.ts'
import { auditRows } from './audit-csv.ts'
import type { App, RouteDeps } from './types.ts'

const place = z.tuple([instant, z.uuid(), z.int()])
const tags = ['Audit']
const access = 'audit.read'

const filter = {
  object: boundedText(300).optional().describe('Id of a connection, key, delivery, return, …'),
  type: boundedText(100).optional().describe('Kind of object, such as `connection`.'),
  actor: boundedText(300).optional().describe('As entries name it: `key:<id> <name>`.'),
  action: boundedText(100).optional().describe('What was done, or how that begins: `user.`.'),
  from: moment.optional().describe('Done then, or later.'),
  to: moment.optional().describe('Done before.'),
}

function placeOf({ recordedAt, chainId, seq }: AuditRecord) {
  return [recordedAt.toISOString(), chainId, seq]
}

function filterOf(query: {
  readonly object?: string | undefined
  readonly type?: string | undefined
  readonly actor?: string | undefined
  readonly action?: string | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
}): AuditFilter {
  const { object, type, actor, action, from, to } = query
  return { objectId: object, objectType: type, actor, action, from, to }
}

export function auditRoutes(app: App, deps: RouteDeps): void {
  const { pool } = deps
  app.get(
    '/api/v1/audit',
    {
      config: { access },
      schema: {
        operationId: 'listAudit',
        tags,
        summary: 'What was done, the newest first: all of it, to an object, or by somebody.',
        description: 'What was said about a return is in its timeline, entry for entry.',
        querystring: z.strictObject({ ...pageQuery, ...filter }),
        response: { 200: pageOf(auditEntry), ...problems },
      },
    },
    async ({ query }, reply) => {
      const { limit, cursor } = query
      const found = readCursor(cursor, place)
      const after = found && { recordedAt: new Date(found[0]), chainId: found[1], seq: found[2] }
      const rows = await listAudit(pool, { ...filterOf(query), after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, placeOf)
      return sendPage(reply, { data: items.map(auditEntryView), next })
    },
  )

  app.get(
    '/api/v1/audit.csv',
    {
      config: { access },
      schema: {
        operationId: 'exportAudit',
        tags,
        summary: 'The same as a table, with a line on top that says what was asked for.',
        querystring: z.strictObject(filter),
        response: {
          200: {
            description: 'Comma-separated values in UTF-8, with a line of names.',
            content: { 'text/csv': { schema: text } },
          },
          ...problems,
        },
      },
    },
    async ({ query, caller }, reply) => {
      const at = deps.clock.now()
      const rows = auditRows({ pool, filter: filterOf(query), at, by: caller.actor })
      const day = at.toISOString().slice(0, 10)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="audit-${day}.csv"`)
        .send(Readable.from(rows) as unknown as string)
    },
  )
  verificationRoute(app, deps)
}

const mostFindings = 100

function verificationRoute(app: App, { pool, clock, config, auditSealKeys }: RouteDeps): void {
  let running: Promise<unknown> | null = null

  async function verify() {
    const findings: { kind: keyof typeof auditFindingKinds; detail: string }[] = []
    const report: AuditReport = await verifyAudit(pool, {
      sealKeys: auditSealKeys,
      keptSince: keptSince(config.retention.caseEventDays, clock.now()),
      report: ({ kind, detail }) => {
        if (findings.length < mostFindings) findings.push({ kind, detail })
      },
    })
    const { findings: found, ...counts } = report
    return { isWhole: found === 0, found, counts, findings }
  }

  app.post(
    '/api/v1/audit/verification',
    {
      config: { access },
      schema: {
        operationId: 'verifyAudit',
        tags,
        summary: 'Verifies the audit log, and the histories that it vouches for.',
        description:
          'Reads all of it, while the hub goes on working, and answers at its end. `backhaul audit verify` does the same, and shows how far it is. One at a time.',
        response: {
          200: z.object({
            isWhole: z.boolean(),
            found: z.int(),
            counts: z.object({
              chains: z.int(),
              entries: z.int(),
              events: z.int(),
              anchors: z.int(),
            }),
            findings: z.array(
              z.object({
                kind: z.enum(Object.keys(auditFindingKinds) as [string, ...string[]]),
                detail: text,
              }),
            ),
          }),
          ...problems,
        },
      },
    },
    async () => {
      if (running !== null) throw new HubError('CONFLICT', 'The log is being verified already.')
      const verification = verify()
      running = verification
      try {
        return await verification
      } finally {
        running = null
      }
    },
  )
}
