/** Where and when a word is said: what it means can depend on each of these. */
export interface WordScope {
  readonly connectionId: string
  /** Company of the case, where the message says it. */
  readonly company: string | null
  /** ISO 8601 instant: entries are valid from and to a time. */
  readonly at: string
}

/** How a product is named by somebody. */
export type ProductIdKind = 'id' | 'sku' | 'gtin' | 'channel_sku' | 'customer_part_no'

/** What master data knows of a product. */
export interface ProductWords {
  /** The system of record's own id. */
  readonly productId: string
  readonly sku: string | null
  readonly gtin: string | null
  readonly name: string | null
  /** Unit that its stock is kept in. */
  readonly baseUnit: string
  /** Product that takes its place, where it was superseded. */
  readonly supersededBy: string | null
  readonly category: string | null
  readonly tags: readonly string[]
}

/** What master data knows of a customer account. */
export interface PartyWords {
  readonly partyId: string
  readonly commercialPartyId: string | null
  readonly name: string | null
}

/** `unknown`: nobody has it; `ambiguous`: more than one has it, and a person has to say which. */
export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }

/**
 * What a mapping document may look up, as it stood at one moment. Everything is in memory: nothing waits,
 * and nothing throws.
 */
export interface Words {
  /** A source's word in the canonical language; null where nobody has said what it means. */
  readonly translate: (vocabulary: string, value: string, scope: WordScope) => string | null
  /** A canonical word in the language of `scope.connectionId`; null where it has none for it. */
  readonly express: (vocabulary: string, value: string, scope: WordScope) => string | null
  readonly product: (kind: ProductIdKind, value: string, scope: WordScope) => Found<ProductWords>
  /** `kind` is the namespace of the value, such as `account`, `email`, or a connection's own customer id. */
  readonly party: (kind: string, value: string, scope: WordScope) => Found<PartyWords>
  /** How many base units one `unit` of a product is, as a decimal; null where that is not known. */
  readonly packRatio: (productId: string | null, unit: string) => string | null
  /** False until products were synchronized for the first time: then an unknown one is passed on as it is. */
  readonly knowsProducts: boolean
  readonly knowsParties: boolean
}
