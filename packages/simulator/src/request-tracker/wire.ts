import type { DoubleAnswer } from '../double/index.ts'
import type { RtShape, RtTicket, Transaction } from './tickets.ts'

/** RT leaves the milliseconds out. */
function instant(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

function userOf(name: string) {
  return { type: 'user', id: name, _url: `/REST/2.0/user/${name}` }
}

function fieldIds({ fields }: RtShape): ReadonlyMap<string, string> {
  return new Map(Object.keys(fields).map((name, index) => [name, String(index + 2)]))
}

function customFieldsOf(shape: RtShape, ticket: RtTicket) {
  return [...fieldIds(shape)].map(([name, id]) => {
    const value = ticket.fields.get(name)
    const values = value === undefined ? [] : [value]
    return { type: 'customfield', name, id, values, _url: `/REST/2.0/customfield/${id}` }
  })
}

function requestorsOf({ requestor }: RtTicket, withAddress: boolean) {
  if (requestor === null) return []
  return [{ ...userOf(requestor), ...(withAddress ? { EmailAddress: requestor } : {}) }]
}

export function ticketAnswer(shape: RtShape, ticket: RtTicket): DoubleAnswer {
  const newest = ticket.transactions.at(-1)?.id ?? 0
  const body = {
    id: ticket.id,
    Type: 'ticket',
    Subject: ticket.subject,
    Status: ticket.status,
    Created: instant(ticket.created),
    LastUpdated: instant(ticket.lastUpdated),
    LastUpdatedBy: userOf(ticket.transactions.at(-1)?.by ?? 'RT_System'),
    Queue: { type: 'queue', id: '3', _url: '/REST/2.0/queue/3' },
    Requestor: requestorsOf(ticket, false),
    CustomFields: customFieldsOf(shape, ticket),
    _hyperlinks: lifecycleLinks(shape, ticket),
  }
  return { status: 200, headers: { etag: `"${newest}"` }, body }
}

function lifecycleLinks({ lifecycle }: RtShape, ticket: RtTicket) {
  const self = `/REST/2.0/ticket/${ticket.id}`
  const ways = lifecycle[ticket.status] ?? []
  return [
    { ref: 'self', type: 'ticket', id: ticket.id, _url: self },
    ...ways.map((to) => ({ ref: 'lifecycle', from: ticket.status, to, _url: self })),
  ]
}

/** A ticket in a list: its id is a text there, and a number elsewhere. */
export function listedTicket(shape: RtShape, ticket: RtTicket, fields: readonly string[]) {
  const all: Record<string, unknown> = {
    Status: ticket.status,
    Subject: ticket.subject,
    LastUpdated: instant(ticket.lastUpdated),
    Requestor: requestorsOf(ticket, true),
    CustomFields: customFieldsOf(shape, ticket),
  }
  const shown = Object.entries(all).filter(([name]) => fields.includes(name))
  const id = String(ticket.id)
  return { type: 'ticket', id, _url: `/REST/2.0/ticket/${id}`, ...Object.fromEntries(shown) }
}

export function listedTransaction(transaction: Transaction) {
  const { id, type, data, by, at, field, newValue } = transaction
  return {
    type: 'transaction',
    id: String(id),
    _url: `/REST/2.0/transaction/${id}`,
    Type: type,
    Data: data,
    Field: field,
    NewValue: newValue,
    Creator: userOf(by),
    Created: instant(at),
  }
}

export function queueAnswer(shape: RtShape): DoubleAnswer {
  const fields = [...fieldIds(shape)].map(([name, id]) => {
    return {
      ref: 'customfield',
      type: 'customfield',
      name,
      id,
      _url: `/REST/2.0/customfield/${id}`,
    }
  })
  const body = { id: 3, Name: shape.queue, Lifecycle: 'default', TicketCustomFields: fields }
  return { status: 200, headers: { etag: '"34"' }, body }
}

/** RT gives no more than 100 things on a page, and 20 to whoever does not ask. */
export function pageOf<Thing>(query: URLSearchParams, things: readonly Thing[]) {
  const count = (name: string) => /^[1-9]\d{0,6}$/.exec(query.get(name) ?? '')?.[0]
  const perPage = Math.min(Number(count('per_page') ?? 20), 100)
  const page = Number(count('page') ?? 1)
  const items = things.slice((page - 1) * perPage, page * perPage)
  return { per_page: perPage, page, count: items.length, items }
}
