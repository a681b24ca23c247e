import {
  type infer as Infer,
  number,
  object,
  enum as oneOf,
  optional,
  catch as orElse,
  string,
} from 'zod/mini'

export const documentStates = ['draft', 'checked', 'reviewed', 'active', 'retired'] as const
export const tabs = ['examples', 'dryRun', 'versions', 'diff'] as const
export type Tab = (typeof tabs)[number]

const listSearch = object({ state: orElse(optional(oneOf(documentStates)), undefined) })
const newSearch = object({
  name: orElse(string(), ''),
  message: orElse(optional(string()), undefined),
})
const mappingSearch = object({
  /** The recorded message that the document is tried on. */
  message: orElse(optional(string()), undefined),
  tab: orElse(oneOf(tabs), 'examples'),
  /** The version that this one is held against. */
  against: orElse(optional(number()), undefined),
})
export type MappingSearch = Infer<typeof mappingSearch>

export function readListSearch(given: unknown): Infer<typeof listSearch> {
  return listSearch.parse(given)
}

export function readNewSearch(given: unknown): Infer<typeof newSearch> {
  return newSearch.parse(given)
}

export function readMappingSearch(given: unknown): MappingSearch {
  return mappingSearch.parse(given)
}
