import { channels } from '@backhaul/sdk/canonical'
import type { VocabularyName } from '../vocabularies.ts'
import type { ConceptName } from './concepts.ts'
import { type Draft, type DraftKey, sureFrom } from './draft.ts'
import type { Match, SourceField } from './match-fields.ts'
import { optionalPathText } from './path-text.ts'

/** What is known of a source when its document is written. */
export interface Learned {
  readonly draft: Draft
  /** Concepts with the fields that hold them. */
  readonly matches: ReadonlyMap<ConceptName, Match>
  /** Lists of texts, by what each holds. */
  readonly lists: ReadonlyMap<ConceptName, SourceField>
  readonly connection: string | null
  /** The list of which each item makes an event; null where a record makes one. */
  readonly each: string | null
  /** What lines are gone through by; null where a record is one line. */
  readonly linesPath: string | null
  readonly linesConfidence: number
  readonly otherLines: readonly string[]
  /** Vocabularies that the document asks, with the field whose words they are. */
  readonly asked: Map<VocabularyName, SourceField>
}

/** How a field is read in an expression: a missing one is nothing, and no problem. */
export function read(field: SourceField): string {
  return field.presence < 1 ? optionalPathText(field.root, field.keys) : field.path
}

/** Calls that make values of what a field holds. */
export function timeCall({ draft }: Pick<Learned, 'draft'>, field: SourceField): string {
  const { time } = field.shape
  if (!time) return field.path
  if (time.hasOffset) return `time(${read(field)}, "UTC", "${time.format}")`
  draft.guess(['constants', 'zone'], {
    text: 'UTC',
    confidence: 0.4,
    question: 'times do not say their offset: which time zone are they in?',
    choices: zones,
  })
  return `time(${read(field)}, constants.zone, "${time.format}")`
}

const zones =
  'UTC Europe/Berlin Europe/London Europe/Paris Europe/Madrid Europe/Rome Europe/Amsterdam America/New_York America/Chicago America/Los_Angeles'.split(
    ' ',
  )

export function numberText(field: SourceField): string {
  return field.shape.point === ',' ? `decimal(${read(field)}, ",")` : read(field)
}

export function word(learned: Learned, vocabulary: VocabularyName, field: SourceField): string {
  if (!learned.asked.has(vocabulary)) learned.asked.set(vocabulary, field)
  return `vocabulary("${vocabulary}", ${read(field)})`
}

/** Begins an event. */
export function putEach({ draft, each }: Learned, event: readonly DraftKey[]): void {
  if (each === null) return
  draft.put([...event, 'each'], each)
  draft.put([...event, 'as'], 'entry')
}

interface Wanted {
  readonly path: readonly DraftKey[]
  readonly concept: ConceptName
  readonly make?: (field: SourceField) => string
  /** What has to be there. Left out: the field is left out where nothing is found. */
  readonly otherwise?: {
    readonly text: string
    readonly question: string
    readonly choices?: readonly string[]
  }
}

/** An optional field is written from here on. */
const worthWriting = 0.55
/** What is not in every record can be no more certain than that, where an event needs it. */
const mostWhenMissing = 0.75

/** Writes what a concept's field comes to, or what stands in for it. */
export function putConcept(learned: Learned, { path, concept, make, otherwise }: Wanted): boolean {
  const { draft, matches } = learned
  const match = matches.get(concept)
  const textOf = make ?? (({ path: text }: SourceField) => text)
  if (match && (otherwise || match.certainty >= worthWriting)) {
    const isMissing = otherwise !== undefined && match.field.presence < 1
    const confidence = isMissing ? Math.min(match.certainty, mostWhenMissing) : match.certainty
    const share = Math.round((1 - match.field.presence) * 100)
    draft.guess(path, {
      text: textOf(match.field),
      confidence,
      question:
        match.certainty >= sureFrom && isMissing
          ? `it is missing in ${Math.max(1, share)} % of the samples: what shall it be then?`
          : questionOf(concept),
      choices: match.others.map(textOf),
    })
    return true
  }
  if (otherwise) draft.guess(path, { ...otherwise, confidence: 0.3 })
  return otherwise !== undefined
}

function questionOf(concept: ConceptName): string {
  const name = concept.replaceAll(/([A-Z])/g, ' $1').toLowerCase()
  return `is this the ${name.replace(' id', ' number')}?`
}

/** What most events may say of themselves: when they happened. */
export function putTime(
  learned: Learned,
  path: readonly DraftKey[],
  wanted: readonly ConceptName[],
): void {
  const best = wanted
    .map((concept) => learned.matches.get(concept))
    .find((match) => match !== undefined && match.certainty >= worthWriting)
  if (!best) return
  const { field, certainty, concept } = best
  const isAmbiguous = field.shape.time?.isAmbiguous === true
  learned.draft.guess(path, {
    text: timeCall(learned, field),
    confidence: isAmbiguous ? Math.min(certainty, 0.5) : certainty,
    question: isAmbiguous ? 'does the day or the month stand first?' : questionOf(concept),
    choices: isAmbiguous ? [swapped(timeCall(learned, field))] : [],
  })
}

function swapped(call: string): string {
  return call
    .replace(/"(d+)([-/.])(M+)/, '"$3$2$1')
    .replace(/"(M+)([-/.])(d+)(?=.*d+[-/.]M+)/, '"$3$2$1')
}

/** The identifiers that lead to the case. */
export function putRefs(learned: Learned, path: readonly DraftKey[]): void {
  const wanted = [
    ['return', 'returnId'],
    ['ticket', 'ticket'],
    ['order', 'orderId'],
  ] as const
  let index = 0
  for (const [type, concept] of wanted) {
    const match = learned.matches.get(concept)
    if (!match || match.certainty < worthWriting) continue
    // With constants beside it, a number that is not there leaves no half of a reference.
    if (match.field.presence < 1 && learned.connection === null) continue
    const at = [...path, index]
    learned.draft.put([...at, 'system'], systemOf(learned))
    learned.draft.put([...at, 'type'], `{ value: ${type} }`)
    putConcept(learned, { path: [...at, 'value'], concept })
    index += 1
  }
}

function systemOf({ connection }: Learned): string {
  return connection === null ? 'message.connection' : `{ value: ${connection} }`
}

/** The currency: a column, or one for all. */
export function putCurrency(learned: Learned, path: readonly DraftKey[]): string {
  const match = learned.matches.get('currency')
  if (match && match.certainty >= worthWriting) {
    const { field } = match
    const isCode = field.shape.isCurrency
    const text = isCode ? field.path : word(learned, 'currency', field)
    learned.draft.guess(path, {
      text,
      confidence: match.certainty,
      question: questionOf('currency'),
    })
    return text
  }
  learned.draft.guess(['constants', 'currency'], {
    text: 'EUR',
    confidence: 0.3,
    question: 'no field holds a currency: which one is it?',
    choices: ['EUR', 'USD', 'GBP', 'CHF'],
  })
  learned.draft.put(path, 'constants.currency')
  return 'constants.currency'
}

export function putChannel(learned: Learned, path: readonly DraftKey[]): void {
  const match = learned.matches.get('channel')
  if (match && match.certainty >= sureFrom) {
    const text = word(learned, 'channel', match.field)
    learned.draft.guess(path, {
      text,
      confidence: match.certainty,
      question: questionOf('channel'),
    })
    return
  }
  learned.draft.guess(path, {
    text: '{ value: ecommerce }',
    confidence: 0.4,
    question: 'through which channel do these returns come?',
    choices: channels.map((channel) => `{ value: ${channel} }`),
  })
}
