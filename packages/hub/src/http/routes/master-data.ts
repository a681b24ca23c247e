import { type MasterDataKind, masterDataKinds } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { pushRecords } from '../../pipeline/master-data/push-records.ts'
import { HubError } from '../../platform/errors.ts'
import { countIssues, firstIssue, listIssues, placeOf } from '../../store/master-data/issues.ts'
import { countMasterData } from '../../store/master-data/queries.ts'
import { listSources } from '../../store/source-cursors.ts'
import type { Caller } from '../access/caller.ts'
import { seesCustomer } from '../access/personal-data.ts'
import { voiceOf } from '../access/speech.ts'
import { cutPage, pageOf, pageQuery, readCursor, sendPage } from '../paging.ts'
import { problems } from '../schemas/common.ts'
import {
  feedView,
  issue,
  issueType,
  issueView,
  kindView,
  masterDataStatus,
  pushBody,
  pushResult,
  pushResultView,
} from '../schemas/master-data.ts'
import type { App, RouteDeps } from './types.ts'

const tags = ['Master data']
const place = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string()])

export function masterDataRoutes(app: App, deps: RouteDeps): void {
  for (const kind of masterDataKinds) pushRoute(app, kind, deps)
  statusRoute(app, deps)

  app.get(
    '/api/v1/master-data/issues',
    {
      config: { access: 'master_data.read' },
      schema: {
        operationId: 'listMasterDataIssues',
        tags,
        summary: 'What somebody has to look at: what is ambiguous, was refused, or is not known.',
        querystring: z.strictObject({ ...pageQuery, type: issueType.optional() }),
        response: { 200: pageOf(issue), ...problems },
      },
    },
    async ({ query: { limit, cursor, type }, caller }, reply) => {
      const after = readCursor(cursor, place) ?? firstIssue
      const rows = await listIssues(deps.pool, { type, after, limit: limit + 1 })
      const { items, next } = cutPage(rows, limit, placeOf)
      const showsCustomer = seesCustomer(caller)
      return sendPage(reply, { data: items.map((row) => issueView(row, { showsCustomer })), next })
    },
  )
}

const titles = {
  products: 'Products',
  parties: 'Parties',
  warehouses: 'Warehouses',
  vendors: 'Vendors',
} as const satisfies Record<MasterDataKind, string>

function pushRoute(app: App, kind: MasterDataKind, deps: RouteDeps): void {
  app.post(
    `/api/v1/master-data/${kind}`,
    {
      config: { access: 'master_data.manage' },
      schema: {
        operationId: `push${titles[kind]}`,
        tags,
        summary: `Takes ${kind} that are new or have changed. Safe to repeat.`,
        description:
          'Each item is taken or refused for itself. One that says what is known already changes nothing, and neither does one whose `updatedAt` is older.',
        body: pushBody(kind),
        response: { 200: pushResult, ...problems },
      },
    },
    async ({ body, caller }) => {
      const { items, hasMore, source } = body
      const pushed = { kind, items, hasMore, source: sourceOf(caller, { source, deps }) }
      return pushResultView(await pushRecords(deps, pushed, caller))
    },
  )
}

/**
 * Whose records a caller brings.
 *
 * @throws {HubError} FORBIDDEN for a machine that names another one than its own; CONNECTION_DISABLED.
 */
function sourceOf(
  caller: Caller,
  { source, deps }: { readonly source: string | undefined; readonly deps: RouteDeps },
): string {
  const own = voiceOf(caller, deps.connections).connectionId
  if (source === undefined || source === own) return own
  if (caller.role !== 'machine') return source
  throw new HubError('FORBIDDEN', `This key brings the records of ${own} only.`)
}

function statusRoute(app: App, { pool }: RouteDeps): void {
  app.get(
    '/api/v1/master-data',
    {
      config: { access: 'master_data.read' },
      schema: {
        operationId: 'getMasterDataStatus',
        tags,
        summary: 'How much there is of each kind, and how far each feed has been read.',
        response: { 200: masterDataStatus, ...problems },
      },
    },
    async () => {
      const counts = await countMasterData(pool)
      const feeds = await listSources<MasterDataKind>({ db: pool, kind: 'feed' })
      const issues = await countIssues(pool)
      return { kinds: counts.map(kindView), feeds: feeds.map(feedView), issues }
    },
  )
}
