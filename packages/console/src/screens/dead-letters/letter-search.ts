import {
  type infer as Infer,
  object,
  enum as oneOf,
  optional,
  catch as orElse,
  string,
} from 'zod/mini'

export const messageStates = [
  'waiting',
  'applied',
  'repeated',
  'refused',
  'parked',
  'conflict',
] as const

const text = orElse(optional(string()), undefined)
const letters = object({ connection: text, command: text, code: text })
const messages = object({
  connection: text,
  state: orElse(optional(oneOf(messageStates)), undefined),
})

export type LetterSearch = Infer<typeof letters>
export type MessageSearch = Infer<typeof messages>

export function readLetterSearch(given: Record<string, unknown>): LetterSearch {
  return known(letters.parse(given))
}

export function readMessageSearch(given: Record<string, unknown>): MessageSearch {
  return known(messages.parse(given))
}

function known<Search extends object>(search: Search): Search {
  const entries = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries) as Search
}
