import type { Learned } from './build-data.ts'
import { builders } from './build-events.ts'
import { collectFields, type Fields } from './collect-fields.ts'
import { type Decision, Draft } from './draft.ts'
import { findPlaces, type Places, x12Places } from './find-places.ts'
import { guessEvent, type LearnableType, learnableTypes } from './guess-event.ts'
import { type ProposedWord, proposeWords } from './propose-words.ts'
import { type ReadSamples, readSamples, type Sample } from './read-samples.ts'
import { Survey } from './survey.ts'

export interface LearnInput {
  readonly samples: readonly Sample[]
  readonly topic: string
  readonly connection?: string | undefined
  readonly hints?: LearnHints | undefined
}

/** What a person knows already. */
interface LearnHints {
  /** Answers to decisions, by path: an expression, or YAML of a group in braces. */
  readonly answers?: Readonly<Record<string, string>> | undefined
}

export interface LearnedMapping {
  /** YAML, with a comment `# DECIDE:` at each decision. Holds names of the samples' fields, and none of their values. */
  readonly document: string
  readonly vocabularies: readonly ProposedWord[]
  readonly decisions: readonly Decision[]
  /** 0 to 1: the mean over everything that was guessed. */
  readonly confidence: number
  /** Fields of the samples that the document does not read, as paths. */
  readonly unused: readonly string[]
}

/**
 * Drafts a mapping document from samples of a topic's messages: guesses the format, where records and lines
 * are, what each field means and what its words may stand for. The same samples always come to the same
 * draft. Never throws; what is over its limits is not looked at.
 */
export function learnMapping({ samples, topic, connection, hints }: LearnInput): LearnedMapping {
  const draft = new Draft(new Map(Object.entries(hints?.answers ?? {})))
  const read = readSamples(samples)
  const survey = new Survey()
  for (const value of read?.values ?? []) survey.add(value)
  const root = survey.finish()
  const places = read?.written.format === 'x12' ? x12Places(root) : findPlaces(root)
  const fields = collectFields(root, places, read)
  putHead(draft, { read, topic, places, groupBy: fields.groupBy })
  const type = putType(draft, { topic, fields })
  const asked: Learned['asked'] = new Map()
  const learned: Learned = {
    draft,
    asked,
    matches: fields.matches,
    lists: fields.lists,
    connection: isPlainId(connection) ? connection : null,
    each: places.each,
    linesPath: fields.linesPath,
    linesConfidence: places.confidence,
    otherLines: places.otherLines,
  }
  builders[type](learned, ['events', 0])
  draft.putRest()
  const vocabularies = [...asked].flatMap(([vocabulary, field]) =>
    proposeWords(vocabulary, field.node.values.keys()),
  )
  const yaml = draft.toYaml()
  // In groups of rows a field is read by another variable.
  const unused = fields.all
    .filter(({ root: top, path }) => !yaml.includes(path.slice(top.length)))
    .map(({ path }) => path)
  return {
    document: `${yaml}${unusedComment(unused)}`,
    vocabularies,
    decisions: draft.decisions,
    confidence: draft.confidence,
    unused,
  }
}

function isPlainId(connection: string | undefined): connection is string {
  return connection !== undefined && /^[a-z0-9][a-z0-9-]{0,62}$/.test(connection)
}

function putHead(
  draft: Draft,
  {
    read,
    topic,
    places,
    groupBy,
  }: {
    readonly read: ReadSamples | null
    readonly topic: string
    readonly places: Places
    readonly groupBy: string | null
  },
): void {
  draft.put(['mapping'], '1')
  draft.put(['direction'], 'inbound')
  draft.put(
    ['description'],
    `Learned from samples of ${topic.replaceAll(/[^\p{L}\p{N} ._-]/gu, ' ').slice(0, 80)}`,
  )
  const written = read?.written ?? { format: 'json' }
  draft.guess(['source', 'format'], {
    text: written.format,
    confidence: read?.confidence ?? 0.1,
    question: read === null ? 'no sample could be read' : unreadQuestion(read),
    choices: ['json', 'form', 'xml', 'csv', 'x12'],
  })
  for (const [name, value] of Object.entries(written)) {
    if (name !== 'format') draft.putValue(['source', name], value)
  }
  draft.keep(['constants'])
  const { records: text } = places
  if (text !== null) {
    const confidence = written.format === 'csv' ? 1 : places.confidence
    draft.guess(['source', 'records'], {
      text,
      confidence,
      question: 'does each of these become a message?',
    })
  }
  if (groupBy !== null) {
    draft.guess(['source', 'groupBy'], {
      text: groupBy,
      confidence: 0.85,
      question: 'do the rows with one value here belong to one return?',
    })
  }
}

function unreadQuestion({ unread }: ReadSamples): string {
  return unread.length === 0
    ? 'is this how messages are written?'
    : `${unread.length} of the samples cannot be read this way`
}

function putType(
  draft: Draft,
  { topic, fields }: { readonly topic: string; readonly fields: Fields },
): LearnableType {
  const certainties = new Map(
    [...fields.matches].map(([concept, { certainty }]) => [concept, certainty]),
  )
  const guess = guessEvent(topic, certainties)
  const said = learnableTypes.find((type) => type === draft.answer(['events', 0, 'type']))
  const type = said ?? guess.type
  draft.guess(['events', 0, 'type'], {
    text: type,
    confidence: guess.confidence,
    question: 'is this what has happened when such a message comes?',
    choices: guess.choices,
  })
  return type
}

const listed = 100

function unusedComment(paths: readonly string[]): string {
  if (paths.length === 0) return ''
  const shown = paths.slice(0, listed).map((path) => `#   ${path}\n`)
  return `# Fields of the samples that nothing reads:\n${shown.join('')}`
}
