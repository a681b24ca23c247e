import {
  type infer as Infer,
  object,
  enum as oneOf,
  optional,
  catch as orElse,
  string,
} from 'zod/mini'

export const states = ['open', 'acknowledged', 'snoozed', 'resolved', 'ignored'] as const
export const queues = ['CS', 'RX', 'QA', 'FN', 'LG', 'PU', 'IT', 'MD', 'RK'] as const

const text = orElse(optional(string()), undefined)
const search = object({
  view: orElse(optional(oneOf(['causes', 'list'])), undefined),
  state: orElse(optional(oneOf(states)), undefined),
  queue: orElse(optional(oneOf(queues)), undefined),
  owner: text,
  code: text,
  connection: text,
  group: text,
  case: text,
  /** As lists of other screens name it; `state` says more. */
  status: orElse(optional(oneOf(['open', 'resolved', 'all'])), undefined),
  dueFrom: text,
  dueBefore: text,
  openedFrom: text,
})

/** What the screen shows: everything that its address says. */
export type ExceptionSearch = Infer<typeof search>

export function readSearch(given: Record<string, unknown>): ExceptionSearch {
  const read = search.parse(given)
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}
