import type { Delivery } from '@backhaul/sdk/connector'
import { written } from '../json-answer.ts'
import { type Caller, call, read } from './client.ts'
import type { Config } from './config.ts'
import { oneTicket, type Ticket, ticketList } from './ticket.ts'

type Update = Delivery<Config, 'ticket.update'>

/** The ticket of a return, if it has one. */
export interface Found {
  /** One that can be written to. */
  readonly open: Ticket | null
  /** One that is closed for good, when there is no other: a new one follows up on it. */
  readonly closed: Ticket | null
}

/**
 * Finds the ticket that the hub has bound to the case, the newest first, and otherwise the one that carries the case's
 * number. Numbers need not be unique over there; the oldest ticket is taken.
 */
export async function findTicket(delivery: Update): Promise<Found> {
  let closed: Ticket | null = null
  for (const id of boundIds(delivery).toReversed()) {
    const found = await readTicket(delivery, id)
    if (found !== null && found.status !== 'closed') return { open: found, closed: null }
    closed ??= found
  }
  const { caseNo } = delivery.command
  const { tickets } = await read(
    delivery,
    { path: '/tickets', query: { external_id: caseNo, 'page[size]': '100' } },
    ticketList,
  )
  const ours = tickets.filter(({ external_id }) => external_id === caseNo)
  const open = ours.find(({ status }) => status !== 'closed')
  if (open) return { open, closed: null }
  return { open: null, closed: closed ?? ours.at(-1) ?? null }
}

/** Null for one that was deleted, or is out of our sight. */
export async function readTicket(caller: Caller, id: string): Promise<Ticket | null> {
  const path = `/tickets/${encodeURIComponent(id)}`
  const response = await call(caller, { method: 'GET', path, accepts: [404] })
  return response.status === 404 ? null : (await written(response, oneTicket)).ticket
}

function boundIds({ command }: Update): string[] {
  const refs = command.body.target ?? []
  return refs
    .filter(({ type, value }) => type === 'ticket' && /^\d{1,19}$/.test(value))
    .map(({ value }) => value)
}
