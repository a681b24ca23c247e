import { type Command, Option } from 'commander'
import {
  activateDocument,
  checkDocument,
  type DocumentStep,
  diffDocuments,
  retireDocument,
  reviewDocument,
  rollBackDocument,
} from '../../pipeline/documents.ts'
import type { Queryable } from '../../store/database.ts'
import {
  type DocumentKind,
  type DocumentState,
  type DocumentSummary,
  documentKinds,
  documentStates,
  findActive,
  findVersion,
  listDocuments,
  type StoredDocument,
} from '../../store/documents.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions, wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { cursorText, readCursorText } from '../cursor.ts'
import { exitCodes } from '../exit-code.ts'
import { pageOf, showPage } from '../list.ts'
import type { Session } from '../session.ts'
import { type Column, fields, printable, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'
import { wordDeps } from '../words.ts'

const steps = {
  review: { take: reviewDocument, of: 'newest', description: 'Say that you have looked at it.' },
  activate: { take: activateDocument, of: 'newest', description: 'Put a version in force.' },
  retire: { take: retireDocument, of: 'active', description: 'Take it out of force.' },
  rollback: {
    take: rollBackDocument,
    of: 'active',
    description: 'Put the version in force again that the one in force has replaced.',
  },
} as const
type StepName = keyof typeof steps

export function addDocumentCommands(program: Command, actions: Actions): void {
  const group = program
    .command('document')
    .description('Look after mappings and policies, version by version.')
  addListOptions(group.command('list'))
    .description('List documents by kind and name, each as its newest version.')
    .addOption(new Option('--kind <kind>', 'only those of a kind').choices(documentKinds))
    .addOption(new Option('--state <state>', 'the newest in this state').choices(documentStates))
    .action(actions.run(list))
  addName(group.command('show'))
    .description('Show a version and its content: the one in force, else the newest.')
    .action(actions.run(show))
  addName(group.command('diff'))
    .description('Show what differs between the version in force and another, else the newest.')
    .option('--against <version>', 'compare with this one', parseVersion)
    .action(actions.run(diff))
  addName(group.command('check'))
    .description('Check a version, the newest if none is named. Exits with 2 where it is wrong.')
    .action(actions.run(check))
  for (const [name, { description }] of Object.entries(steps)) {
    addName(group.command(name))
      .description(description)
      .action(
        actions.run<VersionOptions>((session, given) => takeStep(session, name as StepName, given)),
      )
  }
}

function addName(command: Command): Command {
  return command
    .argument('<kind>', `which kind: ${documentKinds.join(' or ')}`)
    .argument('<name>', 'its name, such as shop/returns')
    .option('--number <version>', 'which version', parseVersion)
}

function parseVersion(text: string): number {
  return wholeNumber(text, { from: 1, to: 999_999_999 })
}

interface VersionOptions {
  readonly number?: number
}

const columns: readonly Column<DocumentSummary>[] = [
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'NEWEST', value: ({ version }) => version, align: 'right' },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'IN FORCE', value: ({ activeVersion }) => activeVersion, align: 'right' },
  { title: 'BY', value: ({ createdBy }) => createdBy },
  { title: 'CREATED', value: ({ createdAt }) => createdAt },
]

const list: Handler<
  ListOptions & { readonly kind?: DocumentKind; readonly state?: DocumentState }
> = (session, { options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { kind, state, limit } = options
    const [afterKind, name] = readCursorText(options.before, 2) ?? []
    const after = afterKind === undefined ? undefined : { kind: afterKind, name: name ?? '' }
    const rows = await listDocuments(pool, { kind, state, after, limit: limit + 1 })
    const page = pageOf(rows, limit, (last) => cursorText([last.kind, last.name]))
    showPage(session, page, { columns, none: 'There is no such document.' })
  })

const show: Handler<VersionOptions> = (session, given) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    showDocument(session, await getNamed(pool, given, 'active'))
  })

/** The version that the command line names; else the one in force or the newest, whichever is wanted first. */
async function getNamed(
  db: Queryable,
  given: { readonly args: readonly string[]; readonly options: VersionOptions },
  wanted: 'active' | 'newest',
): Promise<StoredDocument> {
  const [kindText = '', name = ''] = given.args
  const kind = documentKinds.find((one) => one === kindText)
  if (kind === undefined) {
    throw new CliError('usage', `${kindText} is no kind of document: ${documentKinds.join(', ')}.`)
  }
  const { number: version } = given.options
  const active =
    version === undefined && wanted === 'active' ? await findActive(db, { kind, name }) : null
  const found = active ?? (await findVersion(db, { kind, name, version }))
  if (found !== null) return found
  const which = version === undefined ? '' : ` version ${version}`
  throw new CliError('notFound', `There is no ${kind} ${name}${which}.`)
}

function showDocument(session: Session, document: StoredDocument): void {
  session.show(document, () => {
    const head = fields([
      ['Document', document.documentId],
      ['Kind', document.kind],
      ['Name', document.name],
      ['Version', document.version],
      ['State', document.state],
      ['Note', document.note],
      ['Created', document.createdAt],
      ['By', document.createdBy],
      ['Checked', document.checkedAt],
      ['Reviewed', document.reviewedAt],
      ['By', document.reviewedBy],
      ['Activated', document.activatedAt],
      ['By', document.activatedBy],
      ['Replaced', document.replaces],
      ['Retired', document.retiredAt],
    ])
    return `${head}\n\n${linesOf(document.content)}`
  })
}

function linesOf(text: string): string {
  return text.trimEnd().split('\n').map(printable).join('\n')
}

const diff: Handler<VersionOptions & { readonly against?: number }> = (session, given) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const to = await getNamed(pool, given, 'newest')
    const { against } = given.options
    const from = await getNamed(
      pool,
      { ...given, options: against === undefined ? {} : { number: against } },
      'active',
    )
    const text = diffDocuments(from, to)
    if (text === '') session.say('They are the same.')
    session.show({ from: from.version, to: to.version, diff: text }, () => linesOf(text))
  })

const check: Handler<VersionOptions> = (session, given) =>
  withHub(session, async (hub) => {
    const { documentId } = await getNamed(hub.pool, given, 'newest')
    const deps = wordDeps(hub)
    const { document, problems } = await checkDocument(deps, { documentId }, hub.by)
    const { kind, name, version, state } = document
    session.show({ kind, name, version, state, problems }, () =>
      problems.length === 0
        ? `The ${kind} ${name} version ${version} is fine; it is ${state}.`
        : table(
            problems,
            [
              { title: 'LINE', value: (one) => one.line, align: 'right' },
              { title: 'FIELD', value: (one) => one.path },
              { title: 'WHAT', value: (one) => one.message },
            ],
            { hasColor: session.hasColor },
          ),
    )
    return problems.length === 0 ? exitCodes.ok : exitCodes.usage
  })

function takeStep(
  session: Session,
  step: StepName,
  given: { readonly args: readonly string[]; readonly options: VersionOptions },
): Promise<void> {
  const { take, of } = steps[step]
  return withHub(session, async (hub) => {
    const document = await getNamed(hub.pool, given, of)
    const { documentId, kind, name, version, state, revision } = document
    const title = `the ${kind} ${name} version ${version}, which is ${state}`
    if (session.isDryRun) {
      session.show(
        { isDryRun: true, action: step, documentId, kind, name, version, state },
        () => `Would ${step} ${title}.`,
      )
      return
    }
    if (step !== 'review') await session.confirm(`${step} ${title}?`)
    const what: DocumentStep = { documentId, expectedRevision: revision }
    showDocument(session, await take(wordDeps(hub), what, hub.by))
  })
}
