import type { DoubleAnswer, DoubleRequest, Route } from '../double/index.ts'
import type { Conversation, FieldValue, Ticket } from './records.ts'
import type { World } from './world.ts'

export interface Account {
  readonly world: World
  readonly now: () => Date
  /** How long the search does not know of a change. */
  readonly indexLagMs: number
}

/** 404 comes without a body. */
const notFound: DoubleAnswer = { status: 404 }

interface Problem {
  readonly field: string
  readonly message: string
  readonly code: string
}

function invalid(errors: readonly Problem[]): DoubleAnswer {
  return { status: 400, body: { description: 'Validation failed', errors } }
}

interface Asked {
  readonly subject?: string
  readonly description?: string
  readonly email?: string
  readonly name?: string
  readonly status?: number
  readonly priority?: number
  readonly tags?: readonly string[]
  readonly custom_fields?: Readonly<Record<string, FieldValue>>
}

export function ticketRoutes(account: Account): Route[] {
  const { world } = account
  const find = ({ params }: DoubleRequest) => world.tickets.get(Number(params['id']))
  return [
    ['GET', '/api/v2/tickets', (request) => listTickets(account, request)],
    ['POST', '/api/v2/tickets', ({ json }) => createTicket(world, json() as Asked)],
    ['GET', '/api/v2/search/tickets', (request) => searchTickets(account, request)],
    [
      'GET',
      '/api/v2/tickets/:id',
      (request) => {
        const ticket = find(request)
        return ticket ? { status: 200, body: shownTicket(ticket) } : notFound
      },
    ],
    [
      'PUT',
      '/api/v2/tickets/:id',
      (request) => {
        const ticket = find(request)
        if (!ticket || ticket.deleted) return notFound
        return updateTicket(world, ticket, request.json() as Asked)
      },
    ],
    ['GET', '/api/v2/tickets/:id/conversations', (request) => listConversations(world, request)],
    [
      'POST',
      '/api/v2/tickets/:id/notes',
      (request) => {
        const ticket = find(request)
        const { body = '', private: isPrivate = true } = request.json() as {
          body?: string
          private?: boolean
        }
        if (!ticket || ticket.deleted) return notFound
        if (body === '') return invalid([missing('body')])
        const note = world.addConversation(ticket, { body, isPrivate, byAgent: true })
        return { status: 201, body: shownConversation(note) }
      },
    ],
  ]
}

function missing(field: string): Problem {
  return {
    field,
    message: 'It should not be blank as this is a mandatory field',
    code: 'missing_field',
  }
}

/** Not idempotent: a ticket is made as often as it is asked for. */
function createTicket(world: World, asked: Asked): DoubleAnswer {
  const { subject, description, email, name, status, priority } = asked
  const problems = [
    ...(['subject', 'description', 'email', 'status', 'priority'] as const).flatMap((field) =>
      asked[field] === undefined ? [missing(field)] : [],
    ),
    ...problemsOf(world, asked),
  ]
  if (problems.length > 0 || email === undefined || priority === undefined) return invalid(problems)
  const requester = world.addContact({ email, name: name ?? email })
  const ticket = world.addTicket(
    { requesterId: requester.id, description: description ?? '', tags: asked.tags ?? [] },
    {
      ...(subject === undefined ? {} : { subject }),
      ...(status === undefined ? {} : { status }),
      custom_fields: asked.custom_fields ?? {},
    },
  )
  return { status: 201, body: shownTicket(ticket) }
}

/** Whoever writes last has written: no version is asked for. */
function updateTicket(world: World, ticket: Ticket, asked: Asked): DoubleAnswer {
  const problems = problemsOf(world, asked)
  if (asked.status === 4 || asked.status === 5) {
    for (const { name, required_for_closure: isRequired } of world.fields.values()) {
      if (isRequired && !ticket.custom_fields.get(name)) problems.push(missing(name))
    }
  }
  if (problems.length > 0) return invalid(problems)
  const { status, custom_fields } = asked
  world.update(ticket, {
    ...(status === undefined ? {} : { status }),
    ...(custom_fields === undefined ? {} : { custom_fields }),
  })
  return { status: 200, body: shownTicket(ticket) }
}

function problemsOf(world: World, { status, custom_fields }: Asked): Problem[] {
  const problems: Problem[] = []
  if (status !== undefined && !world.statuses.has(status)) {
    const message = `It should be one of these values: '${[...world.statuses.keys()].join(',')}'`
    problems.push({ field: 'status', message, code: 'invalid_value' })
  }
  for (const [name, value] of Object.entries(custom_fields ?? {})) {
    const field = world.fields.get(name)
    if (!field) {
      problems.push({
        field: name,
        message: 'Unexpected/invalid field in request',
        code: 'invalid_field',
      })
    } else if (
      field.choices.length > 0 &&
      value !== null &&
      !field.choices.includes(String(value))
    ) {
      problems.push({
        field: name,
        message: 'It should be one of these values',
        code: 'invalid_value',
      })
    } else if (field.type === 'custom_number' && value !== null && !Number.isInteger(value)) {
      problems.push({
        field: name,
        message: 'Value set is of type String',
        code: 'datatype_mismatch',
      })
    }
  }
  return problems
}

const monthMs = 30 * 24 * 60 * 60 * 1000

/** Without `updated_since` only what was made within thirty days. Inclusive, and of whole seconds. */
function listTickets({ world, now }: Account, { query }: DoubleRequest): DoubleAnswer {
  const since = query.get('updated_since')
  const monthAgo = now().getTime() - monthMs
  const order = query.get('order_by') === 'updated_at' ? 'updated_at' : 'created_at'
  const sign = query.get('order_type') === 'asc' ? 1 : -1
  const found = [...world.tickets.values()]
    .filter(
      ({ deleted, updated_at, created_at }) =>
        !deleted &&
        (since === null
          ? Date.parse(created_at) >= monthAgo
          : Date.parse(updated_at) >= Date.parse(since)),
    )
    .toSorted((a, b) => sign * (Date.parse(a[order]) - Date.parse(b[order]) || a.id - b.id))
  const size = Math.min(100, Number(query.get('per_page') ?? 30))
  const from = (Number(query.get('page') ?? 1) - 1) * size
  const withRequester = query.get('include')?.split(',').includes('requester') ?? false
  const body = found.slice(from, from + size).map((ticket) => ({
    ...shownTicket(ticket),
    ...(withRequester ? { requester: world.contacts.get(ticket.requester_id) } : {}),
  }))
  return { status: 200, body }
}

/** Knows changes only after a while. The query stands in quotation marks. */
function searchTickets(
  { world, now, indexLagMs }: Account,
  { query }: DoubleRequest,
): DoubleAnswer {
  const [, name, value] = /^"(\w+):'([^']*)'"$/.exec(query.get('query') ?? '') ?? []
  if (name === undefined)
    return invalid([{ field: 'query', message: 'invalid', code: 'invalid_value' }])
  const known = now().getTime() - indexLagMs
  const results = [...world.tickets.values()].filter(
    ({ deleted, updated_at, custom_fields }) =>
      !deleted && Date.parse(updated_at) <= known && custom_fields.get(name) === value,
  )
  return {
    status: 200,
    body: { total: results.length, results: results.slice(0, 30).map(shownTicket) },
  }
}

function listConversations(world: World, { params, query }: DoubleRequest): DoubleAnswer {
  const ticketId = Number(params['id'])
  if (!world.tickets.has(ticketId)) return notFound
  const size = Math.min(100, Number(query.get('per_page') ?? 30))
  const from = (Number(query.get('page') ?? 1) - 1) * size
  const all = world.conversations.filter((one) => one.ticketId === ticketId)
  return { status: 200, body: all.slice(from, from + size).map(shownConversation) }
}

function textOf(html: string): string {
  const plain = html.replaceAll(/<br\s*\/?>/g, '\n').replaceAll(/<[^>]+>/g, '')
  return plain
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

function shownTicket({ custom_fields, ...ticket }: Ticket): object {
  return {
    ...ticket,
    description_text: textOf(ticket.description),
    priority: 1,
    source: 2,
    spam: false,
    custom_fields: Object.fromEntries(custom_fields),
  }
}

function shownConversation({ ticketId, byAgent, ...rest }: Conversation): object {
  return {
    ...rest,
    body_text: textOf(rest.body),
    ticket_id: ticketId,
    incoming: !byAgent,
    source: 2,
  }
}
