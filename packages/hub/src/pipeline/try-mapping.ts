import { compileMapping } from '../mapping/document/compile-mapping.ts'
import type { Example, MappingDocument } from '../mapping/document/mapping-document.ts'
import { parseMapping } from '../mapping/document/parse-mapping.ts'
import { readWhole, type WholeReading } from '../mapping/dry-run/read-whole.ts'
import { type ExampleRun, runExamples } from '../mapping/examples/run-examples.ts'
import type { Words } from '../mapping/words.ts'
import type { Clock } from '../platform/clock.ts'
import { HubError } from '../platform/errors.ts'
import type { Queryable } from '../store/database.ts'
import { findMessageDetail } from '../store/message-queries.ts'
import type { DocumentProblem } from './document-check.ts'

/** What a trial needs. Words are those in force. */
interface TrialDeps {
  readonly pool: Queryable
  readonly words: Words
  readonly clock: Clock
}

/** A text that may become a mapping document, and what it is tried on. */
export interface TrialInput {
  /** `<connection>/<topic>`. */
  readonly name: string
  /** YAML, as far as it is written. */
  readonly content: string
  /** A recorded message, or a text that stands for one; null where only the document is looked at. */
  readonly sample: { readonly messageId: string } | { readonly text: string } | null
}

type ExampleResults = Extract<ExampleRun, { ok: true }>['results']

/** What came of it. */
export interface MappingTrial {
  readonly direction: MappingDocument['direction'] | null
  /** None where it can be run. */
  readonly problems: readonly DocumentProblem[]
  readonly examples: ExampleResults
  /** Examples whose files lie beside the document, where only its author has them. */
  readonly elsewhere: readonly { readonly name: string; readonly line: number }[]
  /** Null without a sample, for a document with problems, and for one that is about requests. */
  readonly reading: WholeReading | null
  /** The bytes that were read. */
  readonly sample: Uint8Array | null
}

/**
 * Says what a mapping that is being written makes of one sample, and what its examples come to. Keeps and changes
 * nothing.
 *
 * @throws {HubError} NOT_FOUND for a message that there is not.
 */
export async function tryMapping(deps: TrialDeps, input: TrialInput): Promise<MappingTrial> {
  const { name, content } = input
  const sample = await sampleOf(deps, input)
  const parsed = parseMapping(content)
  if (!parsed.ok) return failed(null, parsed.problems)
  const { document } = parsed
  const { direction } = document
  const [here, elsewhere] = split(document)
  const run = runExamples({ ...document, examples: here }, new Map(), deps.words)
  if (!run.ok) return failed(direction, run.problems)
  const said = { direction, problems: [], examples: run.results, elsewhere }
  const compiled = compileMapping(document)
  if (sample === null || !compiled.ok || compiled.mapping.direction === 'outbound') {
    return { ...said, reading: null, sample: null }
  }
  const [connectionId = '', topic = ''] = name.split('/')
  const { bytes, id, receivedAt } = sample
  const message = { id, topic, connectionId, receivedAt: receivedAt.toISOString() }
  const reading = readWhole(compiled.mapping, { message, bytes, words: deps.words })
  return { ...said, reading, sample: bytes }
}

function isFile({ input, output }: Example): boolean {
  return input.kind === 'file' || output.kind === 'file'
}

function split({ examples }: MappingDocument): [Example[], MappingTrial['elsewhere']] {
  return [
    examples.filter((example) => !isFile(example)),
    examples.filter(isFile).map(({ name, place }) => ({ name, line: place.line })),
  ]
}

function failed(
  direction: MappingTrial['direction'],
  problems: readonly DocumentProblem[],
): MappingTrial {
  return { direction, problems, examples: [], elsewhere: [], reading: null, sample: null }
}

interface Sample {
  readonly id: string
  readonly bytes: Uint8Array
  readonly receivedAt: Date
}

async function sampleOf(
  { pool, clock }: TrialDeps,
  { sample }: TrialInput,
): Promise<Sample | null> {
  if (sample === null) return null
  if ('text' in sample) {
    return { id: 'sample', bytes: Buffer.from(sample.text), receivedAt: clock.now() }
  }
  const found = await findMessageDetail(pool, sample.messageId)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such message.')
  return { id: sample.messageId, bytes: found.body, receivedAt: found.receivedAt }
}
