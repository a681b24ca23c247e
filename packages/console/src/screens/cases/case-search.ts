import {
  array,
  type infer as Infer,
  number,
  object,
  enum as oneOf,
  optional,
  catch as orElse,
  string,
} from 'zod/mini'

export const stages = [
  'requested',
  'authorized',
  'in_transit',
  'received',
  'inspected',
  'refund_pending',
  'done',
  'needs_review',
  'aging',
] as const
export const sorts = ['newest', 'since', 'updated', 'sla'] as const

const text = orElse(optional(string()), undefined)
const days = orElse(optional(number()), undefined)

const search = object({
  stage: orElse(optional(oneOf(stages)), undefined),
  sort: orElse(optional(oneOf(sorts)), undefined),
  q: text,
  channel: text,
  company: text,
  kind: text,
  priority: text,
  waiting: text,
  owner: text,
  headline: text,
  olderThanDays: days,
  youngerThanDays: days,
  /** The columns that are shown; those of the screen where left out. */
  columns: orElse(optional(array(string())), undefined),
})

/** What the list shows: everything that its address says. */
export type CaseSearch = Infer<typeof search>

export function readSearch(given: Record<string, unknown>): CaseSearch {
  const read = search.parse(given)
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

/** Names of the filter bar, and what they may say; those without a list take any word. */
export const filterWords: Readonly<Record<string, readonly string[]>> = {
  channel: [
    'support',
    'ecommerce',
    'marketplace',
    'account_mgmt',
    'field',
    'edi',
    'walk_in',
    'carrier_rts',
  ],
  waiting: [
    'agent',
    'customer',
    'carrier',
    'warehouse',
    'quality',
    'finance',
    'payments',
    'supplier',
    'integration',
    'risk',
  ],
  priority: ['low', 'normal', 'high', 'urgent'],
  company: [],
  kind: [],
  owner: [],
  headline: [],
  age: ['>1d', '>3d', '>7d', '>30d', '<1d'],
}

type Filters = Omit<CaseSearch, 'stage' | 'sort' | 'columns'>

/** `channel:edi waiting:warehouse age>3d S00042` as the filters that it stands for; words without a name are searched for. */
export function parseFilter(line: string): Filters {
  const filters: Record<string, string | number> = {}
  const words: string[] = []
  for (const word of line.split(/\s+/).filter((one) => one !== '')) {
    const age = /^age:?([<>])(\d+(?:\.\d+)?)([hdw]?)$/.exec(word)
    const [name = '', ...rest] = word.split(':')
    const value = rest.join(':')
    if (age !== null) {
      const count = Number(age[2]) * ({ h: 1 / 24, w: 7 }[age[3] ?? ''] ?? 1)
      filters[age[1] === '>' ? 'olderThanDays' : 'youngerThanDays'] = count
    } else if (value !== '' && name !== 'age' && Object.hasOwn(filterWords, name)) {
      filters[name] = aliases[value] ?? value
    } else words.push(word)
  }
  if (words.length > 0) filters['q'] = words.join(' ')
  return filters
}

const aliases: Readonly<Record<string, string>> = { wms: 'warehouse', erp: 'finance' }

/** The line that stands for these filters. */
export function formatFilter(filters: Filters): string {
  const parts: string[] = []
  for (const name of Object.keys(filterWords)) {
    const value = filters[name as keyof Filters]
    if (typeof value === 'string') parts.push(`${name}:${value}`)
  }
  if (filters.olderThanDays !== undefined) parts.push(`age>${filters.olderThanDays}d`)
  if (filters.youngerThanDays !== undefined) parts.push(`age<${filters.youngerThanDays}d`)
  if (filters.q !== undefined) parts.push(filters.q)
  return parts.join(' ')
}

/** Lines that what is typed could become, by its last word. */
export function completionsOf(line: string): string[] {
  const at = line.lastIndexOf(' ') + 1
  const [start, word] = [line.slice(0, at), line.slice(at)]
  const colon = word.indexOf(':')
  const found =
    colon < 0
      ? Object.keys(filterWords)
          .filter((name) => name.startsWith(word))
          .flatMap((name) => (name === 'age' ? wordsOf(name) : [`${name}:`]))
      : wordsOf(word.slice(0, colon)).filter((one) => one.startsWith(word))
  return found.filter((one) => one !== word).map((one) => `${start}${one}`)
}

function wordsOf(name: string): string[] {
  return (filterWords[name] ?? []).map((value) =>
    name === 'age' ? `age${value}` : `${name}:${value}`,
  )
}
