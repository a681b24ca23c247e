import { schemes } from '@backhaul/sdk/signing'
import {
  exerciseConnector,
  type FakeAnswer,
  type FakeRequest,
  type FakeRule,
} from '@backhaul/sdk/testing'
import requestTracker from './index.ts'

/*
 * A sparing Request Tracker: enough of REST2 for one ticket of one return. What RT really does is with the double and
 * with RT itself: double.test.ts, real.test.ts.
 */

interface Ticket {
  status: string
  readonly fields: Record<string, string>
  readonly subjects: string[]
}

/** A second apart from a look, so that the overlap does not show all of them again. */
const date = 'Mon, 23 Nov 2026 06:00:00 GMT'
const names = [
  'Return Case ID',
  'Return State',
  'Return Status',
  'Return Version',
  'Return Action',
  'Return Order',
]
const allNames = [...names, 'Return SKU', 'Return Quantity', 'Return Reason']

function fake(known: readonly Ticket[]): () => FakeRule {
  return () => {
    const tickets = known.map((one) => ({
      ...one,
      fields: { ...one.fields },
      subjects: [...one.subjects],
    }))
    return (request, effect) => {
      const { pathname, searchParams } = new URL(request.url, 'http://rt.invalid')
      const route = `${request.method} ${pathname.replace('/REST/2.0', '')}`
      const [, id, kind] = /\/ticket\/(\d+)\/?(\w*)$/.exec(route) ?? []
      const ticket = tickets[Number(id) - 1]
      if (route === 'GET /tickets') return search(tickets, searchParams)
      if (route === 'GET /queue/Returns') return queue
      if (route === 'POST /ticket') return create(tickets, request, effect)
      if (ticket === undefined) return { status: 404, body: { message: 'Not Found' } }
      if (kind === 'history') return { status: 200, body: { items: ticket.subjects.map(spoken) } }
      if (request.method === 'GET')
        return { status: 200, headers: { etag: '"1"' }, body: shown(ticket, Number(id)) }
      return change(ticket, request, effect)
    }
  }
}

const queue: FakeAnswer = {
  status: 200,
  body: { TicketCustomFields: allNames.map((name) => ({ name })) },
}

function spoken(subject: string) {
  return { Type: 'Comment', Data: `${subject}\n` }
}

function shown({ status, fields }: Ticket, id: number) {
  const custom = allNames.map((name) => ({ name, values: fields[name] ? [fields[name]] : [] }))
  const requestor = [{ id: 'jane@example.com', EmailAddress: 'jane@example.com' }]
  return { id, Status: status, CustomFields: custom, Requestor: requestor }
}

function search(tickets: readonly Ticket[], params: URLSearchParams): FakeAnswer {
  const query = params.get('query') ?? ''
  const [, caseNo] = /Case ID}' = '([^']*)'/.exec(query) ?? []
  const [, after = '0'] = /id > (\d+)/.exec(query) ?? []
  const [, seconds = '0'] = /'(\d+) seconds ago'/.exec(query) ?? []
  const found = tickets
    .map((ticket, index) => ({ ticket, id: index + 1 }))
    .filter(({ ticket }) => caseNo === undefined || ticket.fields['Return Case ID'] === caseNo)
    .filter(({ ticket, id }) => {
      if (caseNo !== undefined) return true
      // All but the first were changed an hour ago.
      const age = id === 1 ? 0 : 3_600
      return (
        ticket.fields['Return Action'] !== undefined && id > Number(after) && age <= Number(seconds)
      )
    })
    .slice(0, Number(params.get('per_page') ?? 20))
  const items = found.map(({ ticket, id }) => ({ ...shown(ticket, id), id: String(id) }))
  return { status: 200, headers: { date }, body: { items } }
}

function create(
  tickets: Ticket[],
  { body }: FakeRequest,
  effect: (name: string) => void,
): FakeAnswer {
  const sent = JSON.parse(body) as { Status?: string; CustomFields: Record<string, string> }
  tickets.push({ status: sent.Status ?? 'new', fields: sent.CustomFields, subjects: [] })
  effect('a ticket')
  return { status: 201, body: { type: 'ticket', id: String(tickets.length) } }
}

function change(
  ticket: Ticket,
  { body, url }: FakeRequest,
  effect: (name: string) => void,
): FakeAnswer {
  const sent = JSON.parse(body) as {
    Status?: string
    Subject?: string
    CustomFields?: Record<string, string>
  }
  if (sent.Subject !== undefined) ticket.subjects.push(sent.Subject)
  ticket.status = sent.Status ?? ticket.status
  Object.assign(ticket.fields, sent.CustomFields)
  effect(url)
  return { status: url.endsWith('comment') ? 201 : 200, body: ['It is done.'] }
}

const action = { 'Return Action': 'start', 'Return Order': 'S1', 'Return SKU': 'PUMP-12V' }
const asked = [1, 2, 3].map((): Ticket => ({ status: 'open', fields: action, subjects: [] }))
/** Tickets that show all of the news but the comment. */
const waiting = ['RMA-000001-0', 'RMA-000002-0'].map(
  (caseNo): Ticket => ({
    status: 'open',
    fields: {
      'Return Case ID': caseNo,
      'Return State': 'received',
      'Return Status': 'The goods are here.',
    },
    subjects: [],
  }),
)

const secret = 'rt-webhook-secret-0123456789abcdef'
const hint = (ticket: number) => ({ body: JSON.stringify({ ticket, transaction: 50 + ticket }) })
const config = (baseUrl: string) => ({
  url: baseUrl,
  token: '1-28-0123456789abcdef',
  webhookSecrets: [secret],
})
const webhooks = {
  'ticket.changed': {
    scheme: schemes.requestTracker,
    stranger: { signingSecret: 'another-secret-0123456789abcdef-xyz' },
    message: hint(1),
    otherMessage: hint(2),
    malformed: ['{"ticket":0,"transaction":1}', '{"ticket":"1","transaction":1}', '[]'],
  },
}
const refused = {
  status: 200,
  body: ["Ticket 1: Status 'open' isn't a valid status for this ticket."],
}
const body = { headline: 'received', sentence: 'The goods are here.' }

exerciseConnector(requestTracker, {
  config,
  webhooks,
  deliveries: { 'ticket.update': { body, errorInside: refused } },
  polls: { changes: { minMessages: 3 } },
  fake: fake(asked),
})

// The same with a ticket that is there: what is written then is the comment.
exerciseConnector(requestTracker, {
  config,
  webhooks,
  deliveries: { 'ticket.update': { body } },
  polls: { changes: { minMessages: 0 } },
  fake: fake(waiting),
})
