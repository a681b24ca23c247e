import {
  type Delivered,
  type DeliveryDefinition,
  type GuardedResponse,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { written } from '../json-answer.ts'
import { call, read } from './client.ts'
import type { Config } from './config.ts'
import { findTicket } from './find-ticket.ts'
import { budgets } from './limits.ts'
import { markOf, newTicket, noteOf, stateOf, type TicketState, type Update } from './news.ts'
import { type Ticket, ticket as ticketSchema } from './ticket.ts'

/**
 * Shows on a ticket how its return stands: number, state and sentence in its fields, its status, and a note.
 *
 * Freshdesk knows no keys and no versions. Fields and status are set to what they shall be, which may be repeated; then
 * comes the note, and it carries a mark that is looked for before a second attempt. A ticket is made once: it is
 * looked for by the number of the case, and its description carries the mark.
 *
 * @returns `externalId` and the reference `ticket`: the ticket's id. Nothing where there is no ticket and none
 * shall be made.
 */
async function deliver(delivery: Update): Promise<Delivered> {
  // Before the first attempt the hub has made no ticket of the case that it does not know of.
  const found = await findTicket(delivery, { isThorough: delivery.attempt > 1 })
  if (found !== null) {
    const remark = await setState(delivery, found)
    await leaveNote(delivery, found, remark)
    return delivered(found)
  }
  if (delivery.config.createTickets === 'never') return {}
  const response = await call(delivery, {
    method: 'POST',
    path: '/tickets',
    body: await newTicket(delivery),
    budget: budgets.creates,
  })
  return delivered(await written(response, ticketSchema))
}

function delivered({ id }: Ticket): Delivered {
  const value = String(id)
  return { externalId: value, refs: [{ type: 'ticket', value }] }
}

/** @returns what the note is to say of it, where something could not be set. */
async function setState(delivery: Update, ticket: Ticket): Promise<string | undefined> {
  const state = await stateOf(delivery, ticket)
  if (Object.keys(state).length === 0) return undefined
  const accepts = state.status === undefined ? [] : [400]
  const response = await put(delivery, ticket, { state, accepts })
  if (response.status !== 400) return undefined
  await expectValidation(response)
  // A field may have to be filled before a ticket is resolved, which only a person can.
  const { status: _status, ...rest } = state
  if (Object.keys(rest).length > 0) await put(delivery, ticket, { state: rest })
  return 'The status of this ticket could not be changed: a field may have to be filled first.'
}

function put(
  delivery: Update,
  { id }: Ticket,
  { state, accepts = [] }: { readonly state: TicketState; readonly accepts?: readonly number[] },
): Promise<GuardedResponse> {
  const path = `/tickets/${id}`
  return call(delivery, { method: 'PUT', path, body: state, budget: budgets.updates, accepts })
}

const validation = z.looseObject({
  errors: z.array(z.looseObject({ field: z.string(), code: z.string() })).min(1),
})

/** @throws {TerminalError} unless Freshdesk says which fields are invalid. */
async function expectValidation(response: GuardedResponse): Promise<void> {
  const body: unknown = await response.json().catch(() => null)
  if (validation.safeParse(body).success) return
  throw new TerminalError({ code: 'REQUEST_REJECTED', status: response.status })
}

async function leaveNote(
  delivery: Update,
  { id }: Ticket,
  remark: string | undefined,
): Promise<void> {
  const note = noteOf(delivery, remark)
  if (note === null) return
  await call(delivery, { method: 'POST', path: `/tickets/${id}/notes`, body: note })
}

const conversations = z.array(z.looseObject({ body_text: z.string().nullish() }))
const pageSize = 100
const mostPages = 20

/** Whether a note or the description carries the mark of an earlier attempt. */
async function hasMark(delivery: Update, ticket: Ticket): Promise<boolean> {
  const mark = markOf(delivery)
  if (ticket.description_text?.includes(mark)) return true
  for (let page = 1; page <= mostPages; page += 1) {
    const query = { per_page: String(pageSize), page: String(page) }
    const path = `/tickets/${ticket.id}/conversations`
    const found = await read(delivery, { path, query }, conversations)
    if (found.some(({ body_text }) => body_text?.includes(mark))) return true
    if (found.length < pageSize) return false
  }
  return false
}

export const ticketUpdate: DeliveryDefinition<Config, 'ticket.update'> = {
  deliver,
  idempotency: {
    kind: 'find_before_create',
    async readBack(delivery) {
      const ticket = await findTicket(delivery, { isThorough: true })
      if (ticket === null || !(await hasMark(delivery, ticket))) return { state: 'absent' }
      return { state: 'applied', externalId: String(ticket.id) }
    },
  },
}
