import { wordKey } from '../../src/mapping/vocabularies.ts'
import type { Words } from '../../src/mapping/words.ts'

/** Words that somebody has said the meaning of, and no master data yet. */
export function wordsOf(
  entries: readonly {
    readonly vocabulary: string
    readonly sourceValue: string
    readonly canonicalValue: string | null
  }[],
): Words {
  const known = new Map(
    entries.map((one) => [`${one.vocabulary} ${wordKey(one.sourceValue)}`, one.canonicalValue]),
  )
  return {
    translate: (vocabulary, value) => known.get(`${vocabulary} ${wordKey(value)}`) ?? null,
    express: () => null,
    product: () => ({ kind: 'unknown' }),
    party: () => ({ kind: 'unknown' }),
    packRatio: () => null,
    knowsProducts: false,
    knowsParties: false,
  }
}
