import { reasonCodes } from '@backhaul/sdk/canonical'
import { suggest } from '../suggest.ts'
import { cleanWord, type VocabularyName, vocabularies, wordKey } from '../vocabularies.ts'
import { wordMeanings } from './word-meanings.ts'

/** A word of the source, and what it may mean. */
export interface ProposedWord {
  readonly vocabulary: VocabularyName
  /** As the source writes it. */
  readonly sourceValue: string
  /** Null where nothing is likely. */
  readonly canonicalValue: string | null
  readonly confidence: number
  /** Other meanings, the likeliest first. */
  readonly choices: readonly string[]
}

const reasonByX12: ReadonlyMap<string, string> = new Map(
  Object.entries(reasonCodes).flatMap(([code, { x12 }]) => (x12 === null ? [] : [[x12, code]])),
)
const nobody: ReadonlyMap<string, number> = new Map()
/** As good as a person's word: the very phrase is in the list. */
const exact = 0.95
const least = 0.5
/** An open vocabulary takes any word: its own, in the plain form that a person would choose. */
const ownWord = 0.6
const wordLimit = 60

/** What the words of a column mean, in the order in which they stand there. */
export function proposeWords(vocabulary: VocabularyName, values: Iterable<string>): ProposedWord[] {
  const known = new Map<string, string>()
  for (const value of values) {
    const key = wordKey(value)
    if (key !== '' && !known.has(key)) known.set(key, cleanWord(value))
    if (known.size >= wordLimit) break
  }
  return [...known.values()].map((sourceValue) => ({
    vocabulary,
    sourceValue,
    ...meaningOf(vocabulary, sourceValue),
  }))
}

function meaningOf(
  vocabulary: VocabularyName,
  value: string,
): Pick<ProposedWord, 'canonicalValue' | 'confidence' | 'choices'> {
  const titles = [...phrasesOf(vocabulary)]
  const word = plain(value)
  const same = titles.find(([, phrase]) => phrase === word)
  if (same) return { canonicalValue: same[0], confidence: exact, choices: [] }
  const x12 = vocabulary === 'reason' ? reasonByX12.get(value) : undefined
  if (x12 !== undefined) return { canonicalValue: x12, confidence: exact, choices: [] }
  const likely = suggest(word, { values: titles, elsewhere: nobody })
  const distinct = likely.filter(
    ({ value: one }, index) => likely.findIndex((other) => other.value === one) === index,
  )
  const [best] = distinct
  if (best !== undefined && best.confidence >= least) {
    const { value: canonicalValue, confidence } = best
    return { canonicalValue, confidence, choices: distinct.map((one) => one.value) }
  }
  const isOpen = vocabularies[vocabulary].values === null
  const own = isOpen ? slug(word) : ''
  return own === ''
    ? { canonicalValue: null, confidence: 0, choices: distinct.map((one) => one.value) }
    : { canonicalValue: own, confidence: ownWord, choices: [] }
}

/** Canonical values with the phrases that stand for them: what is known of systems, their titles, and themselves. */
function* phrasesOf(vocabulary: VocabularyName): Generator<readonly [string, string]> {
  for (const [value, phrases] of Object.entries(wordMeanings[vocabulary] ?? {})) {
    for (const phrase of phrases.split(', ')) yield [value, phrase]
  }
  for (const [value, title] of vocabularies[vocabulary].values ?? []) {
    yield [value, plain(title)]
    yield [value, plain(value.replace(/^\w+:/, ''))]
  }
}

/** Small letters and digits with single blanks between: `NICHT_WIE-Beschrieben` as `nicht wie beschrieben`. */
function plain(value: string): string {
  return value
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function slug(word: string): string {
  return word.replaceAll(' ', '-').slice(0, 60)
}
