import { type Headline, headlines } from '@backhaul/sdk/canonical'
import { type Command, Option } from 'commander'
import { factsNow, type OwedNext, owedNextOf, sayFacts } from '../../domain/index.ts'
import { loadCase } from '../../pipeline/load-case.ts'
import { makeStatusLink, revokeStatusLinks } from '../../pipeline/status-page/links.ts'
import { type CaseSummary, listCases } from '../../store/case-list.ts'
import { type CaseRecord, findCase, findCasesByIdentifier } from '../../store/case-queries.ts'
import type { Pool } from '../../store/database.ts'
import { type LaneSummary, summarizeDeliveries } from '../../store/delivery-queries.ts'
import { type ExceptionRecord, listCaseExceptions } from '../../store/exception-queries.ts'
import { listRefs } from '../../store/refs.ts'
import { listTimeline, type TimelineEvent } from '../../store/timeline.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions, wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { pageOf, showPage } from '../list.ts'
import type { Session } from '../session.ts'
import { type Column, fields, shorten, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'

export function addCaseCommands(program: Command, actions: Actions): void {
  const group = program.command('case').description('Look at returns.')
  addListOptions(group.command('list'))
    .description('List returns, the newest first.')
    .addOption(new Option('--headline <state>', 'only those that stand there').choices(headlines))
    .option('--channel <channel>', 'only those of a channel')
    .option('--company <company>', 'only those of a company')
    .option('--identifier <text>', 'only those that this order, parcel or ticket number leads to')
    .action(actions.run(list))
  group
    .command('show')
    .description('Show a return: where it stands, what went wrong, and what happened last.')
    .argument('<id>', 'its number, its id, or any identifier that leads to it')
    .option('-n, --limit <count>', 'how many of its events', parseEvents, 20)
    .action(actions.run(show))
  group
    .command('status-link')
    .description('Make a link for the customer to the page of their return, or revoke all of them.')
    .argument('<id>', 'its number, its id, or any identifier that leads to it')
    .option('--days <count>', 'how long it is good for; as configured when left out', parseDays)
    .option('--revoke', 'revoke every link to it in place of making one')
    .action(actions.run(statusLink))
}

function parseDays(text: string): number {
  return wholeNumber(text, { from: 1, to: 366 })
}

function parseEvents(text: string): number {
  return wholeNumber(text, { from: 0, to: 1_000 })
}

interface CaseListOptions extends ListOptions {
  readonly headline?: Headline
  readonly channel?: string
  readonly company?: string
  readonly identifier?: string
}

const listColumns: readonly Column<CaseSummary>[] = [
  { title: 'RETURN', value: ({ caseNo }) => caseNo },
  { title: 'HEADLINE', value: ({ headline }) => headline },
  { title: 'SINCE', value: ({ since }) => since },
  { title: 'CHANNEL', value: ({ channel }) => channel },
  { title: 'ORDER', value: ({ orderRefs }) => orderRefs.join(' ') },
  { title: 'LINES', value: ({ lineCount }) => lineCount, align: 'right' },
  { title: 'VERSION', value: ({ version }) => version, align: 'right' },
  { title: 'UPDATED', value: ({ updatedAt }) => updatedAt },
]

const list: Handler<CaseListOptions> = (session, { options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { limit, before: cursor, headline, channel, company, identifier } = options
    const before =
      cursor === undefined ? undefined : wholeNumber(cursor, { from: 1, to: 999_999_999 })
    const filter = { headline, channel, company, identifier }
    const after = before === undefined ? undefined : { caseSeq: before }
    const rows = await listCases(pool, { ...filter, after, limit: limit + 1 })
    const page = pageOf(rows, limit, ({ caseSeq }) => String(caseSeq))
    showPage(session, page, { columns: listColumns, none: 'There is no such return.' })
  })

const show: Handler<{ readonly limit: number }> = (session, { args, options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const found = await getCase(pool, args[0] ?? '')
    const loaded = await loadCase(pool, found.caseId)
    if (loaded === null) throw new CliError('notFound', 'The return is gone.')
    const { state } = loaded
    const [exceptions, refs, deliveries, events] = await Promise.all([
      listCaseExceptions(pool, found.caseId),
      listRefs(pool, found.caseId),
      summarizeDeliveries(pool, { caseId: found.caseId, atMost: 1_000 }),
      listTimeline(pool, { ...found, order: 'desc', limit: options.limit }),
    ])
    const facts = factsNow(state, { since: found.since.toISOString() })
    const sentence = sayFacts(facts, state.header.currency)
    const owedNext = owedNextOf(state)
    const shown = { case: found, sentence, owedNext, exceptions, refs, deliveries, events }
    session.show(shown, () => describe(session, shown))
  })

const statusLink: Handler<{ readonly days?: number; readonly revoke?: boolean }> = (
  session,
  { args, options },
) =>
  withHub(session, async (hub) => {
    const { caseId, caseNo } = await getCase(hub.pool, args[0] ?? '')
    if (options.revoke === true) {
      await revokeStatusLinks(hub, caseId, hub.by)
      session.show({ revoked: caseNo }, () => `No link to ${caseNo} works any more.`)
      return
    }
    const link = await makeStatusLink(hub, { idOrNo: caseId, days: options.days }, hub.by)
    session.show(link, () => link.url)
    session.say(`Good until ${link.expiresAt.toISOString()}, for whoever has it.`)
  })

/**
 * @throws {CliError} when nothing is known under the identifier, or several returns are.
 */
export async function getCase(pool: Pool, identifier: string): Promise<CaseRecord> {
  const direct = await findCase(pool, identifier)
  if (direct !== null) return direct
  const led = await findCasesByIdentifier(pool, { value: identifier, limit: 10 })
  const numbers = [...new Set(led.map(({ caseNo }) => caseNo))]
  const [only] = numbers
  if (only === undefined) {
    throw new CliError(
      'notFound',
      `No return is known as ${identifier}. List them with: backhaul case list`,
    )
  }
  if (numbers.length > 1) {
    throw new CliError(
      'conflict',
      `${identifier} leads to several returns; name one of ${numbers.join(', ')}.`,
      {
        code: 'AMBIGUOUS_CASE',
      },
    )
  }
  return getCase(pool, only)
}

interface ShownCase {
  readonly case: CaseRecord
  /** Where it stands. */
  readonly sentence: string
  readonly owedNext: readonly OwedNext[]
  readonly exceptions: readonly ExceptionRecord[]
  readonly refs: Awaited<ReturnType<typeof listRefs>>
  readonly deliveries: readonly LaneSummary[]
  readonly events: readonly TimelineEvent[]
}

function describe(session: Session, shown: ShownCase): string {
  const { caseNo, caseId, headline, since, company, channel, kind, version, createdAt, updatedAt } =
    shown.case
  const head = fields([
    ['Return', caseNo],
    ['Id', caseId],
    ['Headline', headline],
    ['Since', since],
    ['Company', company],
    ['Channel', channel],
    ['Kind', kind],
    ['Version', version],
    ['Opened', createdAt],
    ['Updated', updatedAt],
  ])
  const sections = [
    section(session, { title: 'Owed next', rows: shown.owedNext, columns: owedColumns }),
    section(session, { title: 'Exceptions', rows: shown.exceptions, columns: exceptionColumns }),
    section(session, { title: 'Identifiers', rows: shown.refs, columns: refColumns }),
    section(session, { title: 'Deliveries', rows: shown.deliveries, columns: deliveryColumns }),
    section(session, {
      title: 'Events, the newest first',
      rows: shown.events,
      columns: eventColumns,
    }),
  ]
  return [shown.sentence, head, ...sections.flat()].join('\n\n')
}

function section<Row>(
  { hasColor }: Session,
  {
    title,
    rows,
    columns,
  }: { title: string; rows: readonly Row[]; columns: readonly Column<Row>[] },
): string[] {
  return rows.length === 0 ? [] : [`${title}\n${table(rows, columns, { hasColor })}`]
}

const owedColumns: readonly Column<OwedNext>[] = [
  { title: 'WHO', value: ({ who }) => whoText(who) },
  { title: 'WHAT', value: ({ what }) => what },
  { title: 'ABOUT', value: ({ about }) => about },
  { title: 'SINCE', value: ({ since }) => since },
  { title: 'DUE', value: ({ dueAt }) => dueAt },
  { title: 'HELD BY', value: ({ blockedBy }) => blockedBy.join(' ') },
]

function whoText(who: OwedNext['who']): string {
  if (who.kind === 'role') return who.role
  return who.kind === 'queue' ? `queue ${who.queue}` : 'customer'
}

const exceptionColumns: readonly Column<ExceptionRecord>[] = [
  { title: 'CODE', value: ({ code }) => code },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'SEVERITY', value: ({ severity }) => severity },
  { title: 'QUEUE', value: ({ queue }) => queue },
  { title: 'OWNER', value: ({ owner }) => owner },
  { title: 'OBJECT', value: ({ object }) => object },
  { title: 'OPENED', value: ({ openedAt }) => openedAt },
  { title: 'ID', value: ({ exceptionId }) => exceptionId },
]

const refColumns: readonly Column<ShownCase['refs'][number]>[] = [
  { title: 'SYSTEM', value: ({ system }) => system },
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'VALUE', value: ({ value }) => value },
]

const deliveryColumns: readonly Column<LaneSummary>[] = [
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'PENDING', value: ({ pending }) => pending, align: 'right' },
  { title: 'DEAD', value: ({ dead }) => dead, align: 'right' },
  { title: 'DELIVERED', value: ({ delivered }) => delivered, align: 'right' },
]

const eventColumns: readonly Column<TimelineEvent>[] = [
  { title: 'NO', value: ({ seq }) => seq, align: 'right' },
  { title: 'OCCURRED', value: ({ occurredAt }) => occurredAt },
  { title: 'EVENT', value: ({ type }) => type },
  { title: 'OUTCOME', value: outcomeText },
  { title: 'SOURCE', value: ({ source }) => source },
  { title: 'ACTOR', value: ({ actor }) => shorten(actor, 40) },
]

/** How the case took the event, with the reason where it did not. */
function outcomeText({ effect }: TimelineEvent): string {
  const { outcome, code } = effect as { outcome?: string; code?: string }
  return code === undefined ? (outcome ?? '') : `${outcome ?? ''} (${code})`
}
