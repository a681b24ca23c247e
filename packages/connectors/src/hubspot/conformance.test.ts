import { schemes } from '@backhaul/sdk/signing'
import {
  exerciseConnector,
  type FakeAnswer,
  type FakeRequest,
  type FakeRule,
} from '@backhaul/sdk/testing'
import { toldBy, writeTold } from '../told-news.ts'
import hubspot from './index.ts'

/** A sparing HubSpot: one pipeline, tickets and their notes. More is in tickets.test.ts, with the double. */

interface Ticket {
  readonly properties: Record<string, string>
  readonly notes: string[]
  readonly changedMs: number
}

const nowMs = Date.parse('2026-11-23T06:00:00Z')
const stage = { id: '1', label: 'New', displayOrder: 0 }
const pipelines = { results: [{ id: '0', label: 'Support', displayOrder: 0, stages: [stage] }] }

function fake(known: readonly Ticket[]): () => FakeRule {
  return () => {
    const tickets = known.map((one) => ({
      ...one,
      properties: { ...one.properties },
      notes: [...one.notes],
    }))
    return (request, effect) => answer(tickets, request, effect)
  }
}

function answer(
  tickets: Ticket[],
  request: FakeRequest,
  effect: (name: string) => void,
): FakeAnswer {
  const { pathname, searchParams } = new URL(request.url, 'http://hubspot.invalid')
  const route = `${request.method} ${pathname.replace('/2026-03', '')}`
  const sent = JSON.parse(request.body || '{}') as Sent
  switch (route) {
    case 'GET /crm/pipelines/tickets':
      return { status: 200, body: pipelines }
    case 'POST /crm/objects/tickets/search':
      return search(tickets, sent)
    case 'POST /crm/objects/tickets/batch/upsert':
      return upsert(tickets, sent, effect)
    case 'POST /crm/objects/notes/batch/read':
      return { status: 200, body: { results: tickets.flatMap(({ notes }) => notes.map(noted)) } }
    case 'POST /crm/objects/notes':
      tickets[Number(sent.associations?.[0]?.to.id) - 1]?.notes.push(
        sent.properties?.['hs_note_body'] ?? '',
      )
      effect('a note')
      return { status: 201, body: { id: '9' } }
    default:
      return read(tickets, pathname, searchParams)
  }
}

interface Sent {
  readonly inputs?: readonly { readonly id: string; readonly properties: Record<string, string> }[]
  readonly properties?: Record<string, string>
  readonly associations?: readonly { readonly to: { readonly id: string } }[]
  readonly filterGroups?: readonly {
    readonly filters: readonly { readonly propertyName: string; readonly value?: string }[]
  }[]
  readonly limit?: number
}

function noted(body: string) {
  return { id: '9', properties: { hs_note_body: body } }
}

function search(tickets: readonly Ticket[], { filterGroups = [], limit = 10 }: Sent): FakeAnswer {
  const filters = filterGroups.flatMap((group) => group.filters)
  const least = (name: string) =>
    Number(filters.find(({ propertyName }) => propertyName === name)?.value)
  const results = tickets
    .map((ticket, index) => ({ id: String(index + 1), ...ticket }))
    .filter(({ id, properties, changedMs }) => {
      const isNew = changedMs >= least('hs_lastmodifieddate')
      return isNew && properties['return_action'] && Number(id) > least('hs_object_id')
    })
  return { status: 200, body: { results: results.slice(0, limit) } }
}

function upsert(
  tickets: Ticket[],
  { inputs = [] }: Sent,
  effect: (name: string) => void,
): FakeAnswer {
  const [input] = inputs
  tickets.push({ properties: { ...input?.properties }, notes: [], changedMs: nowMs })
  effect('a ticket')
  return { status: 200, body: { results: [{ id: String(tickets.length), new: true }] } }
}

function read(tickets: readonly Ticket[], path: string, query: URLSearchParams): FakeAnswer {
  const key = path.split('/').at(-1) ?? ''
  const index = query.has('idProperty')
    ? tickets.findIndex(({ properties }) => properties['return_case_id'] === key)
    : Number(key) - 1
  const ticket = tickets[index]
  if (ticket === undefined) return { status: 404, body: { category: 'OBJECT_NOT_FOUND' } }
  const notes = { results: ticket.notes.map(() => ({ id: '9', type: 'ticket_to_note' })) }
  const { properties } = ticket
  return { status: 200, body: { id: String(index + 1), properties, associations: { notes } } }
}

const started = { return_action: 'start', return_order: 'S1', return_sku: 'PUMP-12V' }
const asked = [nowMs, nowMs - 3_600_000, nowMs - 7_200_000].map(
  (changedMs): Ticket => ({ properties: started, notes: [], changedMs }),
)
const body = { headline: 'received', sentence: 'The goods are here.' }

/** A ticket that has been told these news, and lacks the note. */
function toldTicket(number: number): Ticket {
  const caseNo = `RMA-00000${number}-0`
  const caseId = `01920000-0000-7000-8000-00000000000${number}`
  const occurredAt = new Date(nowMs).toISOString()
  const command = {
    type: 'ticket.update',
    caseId,
    caseNo,
    caseVersion: 3,
    occurredAt,
    body,
  } as const
  const told = writeTold(toldBy({ command, idempotencyKey: `case-${number}:1:ticket_update` }))
  const properties = { return_case_id: caseNo, return_told: told }
  return { properties, notes: [], changedMs: nowMs }
}

const secret = 'hubspot-client-secret-0123456789'
const event = (objectId: number) => ({
  eventId: 1,
  objectId,
  occurredAt: nowMs,
  subscriptionType: 'ticket.propertyChange',
  propertyName: 'return_action',
  attemptNumber: 0,
})
const webhooks = {
  'ticket.changed': {
    scheme: schemes.hubspot,
    stranger: { signingSecret: 'another-secret-0123456789abcdef-xyz' },
    message: { body: JSON.stringify([event(1), event(2)]) },
    otherMessage: { body: JSON.stringify([event(1), event(3)]) },
    malformed: ['[]', '{}', '[{"eventId":1}]', JSON.stringify(Array(101).fill(event(1)))],
  },
}
const config = (baseUrl: string) => ({
  url: baseUrl,
  token: 'pat-na1-0123456789abcdef',
  clientSecrets: [secret],
})
const isWrite = ({ method, url }: FakeRequest) =>
  method !== 'GET' && !url.endsWith('/search') && !url.endsWith('/batch/read')
const failed = {
  status: 207,
  body: { status: 'COMPLETE', results: [], numErrors: 1, errors: [{}] },
}

exerciseConnector(hubspot, {
  config: (baseUrl) => ({ ...config(baseUrl), notes: false }),
  webhooks,
  deliveries: { 'ticket.update': { body, errorInside: failed } },
  polls: { changes: { minMessages: 3 } },
  isWrite,
  fake: fake(asked),
})

// The same where the ticket has all but the note.
exerciseConnector(hubspot, {
  config,
  webhooks,
  deliveries: { 'ticket.update': { body } },
  polls: { changes: { minMessages: 0 } },
  isWrite,
  fake: fake([toldTicket(1), toldTicket(2)]),
})
