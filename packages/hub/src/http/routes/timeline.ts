import { boundedText, eventTypes } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { HubError } from '../../platform/errors.ts'
import { type CaseRecord, findCase } from '../../store/case-queries.ts'
import type { Pool } from '../../store/database.ts'
import { listAttempts, listDeliveriesOfEvents } from '../../store/delivery-queries.ts'
import {
  listOrigins,
  listTimeline,
  type TimelineEvent,
  type TimelineFilter,
} from '../../store/timeline.ts'
import type { Caller } from '../access/caller.ts'
import { seesCustomer } from '../access/personal-data.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { described, problems } from '../schemas/common.ts'
import { timelineEvent, timelineEventView } from '../schemas/timeline.ts'
import { idOrNo } from './returns.ts'
import type { App, RouteDeps } from './types.ts'

const eventPlace = z.tuple([z.int().min(0).max(2_147_483_647)])
const tags = ['Returns']

/** The first words of event types. */
const kinds = [...new Set(eventTypes.map((type) => type.split('.', 1)[0] ?? ''))]

/** One or several, as `?source=a&source=b`. */
const several = <Item extends z.ZodType>(item: Item) =>
  z.preprocess(
    (given) => (given === undefined || Array.isArray(given) ? given : [given]),
    z.array(item).min(1).max(50).optional(),
  )

const filterQuery = {
  source: several(boundedText(64)).describe('Only what these said: connections, `api`, `timer`.'),
  kind: several(z.enum(kinds as [string, ...string[]])).describe('Only these kinds of events.'),
  failed: z
    .enum(['true', 'false'])
    .optional()
    .describe('Only what was refused, raised an exception, or set off a delivery that died.'),
}

function filterOf(query: {
  readonly source?: readonly string[] | undefined
  readonly kind?: readonly string[] | undefined
  readonly failed?: 'true' | 'false' | undefined
}): TimelineFilter {
  return { sources: query.source, kinds: query.kind, failed: query.failed === 'true' }
}

export function timelineRoutes(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/returns/:id/timeline',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'getTimeline',
        tags,
        summary: 'What happened to a return, with what each step set off.',
        params: idOrNo,
        querystring: z.strictObject({
          ...pageQuery,
          ...filterQuery,
          order: z.enum(['asc', 'desc']).default('desc').describe('By arrival.'),
        }),
        response: { 200: pageOf(timelineEvent), ...problems },
      },
    },
    async ({ params, query, caller }, reply) => {
      const found = await getCase(pool, params.id)
      const { limit, cursor, order, ...filter } = query
      const [from] = readCursor(cursor, eventPlace) ?? []
      const page = { ...found, ...filterOf(filter), order, from, limit: limit + 1 }
      const rows = await listTimeline(pool, page)
      const { items, next } = cutPage(rows, limit, ({ seq }) => [seq])
      const data = await wholeEvents(pool, { caseId: found.caseId, events: items, caller })
      return sendPage(reply, { data, next })
    },
  )
  downloadRoute(app, pool)
}

/** Events of a download at most; a return has some dozens. */
const mostDownloaded = 10_000
const downloadedAtOnce = 500

function downloadRoute(app: App, pool: Pool): void {
  app.get(
    '/api/v1/returns/:id/timeline/download',
    {
      config: { access: 'returns.read' },
      schema: {
        operationId: 'downloadTimeline',
        tags,
        summary: 'All that happened to a return, the oldest first, as a file.',
        params: idOrNo,
        response: {
          200: described(
            z.object({
              caseNo: z.string(),
              returnId: z.uuid(),
              isWhole: z.boolean().describe(`False beyond ${mostDownloaded} events.`),
              events: z.array(timelineEvent),
            }),
            'An attachment.',
          ),
          ...problems,
        },
      },
    },
    async ({ params, caller }, reply) => {
      const found = await getCase(pool, params.id)
      const { caseId, caseNo } = found
      const events: Awaited<ReturnType<typeof wholeEvents>> = []
      let from = 0
      for (;;) {
        const page = { ...found, order: 'asc', from, limit: downloadedAtOnce } as const
        const rows = await listTimeline(pool, page)
        events.push(...(await wholeEvents(pool, { caseId, events: rows, caller })))
        from = rows.at(-1)?.seq ?? from
        if (rows.length < downloadedAtOnce || events.length >= mostDownloaded) break
      }
      reply.header('content-disposition', `attachment; filename="${caseNo}-timeline.json"`)
      return { caseNo, returnId: caseId, isWhole: events.length < mostDownloaded, events }
    },
  )
}

async function getCase(pool: Pool, id: string): Promise<CaseRecord> {
  const found = await findCase(pool, id)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  return found
}

/** Deliveries that one page of a timeline shows at most. */
const shownDeliveries = 2_000

async function wholeEvents(
  pool: Pool,
  { caseId, events, caller }: { caseId: string; events: readonly TimelineEvent[]; caller: Caller },
) {
  const [first] = events
  if (first === undefined) return []
  const seqs = events.map(({ seq }) => seq)
  const [deliveries, origins] = await Promise.all([
    listDeliveriesOfEvents(pool, {
      caseId,
      fromSeq: Math.min(...seqs),
      toSeq: Math.max(...seqs),
      since: new Date(Math.min(...events.map(({ recordedAt }) => recordedAt.getTime()))),
      limit: shownDeliveries,
    }),
    listOrigins(pool, events),
  ])
  const deliveryNos = deliveries.map(({ deliveryNo }) => deliveryNo)
  const attempts = await listAttempts(pool, { caseId, deliveryNos })
  const showsCustomer = seesCustomer(caller)
  return events.map((event) =>
    timelineEventView(event, {
      deliveries: deliveries.filter(({ caseVersion }) => caseVersion === event.seq),
      attempts,
      origin: origins.get(event.messageId) ?? null,
      showsCustomer,
    }),
  )
}
