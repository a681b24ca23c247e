import { boundedText, instant } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { type AuditRecord, listAudit } from '../../store/audit-queries.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { auditEntry, auditEntryView } from '../schemas/audit.ts'
import { problems } from '../schemas/common.ts'
import type { App, RouteDeps } from './types.ts'

const place = z.tuple([instant, z.uuid(), z.int()])

function placeOf({ recordedAt, chainId, seq }: AuditRecord) {
  return [recordedAt.toISOString(), chainId, seq]
}

export function auditRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/audit',
    {
      config: { access: 'audit.read' },
      schema: {
        operationId: 'listAudit',
        tags: ['Audit'],
        summary: 'What was done to an object, or by somebody, the newest first.',
        description: 'What was said about a return is in its timeline, entry for entry.',
        querystring: z
          .strictObject({
            ...pageQuery,
            object: boundedText(300).optional().describe('Id of a connection, key, delivery, …'),
            actor: boundedText(300).optional().describe('As entries name it: `key:<id> <name>`.'),
          })
          .refine(({ object, actor }) => object !== undefined || actor !== undefined, {
            path: ['object'],
            message: 'name an object or an actor',
          }),
        response: { 200: pageOf(auditEntry), ...problems },
      },
    },
    async ({ query: { limit, cursor, object, actor } }, reply) => {
      const found = readCursor(cursor, place)
      const after = found && { recordedAt: new Date(found[0]), chainId: found[1], seq: found[2] }
      const rows = await listAudit(pool, { objectId: object, actor, after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, placeOf)
      return sendPage(reply, { data: items.map(auditEntryView), next })
    },
  )
}
