import type { DoubleAnswer, DoubleRequest, Route } from '../double/index.ts'
import { compileQuery, QueryError } from './ticket-sql.ts'
import type { RtTicket, Tickets } from './tickets.ts'
import { listedTicket, listedTransaction, pageOf, queueAnswer, ticketAnswer } from './wire.ts'

interface Office {
  readonly tickets: Tickets
  /** Whose token it is. */
  readonly user: string
  readonly now: () => Date
}

/** The calls of REST2 that are known here. */
export function routesOf({ tickets, user, now }: Office): readonly Route[] {
  const at = (answer: (request: DoubleRequest, ticket: RtTicket) => DoubleAnswer) => {
    return (request: DoubleRequest) => withTicket(tickets, request, answer)
  }
  return [
    ['GET', '/REST/2.0/rt', () => ({ status: 200, body: { Version: '5.0.3', Plugins: [] } })],
    ['GET', '/REST/2.0/queue/:name', (request) => queue(tickets, request)],
    ['GET', '/REST/2.0/tickets', (request) => search(tickets, request, now())],
    ['POST', '/REST/2.0/ticket', (request) => create(tickets, user, request)],
    ['GET', '/REST/2.0/ticket/:id', at((_, ticket) => ticketAnswer(tickets.shape, ticket))],
    [
      'PUT',
      '/REST/2.0/ticket/:id',
      at((request, ticket) => change(tickets, user, { request, ticket })),
    ],
    ['GET', '/REST/2.0/ticket/:id/history', at((request, ticket) => history(ticket, request))],
    ['POST', '/REST/2.0/ticket/:id/:kind', (request) => say(tickets, user, request)],
  ]
}

export function refusal(status: number, message: string): DoubleAnswer {
  return { status, body: { message } }
}

function withTicket(
  tickets: Tickets,
  request: DoubleRequest,
  answer: (request: DoubleRequest, ticket: RtTicket) => DoubleAnswer,
): DoubleAnswer {
  const { params, method } = request
  const ticket = tickets.find(params['id'])
  if (ticket !== null) return answer(request, ticket)
  const message = 'Resource does not exist; use POST to create'
  return refusal(404, method === 'PUT' ? message : 'Not Found')
}

function queue({ shape }: Tickets, { params }: DoubleRequest): DoubleAnswer {
  return params['name'] === shape.queue ? queueAnswer(shape) : refusal(403, 'Forbidden')
}

function search(tickets: Tickets, { query }: DoubleRequest, now: Date): DoubleAnswer {
  const fields = (query.get('fields') ?? '').split(',')
  const isDescending = query.get('order') === 'DESC'
  try {
    const fits = compileQuery(query.get('query') ?? '', now)
    const found = tickets.all().filter((ticket) => fits({ queue: tickets.shape.queue, ticket }))
    const ordered = isDescending ? found.toReversed() : found
    const page = pageOf(query, ordered)
    const items = page.items.map((ticket) => listedTicket(tickets.shape, ticket, fields))
    const pages = Math.ceil(found.length / page.per_page)
    return { status: 200, body: { ...page, items, pages, total: found.length } }
  } catch (error) {
    if (error instanceof QueryError) return refusal(400, error.message)
    throw error
  }
}

interface Sent {
  readonly Queue?: string
  readonly Subject?: string
  readonly Requestor?: string
  readonly Status?: string
  readonly Content?: string
  readonly ContentType?: string
  readonly CustomFields?: Readonly<Record<string, string>>
}

function sentBy(request: DoubleRequest): Sent | null {
  const sent = request.json()
  return typeof sent === 'object' && sent !== null ? sent : null
}

function create(tickets: Tickets, by: string, request: DoubleRequest): DoubleAnswer {
  const sent = sentBy(request)
  if (sent === null) return refusal(400, 'JSON parse error')
  const { Queue: name, Status: status = 'new', Subject: subject = '' } = sent
  if (!name) return refusal(400, 'Could not create ticket. Queue not set')
  if (name !== tickets.shape.queue) {
    return refusal(403, `No permission to create tickets in the queue '${name}'`)
  }
  if (!tickets.shape.initial.includes(status)) {
    return refusal(400, `Status '${status}' isn't a valid status for tickets in this queue.`)
  }
  const { Requestor: requestor = null, Content: content = '', CustomFields: fields = {} } = sent
  const { id } = tickets.create(by, { subject, requestor, status, content, fields })
  const _url = `/REST/2.0/ticket/${id}`
  return {
    status: 201,
    headers: { location: _url },
    body: { type: 'ticket', id: String(id), _url },
  }
}

function change(
  tickets: Tickets,
  by: string,
  { request, ticket }: { readonly request: DoubleRequest; readonly ticket: RtTicket },
): DoubleAnswer {
  const expected = request.headers['if-match']
  const newest = `"${ticket.transactions.at(-1)?.id ?? 0}"`
  if (expected !== undefined && expected !== newest) return refusal(412, 'Precondition Failed')
  const sent = sentBy(request)
  if (sent === null) return refusal(400, 'JSON parse error')
  const { Status: status, CustomFields: fields = {} } = sent
  const moved = status === undefined ? [] : tickets.setStatus(ticket, by, status)
  return { status: 200, body: [...moved, ...tickets.setFields(ticket, by, fields)] }
}

function history({ transactions }: RtTicket, { query }: DoubleRequest): DoubleAnswer {
  const page = pageOf(query, transactions)
  const items = page.items.map(listedTransaction)
  return { status: 200, body: { ...page, items, pages: null, total: null } }
}

function say(tickets: Tickets, by: string, request: DoubleRequest): DoubleAnswer {
  const { id, kind } = request.params
  const ticket = tickets.find(id)
  const isKnown = kind === 'comment' || kind === 'correspond'
  if (!isKnown) return refusal(404, 'Not Found')
  if (ticket === null) return refusal(400, 'Permission Denied')
  const sent = sentBy(request)
  if (sent === null) return refusal(400, 'JSON parse error')
  const { Subject: subject = 'No Subject', Content: content, ContentType: type } = sent
  if (content && !type) return refusal(400, 'ContentType is a required field for application/json')
  const spoken = kind === 'comment' ? 'Comment' : 'Correspond'
  const message = { type: spoken, subject, content: content ?? '' } as const
  const transaction = tickets.say(ticket, by, message)
  const texts = tickets.setFields(ticket, by, sent.CustomFields ?? {})
  const moved = sent.Status === undefined ? [] : tickets.setStatus(ticket, by, sent.Status)
  const first = kind === 'comment' ? 'Comments added' : 'Correspondence added'
  const headers = { location: `/REST/2.0/transaction/${transaction.id}` }
  return { status: 201, headers, body: [first, ...texts, ...moved] }
}
