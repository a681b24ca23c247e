import { type CanonicalEvent, cloudEventType, eventData, eventTypes } from '@backhaul/sdk/canonical'
import {
  compileMapping,
  type InboundMapping,
  type OutboundMapping,
} from '../document/compile-mapping.ts'
import type { Example, ExampleContent, MappingDocument } from '../document/mapping-document.ts'
import type { DocumentProblem } from '../document/yaml-tree.ts'
import { type CommandToMap, mapCommand } from '../map-command.ts'
import { mapMessage } from '../map-message.ts'
import type { Reading } from '../reading.ts'
import type { Words } from '../words.ts'
import { type Difference, differencesOf } from './difference.ts'

/** What became of an example. `failed`: it could not be run, for a reason in a sentence. */
type ExampleResult = { readonly name: string; readonly line: number } & (
  | { readonly outcome: 'passed' }
  | { readonly outcome: 'differs'; readonly differences: readonly Difference[] }
  | { readonly outcome: 'failed'; readonly reason: string }
)

export type ExampleRun =
  | { readonly ok: true; readonly results: readonly ExampleResult[] }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] }

/** Files beside a document, by the path that it names them with. */
export type ExampleFiles = ReadonlyMap<string, Uint8Array>

/** What examples stand in for: messages that came at one moment. */
const moment = '2026-01-01T00:00:00.000Z'
const message = { id: 'example', topic: 'example', connectionId: 'example', receivedAt: moment }

/**
 * Runs the examples of a document: what its input comes to is held against its output. The output of an
 * inbound example is a list of events with `type`, `data`, and of `id`, `time` and `source` those that are
 * to be compared; or `{ignored: true}`, or `{unreadable: MD01}`. Fields with a default may be left out. That
 * of an outbound one is a request, with its body as JSON or as text. Never throws.
 */
export function runExamples(
  document: MappingDocument,
  files: ExampleFiles,
  words: Words,
): ExampleRun {
  const compiled = compileMapping(document)
  if (!compiled.ok) return compiled
  const { mapping } = compiled
  const results = document.examples.map((example): ExampleResult => {
    const { name, place } = example
    const result =
      mapping.direction === 'inbound'
        ? runInbound(mapping, example, { files, words })
        : runOutbound(mapping, example, { files, words })
    if (typeof result === 'string')
      return { name, line: place.line, outcome: 'failed', reason: result }
    const differences = differencesOf(result.expected, result.actual)
    const { length } = differences
    if (length === 0) return { name, line: place.line, outcome: 'passed' }
    return { name, line: place.line, outcome: 'differs', differences }
  })
  return { ok: true, results }
}

interface Surroundings {
  readonly files: ExampleFiles
  readonly words: Words
}

type Compared = { readonly expected: unknown; readonly actual: unknown } | string

function runInbound(
  mapping: InboundMapping,
  example: Example,
  { files, words }: Surroundings,
): Compared {
  const bytes = bytesOf(example.input, files)
  const output = valueOf(example.output, files)
  if (typeof bytes === 'string') return bytes
  if (typeof output === 'string') return output
  const reading = readAll(mapping, { bytes, words })
  if (!Array.isArray(output.value)) return { expected: output.value, actual: briefOf(reading) }
  if ('kind' in reading) return whyNoEvents(reading)
  const expected: unknown[] = output.value.map(withDefaults)
  return { expected, actual: reading.map((event, index) => comparable(event, expected[index])) }
}

/** The events of a payload, of all its records; or the first that cannot be read. */
function readAll(
  mapping: InboundMapping,
  given: { readonly bytes: Uint8Array; readonly words: Words },
): readonly CanonicalEvent[] | Reading {
  const reading = mapMessage(mapping, { message, ...given })
  if (reading.kind === 'events') return reading.events
  if (reading.kind !== 'records') return reading
  const events: CanonicalEvent[] = []
  for (const { body } of reading.records) {
    const one = mapMessage(mapping, { message, words: given.words, bytes: body, isRecord: true })
    if (one.kind === 'events') events.push(...one.events)
    else if (one.kind !== 'ignored') return one
  }
  return events
}

/** What an input came to, as the output of an example says it. */
function briefOf(reading: readonly CanonicalEvent[] | Reading): unknown {
  if (!('kind' in reading)) return reading.map((event) => comparable(event, null))
  return reading.kind === 'unreadable' ? { unreadable: reading.code } : { ignored: true }
}

function whyNoEvents(reading: Reading): string {
  if (reading.kind !== 'unreadable') return 'it is ignored: no event of the document applies'
  const { code, problems, unmapped } = reading
  const words = unmapped.map(({ vocabulary, value }) => `${vocabulary} "${value}"`)
  const reasons = problems.map(({ pointer, message: why }) => `${pointer} ${why}`)
  return `${code}: ${[...words, ...reasons].join('; ')}`
}

/** An expected event with the defaults of its contract. */
function withDefaults(expected: unknown): unknown {
  if (typeof expected !== 'object' || expected === null) return expected
  const { type, data } = expected as { readonly type?: unknown; readonly data?: unknown }
  const known = eventTypes.find((one) => one === type || cloudEventType(one) === type)
  const parsed = known && eventData[known].safeParse(data ?? {})
  return parsed?.success ? { ...expected, type: known, data: parsed.data } : expected
}

/** An event with the keys that are compared. */
function comparable(event: CanonicalEvent, expected: unknown): unknown {
  const { type, data } = event
  const keys = (['id', 'time', 'source'] as const).filter(
    (key) => typeof expected === 'object' && expected !== null && Object.hasOwn(expected, key),
  )
  const compared = Object.fromEntries(keys.map((key) => [key, event[key]]))
  // Through JSON, in which what is undefined is not there.
  return JSON.parse(JSON.stringify({ type, data, ...compared }))
}

function runOutbound(
  mapping: OutboundMapping,
  example: Example,
  { files, words }: Surroundings,
): Compared {
  const input = valueOf(example.input, files)
  const output = valueOf(example.output, files)
  if (typeof input === 'string') return input
  if (typeof output === 'string') return output
  const command = commandOf(input.value)
  if (command === null) return 'its input is no command'
  const { connectionId } = message
  const mapped = mapCommand(mapping, { command, connectionId, words, now: moment })
  if (!mapped.ok) {
    const { code, problems, unmapped } = mapped
    return whyNoEvents({ kind: 'unreadable', code, problems, unmapped })
  }
  const { method, path, query, headers, body } = mapped.request
  const expected = output.value
  const request = { method, path, query, headers, body: bodyOf(body) }
  const actual = Object.fromEntries(
    Object.entries(request).filter(
      ([key]) => typeof expected === 'object' && expected !== null && Object.hasOwn(expected, key),
    ),
  )
  return { expected, actual }
}

function commandOf(value: unknown): CommandToMap | null {
  if (typeof value !== 'object' || value === null) return null
  const standing = { caseId: '', caseNo: '', caseVersion: 1, occurredAt: moment, type: '' }
  return { ...standing, idempotencyKey: 'example', body: {}, ...value }
}

function bodyOf(body: string | null): unknown {
  return body === null ? null : (parseJson(body)?.value ?? body)
}

function bytesOf(content: ExampleContent, files: ExampleFiles): Uint8Array | string {
  if (content.kind === 'text') return Buffer.from(content.text)
  if (content.kind === 'value') return Buffer.from(JSON.stringify(content.value))
  return files.get(content.file) ?? `there is no file ${content.file}`
}

function valueOf(
  content: ExampleContent,
  files: ExampleFiles,
): { readonly value: unknown } | string {
  if (content.kind === 'value') return { value: content.value }
  const bytes = bytesOf(content, files)
  if (typeof bytes === 'string') return bytes
  return parseJson(Buffer.from(bytes).toString('utf8')) ?? 'its output is no JSON'
}

function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}
