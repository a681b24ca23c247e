import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CanonicalEvent, commandTypes } from '@backhaul/sdk/canonical'
import { noMasterData } from '../../src/connect/glossary.ts'
import {
  type CompiledMapping,
  compileMapping,
  type InboundMapping,
} from '../../src/mapping/document/compile-mapping.ts'
import type { MappingDocument } from '../../src/mapping/document/mapping-document.ts'
import { parseMapping } from '../../src/mapping/document/parse-mapping.ts'
import { runExamples } from '../../src/mapping/examples/run-examples.ts'
import { mapMessage } from '../../src/mapping/map-message.ts'
import type { Reading } from '../../src/mapping/reading.ts'
import { isVocabulary, vocabularies, wordKey } from '../../src/mapping/vocabularies.ts'
import type { Words } from '../../src/mapping/words.ts'
import { type ChannelManifest, readManifest } from '../../src/pipeline/channels.ts'
import { readCsv } from '../../src/pipeline/vocabulary-csv.ts'

/** A channel's folder, read whole. */
export interface ChannelFolder {
  readonly manifest: ChannelManifest
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** Everything in a folder, by paths with slashes. */
export function readChannelFolder(folder: string): ChannelFolder {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path)]
      }),
  )
  return { manifest: readManifest(textOf(files, 'channel.yaml')), files }
}

function textOf(files: ReadonlyMap<string, Uint8Array>, path: string): string {
  return Buffer.from(files.get(path) ?? []).toString('utf8')
}

interface Table {
  readonly vocabulary: string
  readonly rows: ReturnType<typeof readCsv>
}

function tablesOf({ files }: ChannelFolder): Table[] {
  return [...files.keys()].flatMap((path) => {
    const [, vocabulary] = /^vocabularies\/(\w+)\.csv$/.exec(path) ?? []
    return vocabulary === undefined
      ? []
      : [{ vocabulary, rows: readCsv(textOf(files, path), { connectionId: null }) }]
  })
}

/** The channel's own words, compared as the hub compares words; of products and customers nothing is known. */
function wordsOf(channel: ChannelFolder): Words {
  const meanings = new Map<string, string>()
  const words = new Map<string, string>()
  for (const { vocabulary, rows } of tablesOf(channel)) {
    for (const { entry } of rows.toReversed()) {
      meanings.set(`${vocabulary} ${wordKey(entry.sourceValue)}`, entry.canonicalValue)
      words.set(`${vocabulary} ${entry.canonicalValue}`, entry.sourceValue)
    }
  }
  return {
    ...noMasterData,
    translate: (name, value) => meanings.get(`${name} ${wordKey(value)}`) ?? null,
    express: (name, value) => words.get(`${name} ${value}`) ?? null,
  }
}

/** Whatever is wrong with a channel, each in a sentence. */
export function problemsOf(channel: ChannelFolder): string[] {
  const { manifest, files } = channel
  const names = new Set(manifest.documents.map(({ name }) => name))
  const beside = [...files.keys()].filter(
    (path) => path.startsWith('mappings/') && !names.has(path.slice(9).replace(/\.yaml$/, '')),
  )
  return [
    ...(files.has('README.md') ? [] : ['it has no README.md']),
    ...beside.map((path) => `${path} is not named in channel.yaml`),
    ...tablesOf(channel).flatMap(tableProblems),
    ...manifest.documents.flatMap((document) => documentProblems(channel, document)),
  ]
}

function tableProblems({ vocabulary, rows }: Table): string[] {
  if (!isVocabulary(vocabulary)) return [`there is no vocabulary ${vocabulary}`]
  const { values } = vocabularies[vocabulary]
  const keys = rows.map(({ entry }) => wordKey(entry.sourceValue))
  return rows.flatMap(({ line, entry: { sourceValue, canonicalValue } }, index) => {
    const at = `${vocabulary}.csv, line ${line}:`
    const isTwice = keys.indexOf(keys[index] ?? '') < index
    return [
      ...(values?.has(canonicalValue) === false ? [`${at} ${canonicalValue} is no value`] : []),
      ...(isTwice ? [`${at} ${sourceValue} stands there twice`] : []),
    ]
  })
}

function documentProblems(
  channel: ChannelFolder,
  { name, direction }: ChannelManifest['documents'][number],
): string[] {
  const path = `mappings/${name}.yaml`
  const tell = (sentences: readonly string[]) => sentences.map((one) => `${path}: ${one}`)
  if (!channel.files.has(path)) return tell(['there is no such document'])
  const read = readDocument(channel, path)
  if (typeof read === 'string') return tell([read])
  const { document } = read
  const isCommand = commandTypes.some((type) => type === name)
  return tell([
    ...(document.direction === direction ? [] : [`it is ${document.direction}`]),
    ...(direction === 'outbound' && !isCommand ? ['there is no such command'] : []),
    ...wordProblems(channel, path),
    ...exampleProblems(channel, document),
  ])
}

interface Readable {
  readonly document: MappingDocument
  readonly mapping: CompiledMapping
}

function readDocument({ files }: ChannelFolder, path: string): Readable | string {
  const parsed = parseMapping(textOf(files, path))
  if (!parsed.ok) return inWords(parsed.problems)
  const { document } = parsed
  const compiled = compileMapping(document)
  return compiled.ok ? { document, mapping: compiled.mapping } : inWords(compiled.problems)
}

function inWords(
  problems: readonly {
    readonly line: number | null
    readonly path: string
    readonly message: string
  }[],
): string {
  return problems.map(({ line, path, message }) => `line ${line} ${path} ${message}`).join('; ')
}

/** Vocabularies that a document asks and that have no table: every message of its topic would wait for a person. */
function wordProblems({ files }: ChannelFolder, path: string): string[] {
  const asked = new Set(
    [...textOf(files, path).matchAll(/\bvocabulary\("(\w+)"/g)].map(([, name = '']) => name),
  )
  return [...asked]
    .filter((name) => !files.has(`vocabularies/${name}.csv`))
    .map((name) => `there is no table vocabularies/${name}.csv`)
}

function exampleProblems(channel: ChannelFolder, document: MappingDocument): string[] {
  if (document.examples.length === 0) return ['it has no examples']
  const run = runExamples(document, channel.files, wordsOf(channel))
  if (!run.ok) return [inWords(run.problems)]
  return run.results.flatMap((result) => {
    if (result.outcome === 'passed') return []
    const why = result.outcome === 'failed' ? result.reason : JSON.stringify(result.differences)
    return [`the example "${result.name}" ${result.outcome}: ${why}`]
  })
}

/** The events of each example of each inbound document that makes some. */
export function eventsOfExamples(
  channel: ChannelFolder,
): { readonly example: string; readonly events: readonly CanonicalEvent[] }[] {
  return inboundSamples(channel).map(({ example, mapping, bytes, words }) => {
    const readings = mapSample({ mapping, bytes, words })
    return { example, events: readings.flatMap((one) => (one.kind === 'events' ? one.events : [])) }
  })
}

/** A message as a channel sends it, with what reads it. */
export interface InboundSample {
  readonly example: string
  readonly mapping: InboundMapping
  readonly bytes: Uint8Array
  readonly words: Words
}

/** The examples of the inbound documents of a channel that come from a file. */
export function inboundSamples(channel: ChannelFolder): InboundSample[] {
  const words = wordsOf(channel)
  return channel.manifest.documents.flatMap(({ name }) => {
    const read = readDocument(channel, `mappings/${name}.yaml`)
    if (typeof read === 'string' || read.mapping.direction !== 'inbound') return []
    const { mapping } = read
    return read.document.examples.flatMap(({ name: example, input }) => {
      const bytes = input.kind === 'file' ? channel.files.get(input.file) : undefined
      if (bytes === undefined) return []
      return [{ example: `${name}: ${example}`, mapping, bytes, words }]
    })
  })
}

/** What a message comes to, or each of the records that it is taken apart into. */
export function mapSample({
  mapping,
  bytes,
  words,
}: Pick<InboundSample, 'mapping' | 'bytes' | 'words'>): Reading[] {
  const reading = mapMessage(mapping, { message, bytes, words })
  if (reading.kind !== 'records') return [reading]
  return reading.records.map(({ body }) =>
    mapMessage(mapping, { message, bytes: body, words, isRecord: true }),
  )
}

const message = {
  id: '01920000-0000-7000-8000-000000000001',
  topic: 'example',
  connectionId: 'example',
  receivedAt: '2026-12-01T00:00:00.000Z',
}
