import type { RtTicket } from './tickets.ts'

/** A query that RT would not understand. */
export class QueryError extends Error {}

interface Row {
  readonly queue: string
  readonly ticket: RtTicket
}

type Test = (row: Row) => boolean

const condition =
  /^\s*('CF\.\{[^}']+\}'|[A-Za-z]+)\s*(IS NOT NULL|IS NULL|>=|<=|!=|=|>|<)\s*('(?:[^'\\]|\\.)*'|\d+)?\s*/

/**
 * The part of TicketSQL that is asked for: conditions on the queue, the id, the status, the time of the last change and
 * custom fields, all of which have to hold.
 *
 * @throws {QueryError} for anything else.
 */
export function compileQuery(query: string, now: Date): Test {
  const tests: Test[] = []
  let rest = query
  while (rest.trim() !== '') {
    const [all, name = '', operator = '', value] = condition.exec(rest) ?? []
    if (all === undefined) throw new QueryError(`Wrong query near '${rest.slice(0, 20)}'`)
    tests.push(testOf(name, operator, { value: unquoted(value), now }))
    rest = rest.slice(all.length)
    if (rest === '') break
    if (!/^AND\s/i.test(rest)) throw new QueryError(`Wrong query near '${rest.slice(0, 20)}'`)
    rest = rest.slice(4)
  }
  return (row) => tests.every((test) => test(row))
}

function testOf(
  name: string,
  operator: string,
  { value, now }: { readonly value: string; readonly now: Date },
): Test {
  const [, field] = /^'CF\.\{(.+)\}'$/.exec(name) ?? []
  if (field !== undefined) {
    const has = ({ ticket }: Row) => ticket.fields.get(field)
    if (operator === 'IS NOT NULL') return (row) => has(row) !== undefined
    if (operator === '=') return (row) => has(row) === value
    throw new QueryError(`Wrong operator ${operator}`)
  }
  switch (`${name} ${operator}`) {
    case 'Queue =':
      return ({ queue }) => queue === value
    case 'Status =':
      return ({ ticket }) => ticket.status === value
    case 'id >':
      return ({ ticket }) => ticket.id > Number(value)
    case 'LastUpdated >=': {
      const from = momentOf(value, now)
      return ({ ticket }) => Math.floor(ticket.lastUpdated.getTime() / 1_000) >= from
    }
    default:
      throw new QueryError(`Wrong query, no such column '${name}'`)
  }
}

/** RT cannot read a time with a zone in it, and takes its midnight; what it reads not at all is the year 1970. */
function momentOf(text: string, now: Date): number {
  const [, seconds] = /^(\d+) seconds ago$/.exec(text) ?? []
  if (seconds !== undefined) return Math.floor(now.getTime() / 1_000) - Number(seconds)
  const [, day] = /^(\d{4}-\d\d-\d\d)T/.exec(text) ?? []
  if (day !== undefined) return Date.parse(`${day}T00:00:00Z`) / 1_000
  const moment = Date.parse(`${text.replace(' ', 'T')}Z`)
  return Number.isNaN(moment) ? 0 : moment / 1_000
}

function unquoted(value = ''): string {
  return value.startsWith("'") ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value
}
