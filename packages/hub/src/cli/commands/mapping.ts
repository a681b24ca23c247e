import { resolve } from 'node:path'
import type { Command } from 'commander'
import { createGlossary } from '../../connect/glossary.ts'
import { createMasterData } from '../../connect/master-data.ts'
import type { EventChange } from '../../mapping/dry-run/compare-readings.ts'
import type { Decision } from '../../mapping/learn/draft.ts'
import { type LearnedMapping, learnMapping } from '../../mapping/learn/learn-mapping.ts'
import { type DryRunPage, type DryRunSample, dryRunMapping } from '../../pipeline/dry-run.ts'
import { systemClock } from '../../platform/clock.ts'
import { findActive } from '../../store/documents.ts'
import type { Actions, Handler } from '../action.ts'
import { wholeNumber } from '../arguments.ts'
import { CliError } from '../cli-error.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import { findMappings, mappingNameOf, readSampleFiles } from '../mapping/files.ts'
import { learnedFiles, writeLearned } from '../mapping/learned-files.ts'
import { type MappingTest, testMapping } from '../mapping/test-mapping.ts'
import { readTables } from '../mapping/word-tables.ts'
import { readNamedFile } from '../read-file.ts'
import type { Session } from '../session.ts'
import { type Column, fields, printable, shorten, table } from '../table.ts'
import { type CliDatabase, withDatabase } from '../with-database.ts'

export function addMappingCommands(program: Command, actions: Actions): void {
  const group = program
    .command('mapping')
    .description(
      'Draft mapping documents from samples, test them, and try them on what was recorded.',
    )
  group
    .command('learn')
    .description('Draft a mapping document, and what words mean, from samples of messages.')
    .argument('<files...>', 'samples, or folders with nothing else in them')
    .requiredOption('--topic <topic>', 'what the messages are about; names the document')
    .option('--connection <id>', 'the connection that sends them', 'new-channel')
    .option('--out <dir>', 'write mappings/ and vocabularies/ into this folder')
    .option('--answer <path=text>', 'what stands at a place of the document; repeatable', addAnswer)
    .action(actions.run(learn))
  group
    .command('test')
    .description(
      'Compile mapping documents and run their examples. Exits with 1 where one differs.',
    )
    .argument('<path>', 'a mapping document, or a folder with some')
    .option('--message <file>', 'also show what this message comes to')
    .option(
      '--vocabularies <dir>',
      'tables of words: <vocabulary>.csv, <vocabulary>.<connection>.csv',
    )
    .action(actions.run(test))
  group
    .command('diff')
    .description(
      'Say what a mapping document would make of recorded messages that the one in force does not.',
    )
    .argument('<file>', 'the mapping document; <connection>/<topic>.yaml names it')
    .option('--connection <id>', 'the connection, where the path does not name it')
    .option('--topic <topic>', 'the topic, where the path does not name it')
    .option('--days <count>', 'how far back', parseDays, 7)
    .option('-n, --limit <count>', 'how many messages to look at', parseCount, 5_000)
    .action(actions.run(diff))
}

function parseDays(text: string): number {
  return wholeNumber(text, { from: 1, to: 366 })
}

function parseCount(text: string): number {
  return wholeNumber(text, { from: 1, to: 1_000_000 })
}

function addAnswer(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf('=')
  if (at > 0) return { ...before, [text.slice(0, at).trim()]: text.slice(at + 1).trim() }
  throw new CliError('usage', `${text} is no answer: write events[0].data.currency=record.cur`)
}

interface LearnOptions {
  readonly topic: string
  readonly connection: string
  readonly out?: string
  readonly answer?: Readonly<Record<string, string>>
}

const learn: Handler<LearnOptions> = async (session, { args, options }) => {
  // Commander hands a list of arguments on as one.
  const paths = args.flat()
  const { topic, connection, out, answer: answers } = options
  const name = `${connection}/${topic}`
  const samples = await readSampleFiles(paths)
  const learned = learnMapping({ samples, topic, connection, hints: { answers } })
  const files = learnedFiles(name, learned)
  const written =
    out === undefined || session.isDryRun ? [] : await writeLearned(resolve(out), files)
  const { confidence, decisions, vocabularies, document, unused } = learned
  const result = { name, samples: samples.length, confidence, decisions, vocabularies, unused }
  session.show({ ...result, document, files: written }, () =>
    [
      ...(out === undefined ? [document.split('\n').map(printable).join('\n')] : []),
      describeLearned(session, { ...learned, sampleCount: samples.length }),
      ...(written.length > 0 ? [written.join('\n')] : []),
    ].join('\n'),
  )
}

const decisionColumns: readonly Column<Decision>[] = [
  { title: 'WHERE', value: ({ path }) => path },
  { title: 'SURE', value: ({ confidence }) => percent(confidence), align: 'right' },
  { title: 'QUESTION', value: ({ question }) => question },
  { title: 'NOW', value: ({ choices }) => shorten(choices[0], 60) },
]

const wordColumns: readonly Column<LearnedMapping['vocabularies'][number]>[] = [
  { title: 'VOCABULARY', value: ({ vocabulary }) => vocabulary },
  { title: 'WORD', value: ({ sourceValue }) => shorten(sourceValue, 40) },
  { title: 'MEANS', value: ({ canonicalValue }) => canonicalValue },
  { title: 'SURE', value: ({ confidence }) => percent(confidence), align: 'right' },
]

function percent(confidence: number): string {
  return `${Math.round(confidence * 100)} %`
}

function describeLearned(
  { hasColor }: Session,
  learned: LearnedMapping & { readonly sampleCount: number },
): string {
  const { sampleCount, confidence, decisions, vocabularies } = learned
  const head = fields([
    ['Samples', sampleCount],
    ['Sure', percent(confidence)],
    ['Decisions', decisions.length],
    ['Words', vocabularies.length],
  ])
  return [
    head,
    ...(decisions.length > 0
      ? [`To decide\n${table(decisions, decisionColumns, { hasColor })}`]
      : []),
    ...(vocabularies.length > 0
      ? [`Words\n${table(vocabularies, wordColumns, { hasColor })}`]
      : []),
  ].join('\n\n')
}

interface TestOptions {
  readonly message?: string
  readonly vocabularies?: string
}

const test: Handler<TestOptions> = async (session, { args, options }): Promise<ExitCode> => {
  const [path = ''] = args
  const mappings = await findMappings(path)
  const tables = options.vocabularies === undefined ? null : await readTables(options.vocabularies)
  const message = options.message === undefined ? null : await readSampleFiles([options.message])
  const results: MappingTest[] = []
  for (const file of mappings) {
    results.push(await testMapping({ file, tables, message: message?.[0]?.bytes ?? null }))
  }
  session.show({ mappings: results }, () => results.map(describeTest).join('\n'))
  return results.every(({ isFine }) => isFine) ? exitCodes.ok : exitCodes.error
}

function describeTest({ file, problems, examples, reading }: MappingTest): string {
  const lines = [
    ...problems.map(
      ({ line, column, path, message }) => `${file}:${line ?? 1}:${column ?? 1} ${path} ${message}`,
    ),
    ...examples.map((example) => {
      const head = `${file}:${example.line} ${example.name}: ${example.outcome}`
      if (example.outcome === 'failed') return `${head}: ${example.reason}`
      if (example.outcome === 'passed') return head
      const differences = example.differences.map(
        ({ pointer, expected, actual }) =>
          `  ${pointer}: ${JSON.stringify(expected) ?? 'nothing'} was expected, and it is ${JSON.stringify(actual) ?? 'nothing'}`,
      )
      return [head, ...differences].join('\n')
    }),
    ...(problems.length === 0 && examples.length === 0
      ? [`${file} is fine; it has no examples.`]
      : []),
  ]
  const shown = reading === null ? [] : JSON.stringify(reading, null, 2).split('\n')
  return [...lines, ...shown].map((line) => line.split('\n').map(printable).join('\n')).join('\n')
}

interface DiffOptions {
  readonly connection?: string
  readonly topic?: string
  readonly days: number
  readonly limit: number
}

const diff: Handler<DiffOptions> = async (session, { args, options }) => {
  const [path = ''] = args
  const draft = await readNamedFile(session, path)
  const name = mappingNameOf(path, options)
  return withDatabase(session, { database: 'migrated' }, async (database) => {
    const active = await findActive(database.pool, { kind: 'mapping', name })
    const input = { name, draft, active: active?.content ?? null, days: options.days }
    const sum = await runAll(session, database, { ...input, limit: options.limit })
    session.progress(null)
    const { samples, next, ...counts } = sum
    session.show({ name, against: active?.version ?? null, ...counts, samples, next }, () =>
      describeDiff({ ...sum, name, version: active?.version ?? null }),
    )
    if (next !== null) session.say('There are more messages: raise --limit to look at them.')
  })
}

/** Samples that are kept, however many messages differ. */
const keptSamples = 100
const pageLimit = 500

/** Page after page, up to as many messages as were asked for. */
async function runAll(
  session: Session,
  { pool, log, config }: CliDatabase,
  input: Omit<Parameters<typeof dryRunMapping>[1], 'before'>,
): Promise<DryRunPage> {
  const masterData = createMasterData({ pool, limit: config.masterData.productsInMemory })
  await masterData.refresh()
  const glossary = createGlossary({ pool, log, masterData })
  await glossary.refresh()
  const deps = { pool, words: glossary, clock: systemClock }
  let sum: DryRunPage | null = null
  let before: string | undefined
  for (;;) {
    const left = input.limit - (sum?.checked ?? 0)
    const page = await dryRunMapping(deps, { ...input, before, limit: Math.min(pageLimit, left) })
    sum = sum === null ? page : addPages(sum, page)
    session.progress(`${sum.checked} messages, ${sum.checked - sum.same} not the same`)
    if (page.next === null || sum.checked >= input.limit) return sum
    before = page.next
  }
}

function addPages(a: DryRunPage, b: DryRunPage): DryRunPage {
  return {
    checked: a.checked + b.checked,
    same: a.same + b.same,
    changed: a.changed + b.changed,
    unreadable: a.unreadable + b.unreadable,
    newlyReadable: a.newlyReadable + b.newlyReadable,
    newlyUnreadable: a.newlyUnreadable + b.newlyUnreadable,
    newlyUnmapped: a.newlyUnmapped + b.newlyUnmapped,
    samples: [...a.samples, ...b.samples].slice(0, keptSamples),
    next: b.next,
  }
}

function describeDiff(
  sum: DryRunPage & { readonly name: string; readonly version: number | null },
): string {
  const head = fields([
    ['Mapping', sum.name],
    ['Against', sum.version === null ? 'nothing in force' : `version ${sum.version}`],
    ['Messages', sum.checked],
    ['The same', sum.same],
    ['Changed', sum.changed],
    ['Readable now', sum.newlyReadable],
    ['Not readable any more', sum.newlyUnreadable],
    ['Of these, for a word', sum.newlyUnmapped],
    ['Readable by neither', sum.unreadable],
  ])
  return [head, ...sum.samples.map(describeSample)].join('\n\n')
}

/** Values may be personal data: a terminal keeps what it shows, so only the document for programs has them. */
function describeSample({ messageId, caseId, verdict, changes, after }: DryRunSample): string {
  const lines = [
    `${messageId} ${verdict.replaceAll('_', ' ')}${caseId === null ? '' : `, return ${caseId}`}`,
    ...changes.map(describeChange),
    ...after.unmapped.map(
      ({ vocabulary, value }) => `  nobody knows what ${vocabulary} ${value} means`,
    ),
    ...after.problems.map(({ pointer, message }) => `  ${pointer} ${message}`),
  ]
  return lines.map(printable).join('\n')
}

function describeChange({ kind, type, fields: changed }: EventChange): string {
  const where = changed.map(({ pointer }) => pointer).join(', ')
  return `  ${kind} ${type}${where === '' ? '' : `: ${where}`}`
}
