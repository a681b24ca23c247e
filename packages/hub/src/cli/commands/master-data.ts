import { type MasterDataKind, masterDataKinds } from '@backhaul/sdk/canonical'
import { type Command, Option } from 'commander'
import {
  type FeedDeps,
  type FeedName,
  pullFeed,
  readableFeeds,
  takeDueFeeds,
} from '../../pipeline/master-data/pull-feed.ts'
import { pushRecords } from '../../pipeline/master-data/push-records.ts'
import {
  countIssues,
  firstIssue,
  type IssueRow,
  type IssueType,
  issueTypes,
  listIssues,
} from '../../store/master-data/issues.ts'
import { countMasterData, type KindCount } from '../../store/master-data/queries.ts'
import {
  ensureSources,
  listSources,
  rewindSource,
  type SourceStatus,
} from '../../store/source-cursors.ts'
import type { Actions, Handler } from '../action.ts'
import { wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { exitCodes } from '../exit-code.ts'
import { showPage } from '../list.ts'
import { kindOfFile, readRecordsFile } from '../records-file.ts'
import { type Column, fields, shorten, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { type CliHub, withHub } from '../with-hub.ts'

export function addMasterDataCommands(program: Command, actions: Actions): void {
  const group = program
    .command('master-data')
    .description('Keep products, parties, warehouses and vendors as their systems have them.')
  group
    .command('status')
    .description('Show how much there is, how far each feed has been read, and what is wrong.')
    .action(actions.run(status))
  group
    .command('issues')
    .description('List what somebody has to look at: ambiguous, refused, or not known.')
    .addOption(new Option('--type <type>', 'only these').choices(issueTypes))
    .option('-n, --limit <count>', 'how many to show', parseMany, 50)
    .action(actions.run(issues))
  group
    .command('import')
    .description('Take records from a file: CSV with a header, or JSON. Safe to repeat.')
    .argument('<file>', 'such as products.csv')
    .addOption(kindOption())
    .option('--source <name>', 'the system of record that they come from', 'file')
    .option('--take-over', 'also records that another source has given, from now on as its own')
    .action(actions.run(importFile))
  group
    .command('pull')
    .description('Read a feed to its end now, without waiting for its time.')
    .argument('<connection>', 'id of the connection')
    .addOption(kindOption())
    .option('--from-start', 'all of it again, not only what has changed')
    .action(actions.run(pull))
}

function kindOption(): Option {
  return new Option('--kind <kind>', 'what it is').choices(masterDataKinds)
}

function parseMany(text: string): number {
  return wholeNumber(text, { from: 1, to: 1_000 })
}

const kindColumns: readonly Column<KindCount>[] = [
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'ROWS', value: ({ total }) => total, align: 'right' },
  { title: 'ACTIVE', value: ({ active }) => active, align: 'right' },
  { title: 'WHOLE SINCE', value: ({ syncedAt }) => syncedAt },
]

type ShownFeed = Omit<SourceStatus, 'name' | 'lagSeconds'> & { readonly feed: string }

const feedColumns: readonly Column<ShownFeed>[] = [
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'FEED', value: ({ feed }) => feed },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'READ', value: ({ runItems }) => runItems, align: 'right' },
  { title: 'WRITTEN', value: ({ runWritten }) => runWritten, align: 'right' },
  { title: 'REFUSED', value: ({ runRefused }) => runRefused, align: 'right' },
  { title: 'LAST RUN', value: ({ runEndedAt }) => runEndedAt },
  { title: 'NEXT', value: ({ dueAt }) => dueAt },
  { title: 'CODE', value: ({ lastCode }) => lastCode },
]

const status: Handler<object> = (session) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const kinds = await countMasterData(pool)
    const found = await listSources({ db: pool, kind: 'feed' })
    const feeds = found.map(
      ({ name, lagSeconds: _lag, ...rest }): ShownFeed => ({ ...rest, feed: name }),
    )
    const counts = await countIssues(pool)
    session.show({ kinds, feeds, issues: counts }, () => {
      const { ambiguous, refused, unknown } = counts
      const parts = [
        table(kinds, kindColumns, session),
        ...(feeds.length === 0 ? [] : [table(feeds, feedColumns, session)]),
        `Issues: ${ambiguous} ambiguous, ${refused} refused, ${unknown} unknown.`,
      ]
      return parts.join('\n\n')
    })
  })

const issueColumns: readonly Column<IssueRow>[] = [
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'OF', value: ({ object }) => object },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'SCOPE', value: ({ scope }) => scope },
  { title: 'VALUE', value: ({ value }) => shorten(value, 40) },
  { title: 'TIMES', value: ({ times }) => times, align: 'right' },
  {
    title: 'WHAT',
    value: ({ candidates, detail }) => shorten(detail ?? candidates.join(' '), 60),
  },
]

const issues: Handler<{ readonly type?: IssueType; readonly limit: number }> = (
  session,
  { options: { type, limit } },
) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const items = await listIssues(pool, { type, after: firstIssue, limit })
    showPage(session, { items, next: null }, { columns: issueColumns, none: 'All is well.' })
  })

interface ImportOptions {
  readonly kind?: MasterDataKind
  readonly source: string
  readonly takeOver?: boolean
}

/** As many as are written in one transaction. */
const importBatch = 1_000

const importFile: Handler<ImportOptions> = (session, { args, options }) => {
  const [path = ''] = args
  const kind = kindOf(options.kind, path)
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(options.source)) {
    throw new CliError('usage', 'A source is named in lower-case letters, digits and hyphens.')
  }
  return withHub(session, async (hub) => {
    const items = await readRecordsFile(path)
    if (session.isDryRun) {
      const shown = { isDryRun: true, kind, read: items.length }
      session.show(shown, () => `Would take ${items.length} ${kind}.`)
      return undefined
    }
    const origin = { source: options.source, takesOver: options.takeOver }
    const sum = { read: 0, written: 0, unchanged: 0, stale: 0, refused: [] as object[] }
    for (let from = 0; from < items.length; from += importBatch) {
      const some = items.slice(from, from + importBatch)
      const hasMore = from + importBatch < items.length
      const taken = await pushRecords(hub, { ...origin, kind, items: some, hasMore }, hub.by)
      sum.read += taken.read
      sum.written += taken.written
      sum.unchanged += taken.unchanged
      sum.stale += taken.stale
      sum.refused.push(...taken.refused.map((one) => ({ ...one, index: from + one.index })))
      session.progress(`${sum.read} of ${items.length}`)
    }
    session.progress(null)
    session.show({ kind, ...sum }, () => describe({ ...sum, refused: sum.refused.length }))
    if (sum.refused.length === 0) return undefined
    return sum.refused.length < sum.read ? exitCodes.partial : exitCodes.error
  })
}

function kindOf(given: string | undefined, path: string): MasterDataKind {
  const kind = masterDataKinds.find((one) => one === (given ?? kindOfFile(path)))
  if (kind !== undefined) return kind
  throw new CliError('usage', `Say what is in ${path}: --kind ${masterDataKinds.join(', ')}.`)
}

interface Counts {
  readonly read: number
  readonly written: number
  readonly unchanged: number
  readonly stale: number
  readonly refused: number
}

function describe(counts: Counts): string {
  return fields([
    ['Read', counts.read],
    ['Written', counts.written],
    ['Unchanged', counts.unchanged],
    ['Older than known', counts.stale],
    ['Refused', counts.refused],
  ])
}

interface PullOptions {
  readonly kind?: MasterDataKind
  readonly fromStart?: boolean
}

interface PulledFeed extends Counts {
  readonly connectionId: string
  readonly feed: MasterDataKind
  readonly code: string | null
}

const pull: Handler<PullOptions> = (session, { args, options }) =>
  withHub(session, async (hub) => {
    const [connectionId = ''] = args
    const feeds = feedsOf(hub, { connectionId, kind: options.kind })
    const cursors = { db: hub.pool, kind: 'feed' } as const
    await ensureSources(cursors, feeds)
    const results: PulledFeed[] = []
    for (const feed of feeds) {
      if (options.fromStart ?? false) await rewindSource(cursors, feed)
      results.push({ connectionId, feed: feed.name, ...(await pullToEnd(hub, feed)) })
    }
    session.show({ feeds: results }, () =>
      results
        .map((one) => `${one.connectionId}/${one.feed}\n${describe(one)}${said(one.code)}`)
        .join('\n\n'),
    )
    return results.every(({ code }) => code === null) ? undefined : exitCodes.unavailable
  })

function said(code: string | null): string {
  return code === null ? '' : `\nNot read to its end: ${code}`
}

function feedsOf(
  hub: CliHub,
  wanted: { readonly connectionId: string; readonly kind: MasterDataKind | undefined },
): FeedName[] {
  const { connectionId, kind } = wanted
  const feeds = readableFeeds(hub).filter(
    (feed) => feed.connectionId === connectionId && (kind === undefined || feed.name === kind),
  )
  if (feeds.length > 0) return feeds
  throw new CliError(
    'notFound',
    `The connection ${connectionId} has no such feed that can be read.`,
  )
}

async function pullToEnd(
  hub: CliHub,
  feed: FeedName,
): Promise<Counts & { readonly code: string | null }> {
  const deps: FeedDeps = { ...hub, pauseSeconds: hub.config.masterData.feedSeconds }
  const sum = { read: 0, written: 0, unchanged: 0, stale: 0, refused: 0 }
  for (;;) {
    const [held] = await takeDueFeeds(deps, [feed], { limit: 1, isDueNow: true })
    if (held === undefined) return { ...sum, code: 'READ_BY_ANOTHER_PROCESS' }
    const page = await pullFeed(deps, held)
    if (page.kind === 'failed') return { ...sum, code: page.code }
    sum.read += page.taken.read
    sum.written += page.taken.written
    sum.unchanged += page.taken.unchanged
    sum.stale += page.taken.stale
    sum.refused += page.taken.refused.length
    if (!page.hasMore) return { ...sum, code: null }
  }
}
