import type { DoubleAnswer, DoubleRequest, Route } from '../double/index.ts'
import { type Asked, askedOf, changeOf, validationOf } from './asked-change.ts'
import type { Ticket } from './records.ts'
import { shownAudit, shownTicket, shownUser } from './shown.ts'
import type { World } from './world.ts'

export interface Account {
  readonly world: World
  readonly now: () => Date
  readonly baseUrl: () => string
}

const notFound: DoubleAnswer = {
  status: 404,
  body: { error: 'RecordNotFound', description: 'Not found' },
}

function invalid(details: object): DoubleAnswer {
  const description = 'Record validation errors'
  return { status: 422, body: { error: 'RecordInvalid', description, details } }
}

export function ticketRoutes(account: Account): Route[] {
  const { world } = account
  const keys = new Map<
    string,
    { readonly text: string; readonly answer: DoubleAnswer; at: number }
  >()
  return [
    ['GET', '/api/v2/tickets', (request) => listTickets(account, request)],
    ['POST', '/api/v2/tickets', (request) => createOnce(account, keys, request)],
    [
      'GET',
      '/api/v2/tickets/:id',
      ({ params }) => {
        const ticket = world.tickets.get(Number(params['id']))
        return ticket ? oneTicket(account, ticket) : notFound
      },
    ],
    ['PUT', '/api/v2/tickets/:id', (request) => updateTicket(account, request)],
    ['GET', '/api/v2/tickets/:id/audits', (request) => listAudits(account, request)],
    ['GET', '/api/v2/incremental/tickets/cursor', (request) => exportTickets(account, request)],
  ]
}

function oneTicket({ world, baseUrl }: Account, ticket: Ticket, status = 200): DoubleAnswer {
  const audit = world.audits.findLast(({ ticketId }) => ticketId === ticket.id)
  return {
    status,
    body: {
      ticket: shownTicket(world, ticket, baseUrl()),
      ...(audit === undefined ? {} : { audit: shownAudit(audit) }),
    },
  }
}

/** By external id, which need not be unique; otherwise by id. Archived tickets are left out. */
function listTickets({ world, baseUrl }: Account, { query }: DoubleRequest): DoubleAnswer {
  const externalId = query.get('external_id')
  const found = [...world.tickets.values()].filter(
    ({ external_id }) => externalId === null || external_id === externalId,
  )
  const page = found.slice(0, Number(query.get('page[size]') ?? 100))
  const tickets = page.map((ticket) => shownTicket(world, ticket, baseUrl()))
  const meta = { has_more: page.length < found.length, after_cursor: null, before_cursor: null }
  return { status: 200, body: { tickets, meta, links: { next: null, prev: null } } }
}

const keyLifeMs = 2 * 60 * 60 * 1000

/** A key is remembered for two hours, and is of one request: with another body it is refused. */
function createOnce(
  account: Account,
  keys: Map<string, { readonly text: string; readonly answer: DoubleAnswer; at: number }>,
  request: DoubleRequest,
): DoubleAnswer {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string') return createTicket(account, request)
  const text = request.body.toString()
  const known = keys.get(key)
  const nowMs = account.now().getTime()
  if (known && nowMs - known.at < keyLifeMs) {
    if (known.text !== text) {
      const description = 'Request parameters are different from those of the first request'
      return { status: 400, body: { error: 'IdempotentRequestError', description } }
    }
    return { ...known.answer, headers: { 'x-idempotency-lookup': 'hit' } }
  }
  const answer = createTicket(account, request)
  if (answer.status === 201) keys.set(key, { text, answer, at: nowMs })
  return { ...answer, headers: { 'x-idempotency-lookup': 'miss' } }
}

function createTicket(account: Account, request: DoubleRequest): DoubleAnswer {
  const { world } = account
  const asked = askedOf(request)
  if (asked === null) return { status: 400, body: { error: 'InvalidJSON' } }
  const change = changeOf(world, asked)
  if (change.comment === undefined) {
    return invalid({ base: [{ description: 'Description: cannot be blank', error: 'BlankValue' }] })
  }
  const problems = validationOf(world, asked)
  if (problems !== null) return invalid(problems)
  const source = world.tickets.get(Number(asked.via_followup_source_id))
  if (asked.via_followup_source_id !== undefined && source?.status !== 'closed') {
    return invalid({ base: [{ description: 'The ticket to follow up on is not closed' }] })
  }
  const requester = requesterOf(world, asked)
  const ticket = world.addTicket(
    { requesterId: requester, followUpOf: source?.id ?? null },
    { ...change, comment: change.comment },
  )
  for (const tag of asked.tags ?? []) ticket.tags.add(tag)
  return oneTicket(account, ticket, 201)
}

function requesterOf(world: World, { requester, requester_id: id }: Asked): number {
  if (id !== undefined && world.users.has(id)) return id
  if (requester?.email === undefined) return world.apiUser.id
  const { email, name = email } = requester
  return world.addUser({ name, email, role: 'end-user' }).id
}

/** Not idempotent: a comment is added as often as it is sent. `safe_update` goes by a time in whole seconds. */
function updateTicket(account: Account, request: DoubleRequest): DoubleAnswer {
  const { world } = account
  const ticket = world.tickets.get(Number(request.params['id']))
  const asked = askedOf(request)
  if (!ticket) return notFound
  if (asked === null) return { status: 400, body: { error: 'InvalidJSON' } }
  if (ticket.status === 'closed') {
    return invalid({ status: [{ description: 'Status: closed prevents ticket update' }] })
  }
  const isSafe = String(asked.safe_update) === 'true'
  if (isSafe && asked.updated_stamp !== ticket.updated_at) {
    const description = 'Safe Update prevented the update due to outdated ticket data.'
    return { status: 409, body: { error: 'UpdateConflict', description } }
  }
  const problems = validationOf(world, asked) ?? requiredToSolve(world, ticket, asked)
  if (problems !== null) return invalid(problems)
  world.update(ticket, changeOf(world, asked))
  return oneTicket(account, ticket)
}

/** Fields whose description says so have to be filled before a ticket is solved, as the account's forms demand. */
function requiredToSolve(world: World, ticket: Ticket, { status }: Asked): object | null {
  if (status !== 'solved') return null
  const empty = [...world.fields.values()].find(
    ({ id, description }) => description === 'required to solve' && !ticket.fields.get(id),
  )
  if (!empty) return null
  return { base: [{ description: `${empty.title}: needed`, error: 'BlankValue' }] }
}

/** Oldest first. */
function listAudits({ world }: Account, { params, query }: DoubleRequest): DoubleAnswer {
  const ticketId = Number(params['id'])
  if (!world.tickets.has(ticketId)) return notFound
  const all = world.audits.filter((audit) => audit.ticketId === ticketId)
  const size = Math.min(100, Number(query.get('page[size]') ?? 100))
  const from = Number(query.get('page[after]') ?? 0)
  const page = all.slice(from, from + size)
  const hasMore = from + page.length < all.length
  const meta = { has_more: hasMore, after_cursor: hasMore ? String(from + page.length) : null }
  return { status: 200, body: { audits: page.map(shownAudit), meta } }
}

/** What changed within the last minute is left out, and comes with a later cursor. */
function exportTickets(account: Account, { query }: DoubleRequest): DoubleAnswer {
  const { world, now, baseUrl } = account
  const untilSeconds = Math.floor(now().getTime() / 1000) - 60
  const start = Number(query.get('start_time') ?? 0)
  const [seconds = '0', lastId = '0'] = (query.get('cursor') ?? `${start}.0`).split('.')
  if (query.get('cursor') === null && start > untilSeconds) {
    const description = 'Too recent start_time. Use a start_time older than 60 seconds'
    return { status: 422, body: { error: 'InvalidValue', description } }
  }
  const due = [...world.tickets.values()]
    .filter(({ generated_timestamp: at, id }) => {
      const isAfter = at > Number(seconds) || (at === Number(seconds) && id > Number(lastId))
      return isAfter && at <= untilSeconds
    })
    .toSorted((a, b) => a.generated_timestamp - b.generated_timestamp || a.id - b.id)
  const page = due.slice(0, Number(query.get('per_page') ?? 1_000))
  const last = page.at(-1)
  const cursor = last ? `${last.generated_timestamp}.${last.id}` : `${seconds}.${lastId}`
  const requesters = new Set(page.map(({ requester_id }) => requester_id))
  const users = [...world.users.values()].filter(({ id }) => requesters.has(id)).map(shownUser)
  return {
    status: 200,
    body: {
      tickets: page.map((ticket) => shownTicket(world, ticket, baseUrl())),
      ...(query.get('include')?.split(',').includes('users') ? { users } : {}),
      after_cursor: cursor,
      after_url: `${baseUrl()}/api/v2/incremental/tickets/cursor.json?cursor=${cursor}`,
      end_of_stream: page.length === due.length,
    },
  }
}
