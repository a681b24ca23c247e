import type { DoubleAnswer } from '../double/index.ts'
import type { Records } from './records.ts'

interface Filter {
  readonly propertyName: string
  readonly operator: string
  readonly value?: string
}

interface Query {
  readonly filterGroups?: readonly { readonly filters: readonly Filter[] }[]
  readonly sorts?: readonly { readonly propertyName: string; readonly direction: string }[]
  readonly limit?: number
  readonly after?: string
}

const maxFilters = 6
const maxLimit = 200
/** A search shows no more than this, however it is paged. */
const maxShown = 10_000

interface Indexed {
  readonly id: string
  readonly values: Readonly<Record<string, string>>
}

/** The search of tickets: five in a second, late, and no more than 10,000 results. */
export function searchTickets(records: Records, sent: unknown): DoubleAnswer {
  const { filterGroups = [], sorts = [], limit = 10, after = '0' } = (sent ?? {}) as Query
  const filters = filterGroups.flatMap((group) => group.filters)
  const isTooMuch = filters.length > maxFilters || filterGroups.length > 1
  if (isTooMuch || limit > maxLimit || Number(after) + limit > maxShown) {
    return { status: 400, body: { status: 'error', category: 'VALIDATION_ERROR' } }
  }
  const known = records.indexed('tickets').map(({ record, at, properties }) => ({
    id: record.id,
    values: {
      ...properties,
      hs_object_id: record.id,
      hs_lastmodifieddate: String(at.getTime()),
    },
  }))
  const found = known.filter((one) => filters.every((filter) => fits(one, filter)))
  const [sort] = sorts
  if (sort) found.sort((a, b) => order(a, b, sort.propertyName))
  if (sort?.direction === 'DESCENDING') found.reverse()
  const from = Number(after)
  const shown = found.slice(from, from + limit)
  const isMore = from + limit < found.length
  const results = shown.map(({ id, values }) => ({ id, properties: values, archived: false }))
  const paging = isMore ? { paging: { next: { after: String(from + limit) } } } : {}
  return { status: 200, body: { total: found.length, results, ...paging } }
}

function fits({ values }: Indexed, { propertyName, operator, value = '' }: Filter): boolean {
  const own = values[propertyName]
  if (operator === 'HAS_PROPERTY') return own !== undefined
  if (own === undefined) return false
  switch (operator) {
    case 'EQ':
      return own === value
    case 'GT':
      return BigInt(own) > BigInt(value)
    case 'GTE':
      return BigInt(own) >= BigInt(value)
    default:
      return false
  }
}

function order(a: Indexed, b: Indexed, name: string): number {
  const [left, right] = [BigInt(a.values[name] ?? '0'), BigInt(b.values[name] ?? '0')]
  return left < right ? -1 : Number(left > right)
}
