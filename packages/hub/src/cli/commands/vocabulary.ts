import type { Command } from 'commander'
import { isVocabulary, vocabularies, vocabularyNames, wordKey } from '../../mapping/vocabularies.ts'
import {
  type EntriesSet,
  listUnmappedWords,
  planEntries,
  removeEntry,
  setEntries,
  type Unmapped,
} from '../../pipeline/vocabularies.ts'
import { writeCsv } from '../../pipeline/vocabulary-csv.ts'
import {
  type ImportPlan,
  importWords,
  type PlannedRow,
  planImport,
} from '../../pipeline/vocabulary-import.ts'
import { parseId } from '../../platform/ids.ts'
import {
  countEntries,
  listChanges,
  listEntries,
  type VocabularyChange,
  type VocabularyEntry,
} from '../../store/vocabularies.ts'
import type { Actions, Handler } from '../action.ts'
import { addListOptions, type ListOptions } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { cursorText, readCursorText } from '../cursor.ts'
import { exitCodes } from '../exit-code.ts'
import { pageOf, showPage } from '../list.ts'
import { readNamedFile } from '../read-file.ts'
import type { Session } from '../session.ts'
import { type Column, fields, shorten, table } from '../table.ts'
import { withDatabase } from '../with-database.ts'
import { withHub } from '../with-hub.ts'
import { wordDeps } from '../words.ts'

export function addVocabularyCommands(program: Command, actions: Actions): void {
  const group = program.command('vocabulary').description('Say what words of systems mean.')
  addListOptions(group.command('list'))
    .description('List the vocabularies, or the words of one.')
    .argument('[vocabulary]', 'which one')
    .option('--connection <id>', 'only words of a connection')
    .option('--company <name>', 'only words of a company')
    .option('--prefix <text>', 'only words that begin so')
    .action(actions.run(list))
  group
    .command('set')
    .description('Say what a word means, and replay the messages that waited for it.')
    .argument('<vocabulary>', 'which one')
    .argument('<word>', 'as the system writes it')
    .argument('<value>', 'what it means')
    .option('--connection <id>', 'only where this connection says it')
    .option('--company <name>', 'only in this company')
    .option('--from <time>', 'from then on, such as 2026-01-01T00:00:00Z')
    .option('--to <time>', 'up to then')
    .option('--no-replay', 'leave the messages that wait for it where they are')
    .action(actions.run(set))
  group
    .command('remove')
    .description('Remove a word. What it meant stays in the history.')
    .argument('<vocabulary>', 'which one')
    .argument('<id>', 'its id, as `vocabulary list` shows it')
    .action(actions.run(remove))
  addTableCommands(group, actions)
  addListOptions(group.command('unmapped'))
    .description('List words that messages wait for, with what they likely mean.')
    .option('--vocabulary <name>', 'only those of a vocabulary')
    .option('--connection <id>', 'only those of a connection')
    .action(actions.run(unmapped))
  addListOptions(group.command('history'))
    .description('Show who changed what words mean, the newest first.')
    .argument('<vocabulary>', 'which one')
    .option('--word <word>', 'only the changes of a word')
    .action(actions.run(history))
}

function addTableCommands(group: Command, actions: Actions): void {
  group
    .command('import')
    .description('Set the words of a table, all of them or none.')
    .argument('<vocabulary>', 'which one')
    .argument('<file>', 'CSV with the columns source and canonical; - for stdin')
    .option('--connection <id>', 'of the rows that name no connection')
    .option('--plan', 'only say what would change')
    .option('--no-replay', 'leave the messages that wait for these words where they are')
    .action(actions.run(importTable))
  group
    .command('export')
    .description('Write the words of a vocabulary to stdout, as a table that can be imported.')
    .argument('<vocabulary>', 'which one')
    .option('--connection <id>', 'only words of a connection')
    .action(actions.run(exportTable))
}

function vocabularyOf(name: string | undefined): string {
  if (name !== undefined && isVocabulary(name)) return name
  const message = `There is no vocabulary ${name}; there are ${vocabularyNames.join(', ')}.`
  throw new CliError('notFound', message)
}

interface ScopeOptions {
  readonly connection?: string
  readonly company?: string
}

const entryColumns: readonly Column<VocabularyEntry>[] = [
  { title: 'ID', value: ({ entryId }) => entryId },
  { title: 'WORD', value: ({ sourceValue }) => shorten(sourceValue, 40) },
  { title: 'MEANS', value: ({ canonicalValue }) => canonicalValue },
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'COMPANY', value: ({ company }) => company },
  { title: 'FROM', value: ({ validFrom }) => validFrom },
  { title: 'TO', value: ({ validTo }) => validTo },
  { title: 'BY', value: ({ changedBy }) => changedBy },
]

const list: Handler<ListOptions & ScopeOptions & { readonly prefix?: string }> = (
  session,
  { args, options },
) => {
  const [name] = args
  if (name === undefined) return listAll(session)
  const vocabulary = vocabularyOf(name)
  return withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { connection: connectionId, company, prefix, limit } = options
    const [sourceKey, entryId = ''] = readCursorText(options.before, 2) ?? []
    const rows = await listEntries(pool, {
      vocabulary,
      connectionId,
      company,
      prefix: prefix === undefined ? undefined : wordKey(prefix),
      after: sourceKey === undefined ? undefined : { sourceKey, entryId },
      limit: limit + 1,
    })
    const page = pageOf(rows, limit, (last) => cursorText([last.sourceKey, last.entryId]))
    showPage(session, page, { columns: entryColumns, none: 'There is no such word.' })
  })
}

const countAtMost = 100_000

function listAll(session: Session): Promise<void> {
  return withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const counts = await countEntries(pool, { names: vocabularyNames, atMost: countAtMost })
    const items = vocabularyNames.map((name) => {
      const { title, values } = vocabularies[name]
      const known = values === null ? null : Object.fromEntries(values)
      return { name, title, values: known, entries: counts.get(name) ?? 0 }
    })
    const columns: readonly Column<(typeof items)[number]>[] = [
      { title: 'NAME', value: ({ name }) => name },
      { title: 'TITLE', value: ({ title }) => title },
      {
        title: 'MEANINGS',
        value: ({ values }) => (values === null ? 'any' : Object.keys(values).length),
      },
      { title: 'WORDS', value: ({ entries }) => entries, align: 'right' },
    ]
    showPage(session, { items, next: null }, { columns, none: '' })
  })
}

interface SetOptions extends ScopeOptions {
  readonly from?: string
  readonly to?: string
  /** False with `--no-replay`. */
  readonly replay: boolean
}

const set: Handler<SetOptions> = (session, { args, options }) => {
  const vocabulary = vocabularyOf(args[0])
  const entry = {
    sourceValue: args[1] ?? '',
    canonicalValue: args[2] ?? '',
    connectionId: options.connection ?? null,
    company: options.company ?? null,
    validFrom: options.from ?? null,
    validTo: options.to ?? null,
  }
  return withHub(session, async (hub) => {
    if (session.isDryRun) {
      const { added, changed, refused } = await planEntries(hub.pool, vocabulary, [entry])
      const would = { added: added.length, changed: changed.length, refused }
      session.show({ isDryRun: true, vocabulary, entry, ...would }, () =>
        refused.length > 0
          ? refused.flatMap(({ problems }) => problems.map(({ message }) => message)).join('\n')
          : `Would ${added.length > 0 ? 'add' : 'change'} ${entry.sourceValue} in ${vocabulary}.`,
      )
      return refused.length > 0 ? exitCodes.usage : exitCodes.ok
    }
    const { replay } = options
    const what = { vocabulary, entries: [entry], replay }
    told(session, vocabulary, await setEntries(wordDeps(hub), what, hub.by))
    return exitCodes.ok
  })
}

function told(session: Session, vocabulary: string, result: EntriesSet): void {
  session.show({ vocabulary, ...result }, () =>
    fields([
      ['Vocabulary', vocabulary],
      ['Added', result.added],
      ['Changed', result.changed],
      ['Unchanged', result.unchanged],
      ['Messages tried again', result.replayed],
    ]),
  )
}

const remove: Handler<object> = (session, { args }) => {
  const vocabulary = vocabularyOf(args[0])
  const entryId = parseId(args[1] ?? '')
  if (entryId === null) {
    const where = `List them with: backhaul vocabulary list ${vocabulary}`
    throw new CliError('usage', `${args[1]} is not the id of a word. ${where}`)
  }
  return withHub(session, async (hub) => {
    if (!session.isDryRun) await removeEntry(wordDeps(hub), { vocabulary, entryId }, hub.by)
    const text = session.isDryRun ? 'Would remove the word' : 'Removed the word'
    const shown = { isDryRun: session.isDryRun, vocabulary, entryId }
    session.show(shown, () => `${text} ${entryId} from ${vocabulary}.`)
  })
}

interface ImportOptions {
  readonly connection?: string
  readonly plan?: boolean
  readonly replay: boolean
}

const importTable: Handler<ImportOptions> = async (session, { args, options }) => {
  const vocabulary = vocabularyOf(args[0])
  const csv = await readNamedFile(session, args[1] ?? '')
  const planned = { vocabulary, csv, connectionId: options.connection ?? null }
  return withHub(session, async (hub) => {
    const plan = await planImport(hub.pool, planned)
    const isPlan = session.isDryRun || (options.plan ?? false)
    if (isPlan || plan.refused.length > 0) {
      showPlan(session, plan)
      return plan.refused.length > 0 ? exitCodes.usage : exitCodes.ok
    }
    const { replay } = options
    told(session, vocabulary, await importWords(wordDeps(hub), { ...planned, replay }, hub.by))
    return exitCodes.ok
  })
}

const planColumns: readonly Column<PlannedRow>[] = [
  { title: 'LINE', value: ({ line }) => line, align: 'right' },
  { title: 'WOULD BE', value: ({ action }) => action },
  { title: 'WORD', value: ({ sourceValue }) => shorten(sourceValue, 40) },
  { title: 'MEANS', value: ({ canonicalValue }) => canonicalValue },
  { title: 'SO FAR', value: ({ before }) => before },
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'COMPANY', value: ({ company }) => company },
]

function showPlan(session: Session, plan: ImportPlan): void {
  const { rows, refused, added, changed, unchanged } = plan
  session.show({ isPlan: true, ...plan }, () => {
    const lines = refused.map(({ line, reason }) => `line ${line}: ${reason}`)
    const shown = rows.length === 0 ? [] : [table(rows, planColumns, session)]
    const sum = `${added} added, ${changed} changed, ${unchanged} unchanged, ${refused.length} refused`
    return [...shown, ...lines, sum].join('\n')
  })
}

const exportTable: Handler<{ readonly connection?: string }> = (session, { args, options }) => {
  const vocabulary = vocabularyOf(args[0])
  return withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const parts: string[] = []
    for await (const part of writeCsv(pool, { vocabulary, connectionId: options.connection })) {
      if (session.isJson) parts.push(part)
      else session.context.stdout.write(part)
    }
    if (session.isJson) session.show({ vocabulary, csv: parts.join('') }, () => '')
  })
}

const unmappedColumns: readonly Column<Unmapped>[] = [
  { title: 'VOCABULARY', value: ({ vocabulary }) => vocabulary },
  { title: 'CONNECTION', value: ({ connectionId }) => connectionId },
  { title: 'WORD', value: ({ value }) => shorten(value, 40) },
  { title: 'MESSAGES', value: ({ messages }) => messages, align: 'right' },
  { title: 'SINCE', value: ({ firstSeenAt }) => firstSeenAt },
  { title: 'LIKELY', value: ({ suggestions }) => suggestions.map(({ value }) => value).join(' ') },
]

const unmapped: Handler<
  ListOptions & { readonly vocabulary?: string; readonly connection?: string }
> = (session, { options }) =>
  withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { vocabulary, connection: connectionId, limit } = options
    const [name, of = '', sourceKey = ''] = readCursorText(options.before, 3) ?? []
    const rows = await listUnmappedWords(pool, {
      vocabulary: vocabulary === undefined ? undefined : vocabularyOf(vocabulary),
      connectionId,
      after: name === undefined ? undefined : { vocabulary: name, connectionId: of, sourceKey },
      limit: limit + 1,
    })
    const page = pageOf(rows, limit, (last) =>
      cursorText([last.vocabulary, last.connectionId, last.sourceKey]),
    )
    showPage(session, page, { columns: unmappedColumns, none: 'No message waits for a word.' })
  })

const changeColumns: readonly Column<VocabularyChange>[] = [
  { title: 'CHANGED', value: ({ changedAt }) => changedAt },
  { title: 'BY', value: ({ changedBy }) => changedBy },
  { title: 'WHAT', value: ({ action }) => action },
  { title: 'WORD', value: ({ sourceKey }) => shorten(sourceKey, 40) },
  { title: 'MEANT', value: ({ before }) => before?.canonicalValue },
  { title: 'MEANS', value: ({ after }) => after?.canonicalValue },
  {
    title: 'CONNECTION',
    value: ({ before, after }) => after?.connectionId ?? before?.connectionId,
  },
]

const history: Handler<ListOptions & { readonly word?: string }> = (session, { args, options }) => {
  const vocabulary = vocabularyOf(args[0])
  return withDatabase(session, { database: 'migrated' }, async ({ pool }) => {
    const { word, limit } = options
    const [before] = readCursorText(options.before, 1) ?? []
    const rows = await listChanges(pool, {
      vocabulary,
      sourceKey: word === undefined ? undefined : wordKey(word),
      before: before === undefined ? undefined : Number(before),
      limit: limit + 1,
    })
    const page = pageOf(rows, limit, ({ changeId }) => cursorText([changeId]))
    showPage(session, page, { columns: changeColumns, none: 'Nothing was changed.' })
  })
}
