import { Readable } from 'node:stream'
import { z } from 'zod'
import {
  type CasePlace,
  type CaseSort,
  countCases,
  listCases,
  placeOfCase,
} from '../../store/case-list.ts'
import { seesCustomer } from '../access/personal-data.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { returnFilterOf } from '../return-filter.ts'
import { problems } from '../schemas/common.ts'
import { returnFilter, returnSort, stageTabs } from '../schemas/return-list.ts'
import { returnSummary, returnSummaryView } from '../schemas/returns.ts'
import { returnRows } from './return-csv.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Returns']
const config = { access: 'returns.read' } as const
const time = z.iso.datetime().or(z.literal(''))
/** The sort that made it, and the keys of its last row. */
const place = z.tuple([z.string(), z.int().min(0), time, time])

/** Lists of returns: a page, how many stand under each step, and all of them as a table. */
export function returnListRoutes(app: App, deps: RouteDeps): void {
  const { pool, clock } = deps
  listRoute(app, deps)
  csvRoute(app, deps)

  app.get(
    '/api/v1/returns/counts',
    {
      config,
      schema: {
        operationId: 'countReturns',
        tags,
        summary: 'How many returns stand under each step, of those that fit.',
        querystring: z.strictObject(filterWithoutStage),
        response: {
          200: z.object({
            stages: z.array(z.object({ stage: z.enum(stageTabs), count: z.int() })),
            upTo: z.int().describe('No count goes further.'),
          }),
          ...problems,
        },
      },
    },
    async ({ query }) => {
      const filter = await returnFilterOf(pool, query, clock.now())
      const counts = await countCases(pool, { ...filter, stages: stageTabs, atMost: countLimit })
      const stages = stageTabs.map((stage) => ({ stage, count: counts[stage] ?? 0 }))
      return { stages, upTo: countLimit }
    },
  )
}

const { stage: _stage, ...filterWithoutStage } = returnFilter
const countLimit = 10_000

function listRoute(app: App, { pool, clock }: RouteDeps): void {
  app.get(
    '/api/v1/returns',
    {
      config,
      schema: {
        operationId: 'listReturns',
        tags,
        summary: 'Returns, the newest first unless another order is asked for.',
        querystring: z.strictObject({ ...pageQuery, sort: returnSort, ...returnFilter }),
        response: { 200: pageOf(returnSummary), ...problems },
      },
    },
    async ({ query, caller }, reply) => {
      const { limit, cursor, sort, ...given } = query
      const after = readPlace(cursor, sort)
      const filter = await returnFilterOf(pool, given, clock.now())
      const rows = await listCases(pool, { ...filter, sort, after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, (row) => cursorOf(placeOfCase(row, sort), sort))
      const viewer = { showsCustomer: seesCustomer(caller), now: clock.now() }
      return sendPage(reply, { data: items.map((row) => returnSummaryView(row, viewer)), next })
    },
  )
}

function csvRoute(app: App, { pool, clock }: RouteDeps): void {
  app.get(
    '/api/v1/returns.csv',
    {
      config,
      schema: {
        operationId: 'exportReturns',
        tags,
        summary: 'Returns that fit, all of them, as a table.',
        description:
          'Comma-separated, with a line of column names, sent as it is read. A cell that a spreadsheet would take for a formula begins with an apostrophe.',
        querystring: z.strictObject({ sort: returnSort, ...returnFilter }),
        response: {
          200: {
            description: 'Comma-separated values, UTF-8.',
            content: { 'text/csv': { schema: z.string() } },
          },
          ...problems,
        },
      },
    },
    async ({ query, caller }, reply) => {
      const { sort, ...given } = query
      const now = clock.now()
      const filter = await returnFilterOf(pool, given, now)
      const viewer = { showsCustomer: seesCustomer(caller), now }
      const rows = returnRows({ pool, filter, sort, viewer })
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="returns.csv"')
        .send(Readable.from(rows) as unknown as string)
    },
  )
}

function cursorOf({ caseSeq, at, touchedAt }: CasePlace, sort: CaseSort) {
  return [sort, caseSeq, at?.toISOString() ?? '', touchedAt?.toISOString() ?? '']
}

function readPlace(cursor: string | undefined, sort: CaseSort): CasePlace | undefined {
  const found = readCursor(
    cursor,
    place.refine(([made]) => made === sort),
  )
  if (found === undefined) return undefined
  const [, caseSeq, at, touchedAt] = found
  return {
    caseSeq,
    ...(at === '' ? {} : { at: new Date(at) }),
    ...(touchedAt === '' ? {} : { touchedAt: new Date(touchedAt) }),
  }
}
