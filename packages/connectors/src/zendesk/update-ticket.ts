import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  type GuardedResponse,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { written } from '../json-answer.ts'
import { call, read } from './client.ts'
import type { Config } from './config.ts'
import { findTicket, readTicket } from './find-ticket.ts'
import { budgets } from './limits.ts'
import { followUp, newsOf, newTicket, type TicketNews } from './news.ts'
import { oneTicket, type Ticket } from './ticket.ts'
import { countUpdate } from './update-pace.ts'

type Update = Delivery<Config, 'ticket.update'>

/**
 * Shows on a ticket how its return stands: number, state and sentence in its fields, its status, and a note. All in one
 * request, which Zendesk does as a whole or not at all.
 *
 * Repeated, a note would stand there twice. So each request says its idempotency key in the metadata of the audit
 * that it makes, and that is looked for before a second attempt. A ticket is made under the key as `Idempotency-Key`,
 * after looking for one with the case's number. An update names the version that was read; when somebody else was
 * faster, it is read again.
 *
 * @returns `externalId` and the reference `ticket`: the ticket's id. Nothing where there is no ticket and none
 * shall be made.
 */
async function deliver(delivery: Update): Promise<Delivered> {
  const { config } = delivery
  const { open, closed } = await findTicket(delivery)
  if (open !== null) return delivered(await updateTicket(delivery, open))
  if (config.createTickets === 'never') return {}
  const ticket = closed === null ? newTicket(delivery) : followUp(delivery, closed)
  const response = await call(delivery, {
    method: 'POST',
    path: '/tickets',
    body: { ticket },
    headers: { 'idempotency-key': delivery.idempotencyKey },
  })
  return delivered((await written(response, oneTicket)).ticket)
}

function delivered({ id }: Ticket): Delivered {
  const value = String(id)
  return { externalId: value, refs: [{ type: 'ticket', value }] }
}

const mostTurns = 4

/** Writes what is new, over whatever somebody else has written meanwhile. */
async function updateTicket(delivery: Update, found: Ticket): Promise<Ticket> {
  let ticket = found
  for (let turn = 1; turn <= mostTurns; turn += 1) {
    const news = newsOf(delivery, ticket)
    const updated = await put(delivery, ticket, news)
    if (updated === 'refused_status') return putWithoutStatus(delivery, ticket, news)
    if (updated !== 'outdated') return updated
    const anew = await readTicket(delivery, String(ticket.id))
    if (anew === null) break
    ticket = anew
  }
  throw new RetryableError({ code: 'CONFLICT', reason: 'the ticket is written to all the time' })
}

async function put(
  delivery: Update,
  { id, updated_at }: Ticket,
  news: TicketNews,
): Promise<Ticket | 'outdated' | 'refused_status'> {
  countUpdate(delivery.config, id, delivery.now)
  const response = await call(delivery, {
    method: 'PUT',
    path: `/tickets/${id}`,
    body: { ticket: { ...news, safe_update: true, updated_stamp: updated_at } },
    budget: budgets.updates,
    accepts: [409, ...(hasStatus(news) ? [422] : [])],
  })
  if (response.status === 409) return 'outdated'
  if (response.status === 422) {
    await expectInvalidRecord(response)
    return 'refused_status'
  }
  return (await written(response, oneTicket)).ticket
}

function hasStatus(news: TicketNews): boolean {
  return news.status !== undefined || news.custom_status_id !== undefined
}

const invalidRecord = z.looseObject({
  error: z.literal('RecordInvalid'),
  details: z.looseObject({}),
})

/** @throws {TerminalError} unless Zendesk says that the record would be invalid. */
async function expectInvalidRecord(response: GuardedResponse): Promise<void> {
  const body: unknown = await response.json().catch(() => null)
  const { status } = response
  if (invalidRecord.safeParse(body).success) return
  throw new TerminalError({ code: 'REQUEST_REJECTED', status })
}

/** A form may want fields filled before a ticket is solved, which only a person can: the rest is told nevertheless. */
async function putWithoutStatus(
  delivery: Update,
  ticket: Ticket,
  { status: _status, custom_status_id: _custom, ...news }: TicketNews,
): Promise<Ticket> {
  const remark =
    'The status of this ticket could not be changed: a field may have to be filled first.'
  const comment = news.comment && { ...news.comment, body: `${news.comment.body}\n${remark}` }
  const updated = await put(delivery, ticket, { ...news, ...(comment && { comment }) })
  if (typeof updated !== 'string') return updated
  throw new RetryableError({ code: 'CONFLICT', reason: 'the ticket is written to all the time' })
}

const audits = z.looseObject({
  audits: z.array(
    z.looseObject({ metadata: z.looseObject({ custom: z.unknown().optional() }).optional() }),
  ),
  meta: z.looseObject({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
})

const mostPages = 20

/** Whether the audit of an earlier attempt is there. */
async function hasAudit(delivery: Update, ticketId: number): Promise<boolean> {
  const { idempotencyKey } = delivery
  let after: string | null = null
  for (let page = 1; page <= mostPages; page += 1) {
    const query: Record<string, string> = { 'page[size]': '100' }
    if (after !== null) query['page[after]'] = after
    const found: z.output<typeof audits> = await read(
      delivery,
      { path: `/tickets/${ticketId}/audits`, query },
      audits,
    )
    const keys = found.audits.map(({ metadata }) => keyOf(metadata?.custom))
    if (keys.includes(idempotencyKey)) return true
    if (found.meta?.has_more !== true || !found.meta.after_cursor) return false
    after = found.meta.after_cursor
  }
  return false
}

function keyOf(custom: unknown): unknown {
  return (custom as { readonly backhaul?: unknown } | null | undefined)?.backhaul
}

export const ticketUpdate: DeliveryDefinition<Config, 'ticket.update'> = {
  deliver,
  idempotency: {
    kind: 'find_before_create',
    async readBack(delivery) {
      const { open, closed } = await findTicket(delivery)
      const ticket = open ?? closed
      if (ticket === null || !(await hasAudit(delivery, ticket.id))) return { state: 'absent' }
      return { state: 'applied', externalId: String(ticket.id) }
    },
  },
}
