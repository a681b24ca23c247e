import { distance } from 'fastest-levenshtein'
import { wordKey } from './vocabularies.ts'

/** A canonical value that a word may mean. */
export interface Suggestion {
  readonly value: string
  readonly title: string
  /** 0 to 1: how likely it is that the word means it. Never 1: a person says so. */
  readonly confidence: number
}

const suggested = 3
/** How likely the meaning is that others give to the very same word, where they all agree. */
const agreement = 0.95
/** A likeness of letters alone is no proof. */
const likeness = 0.9

/**
 * The three likeliest meanings of a word, the likeliest first, however unlikely: by what others mean by the same
 * word, and by how much it is like a value or its title.
 *
 * @param from.values - canonical values with their titles.
 * @param from.elsewhere - how many others take the word for each canonical value.
 */
export function suggest(
  word: string,
  from: {
    readonly values: Iterable<readonly [value: string, title: string]>
    readonly elsewhere: ReadonlyMap<string, number>
  },
): Suggestion[] {
  const said = partsOf(word)
  const votes = [...from.elsewhere.values()].reduce((sum, count) => sum + count, 0)
  const all = [...from.values].map(([value, title]) => {
    const share = votes === 0 ? 0 : (from.elsewhere.get(value) ?? 0) / votes
    const alike = Math.max(likenessOf(said, partsOf(value)), likenessOf(said, partsOf(title)))
    const confidence = Math.max(share * agreement, alike * likeness)
    return { value, title, confidence: Math.round(confidence * 100) / 100 }
  })
  return all
    .toSorted((a, b) => b.confidence - a.confidence || (a.value < b.value ? -1 : 1))
    .slice(0, suggested)
}

/** Words of a text: runs of letters and digits, also where a name is written in one. At most 12 count. */
function partsOf(text: string): string[] {
  const apart = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
  return (wordKey(apart).match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 12)
}

/** How much two texts are alike, 0 to 1: as a whole, or word for word in whatever order. */
function likenessOf(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0
  const whole = similarity(a.join(''), b.join(''))
  const found = covered(a, b)
  const known = covered(b, a)
  const parts = found + known === 0 ? 0 : (2 * found * known) / (found + known)
  return Math.max(whole, parts)
}

/** How well each word of `a` is found among those of `b`, on average by length. */
function covered(a: readonly string[], b: readonly string[]): number {
  const length = a.reduce((sum, word) => sum + word.length, 0)
  const found = a.reduce((sum, word) => {
    const best = Math.max(...b.map((other) => similarity(word, other)))
    // Two words of which less than two thirds agree are different words.
    return sum + (best < 2 / 3 ? 0 : best * word.length)
  }, 0)
  return found / length
}

function similarity(a: string, b: string): number {
  return 1 - distance(a, b) / Math.max(a.length, b.length)
}
