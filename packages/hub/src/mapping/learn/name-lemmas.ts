import { distance } from 'fastest-levenshtein'
import { lemmaByWord } from './lemmas.ts'

/** What the name of a field says: lemmas in their order, and how many of its words nobody knows. */
export interface NameLemmas {
  readonly lemmas: readonly string[]
  readonly unknown: number
  /** 0 to 1: how surely the words are the ones they were taken for. */
  readonly certainty: number
}

const partLimit = 12
const nameLimit = 100
const known = new Map<string, Word>()
const knownLimit = 5_000

interface Word {
  readonly lemmas: readonly string[]
  readonly unknown: number
  readonly certainty: number
}

/** Reads the name of a field: `customerOrderNo`, `Bestell-Nr.`, `numéro_commande`. */
export function readName(name: string): NameLemmas {
  const words = joined(partsOf(name)).map(readWord)
  return {
    lemmas: words.flatMap(({ lemmas }) => lemmas),
    unknown: words.reduce((sum, word) => sum + word.unknown, 0),
    certainty: Math.min(1, ...words.map(({ certainty }) => certainty)),
  }
}

/** The words of a name in small letters, without accents. */
function partsOf(name: string): string[] {
  const plain = name
    .slice(0, nameLimit)
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
  return (plain.match(/\p{L}+\d*/gu) ?? []).slice(0, partLimit)
}

/** Two words that have a meaning together, as in `Art.-Nr.` and `RazonSocial`, as one. */
function joined(parts: readonly string[]): string[] {
  const words: string[] = []
  for (const part of parts) {
    const both = `${words.at(-1) ?? ''}${part}`
    if (words.length > 0 && lemmaByWord.has(both)) words[words.length - 1] = both
    else words.push(part)
  }
  return words
}

function readWord(word: string): Word {
  const before = known.get(word)
  if (before) return before
  if (known.size >= knownLimit) known.clear()
  const read = lookUp(word)
  known.set(word, read)
  return read
}

function lookUp(word: string): Word {
  const lemma = lemmaOf(word)
  if (lemma !== undefined) return { lemmas: [lemma], unknown: 0, certainty: 1 }
  const isSplit = word.length >= 5 && word.length <= longestCompound
  const parts = isSplit ? split(word, compoundParts) : null
  if (parts) return { lemmas: parts, unknown: 0, certainty: 0.97 }
  const near = nearest(word)
  if (near) return near
  const end = word.length >= 7 ? edgeLemma(word) : null
  return end
    ? { lemmas: [end], unknown: 1, certainty: 0.9 }
    : { lemmas: [], unknown: 1, certainty: 1 }
}

/** Digits at the end count for `ean13`, and for nothing in `address2`; what makes a plural may be missing. */
function lemmaOf(word: string): string | undefined {
  const plain = word.replace(/\d+$/, '')
  const found = lemmaByWord.get(word) ?? lemmaByWord.get(plain)
  if (found !== undefined || plain.length < 4) return found
  return lemmaByWord.get(plain.replace(/(?:en|s|n|e)$/, ''))
}

const shortestPart = 2
const longestCompound = 40
const compoundParts = 4
/** Sounds between the parts of a compound. */
const joints = ['', 's', 'n', 'en', 'e', 'es', 'de', 'du']

/** The parts of a compound, such as `bestellnummer`, where they make up all of it; the longest first part first. */
function split(word: string, parts: number): readonly string[] | null {
  if (parts < 2) return null
  for (let end = word.length - shortestPart; end >= shortestPart + 1; end -= 1) {
    const head = lemmaByWord.get(word.slice(0, end))
    if (head === undefined) continue
    for (const joint of joints) {
      if (!word.startsWith(joint, end)) continue
      const rest = word.slice(end + joint.length)
      const tail = lemmaOf(rest)
      if (tail !== undefined && rest.length >= shortestPart) return [head, tail]
      const deeper = rest.length >= 5 ? split(rest, parts - 1) : null
      if (deeper) return [head, ...deeper]
    }
  }
  return null
}

/** A word with a mistake in it. Short words are too near to each other to tell. */
function nearest(word: string): Word | null {
  if (word.length < 6) return null
  const most = word.length >= 9 ? 2 : 1
  let best: { lemma: string; edits: number } | null = null
  for (const [other, lemma] of lemmaByWord) {
    if (other.length < 5 || Math.abs(other.length - word.length) > most) continue
    const edits = distance(word, other)
    if (edits <= most && (best === null || edits < best.edits)) best = { lemma, edits }
  }
  return best && { lemmas: [best.lemma], unknown: 0, certainty: 1 - 0.08 * best.edits }
}

/** What a long word begins or ends with: its end says what it is, as in `lagerplatznummer`. */
function edgeLemma(word: string): string | null {
  for (let length = word.length - 2; length >= 4; length -= 1) {
    const lemma = lemmaByWord.get(word.slice(-length)) ?? lemmaByWord.get(word.slice(0, length))
    if (lemma !== undefined) return lemma
  }
  return null
}
