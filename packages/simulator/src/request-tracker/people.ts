import type { ReturnFields } from '../return-fields.ts'
import type { RtTicket, Tickets } from './tickets.ts'

const names: Readonly<Record<keyof ReturnFields, string>> = {
  action: 'Return Action',
  order: 'Return Order',
  sku: 'Return SKU',
  quantity: 'Return Quantity',
  reason: 'Return Reason',
}

/** By the names of the custom fields. */
export function fieldNames(fields: ReturnFields): Readonly<Record<string, string>> {
  const keys = Object.keys(names) as (keyof ReturnFields)[]
  const given = keys.map((key) => [names[key], fields[key]] as const)
  return Object.fromEntries(given.filter((one): one is [string, string] => one[1] !== undefined))
}

/** What people do in a Request Tracker; each save is told to `told`. */
export function peopleOf(tickets: Tickets, told: (ticket: RtTicket) => void) {
  const known = (id: number): RtTicket => {
    const ticket = tickets.find(String(id))
    if (ticket === null) throw new Error(`there is no ticket ${id}`)
    return ticket
  }
  return {
    /** What stands on a ticket. */
    ticket: known,
    /** A customer writes a mail. @returns the number of the ticket. */
    customerWrites({ email, subject }: { readonly email: string; readonly subject: string }) {
      const given = { subject, requestor: email, status: 'new', content: subject, fields: {} }
      const ticket = tickets.create(email, given)
      told(ticket)
      return ticket.id
    },
    /** An agent fills in the fields of a return, or has a macro do it. */
    agentFillsIn(id: number, fields: ReturnFields): void {
      tickets.setFields(known(id), 'agent', fieldNames(fields))
      told(known(id))
    },
    agentSetsStatus(id: number, status: string): void {
      tickets.setStatus(known(id), 'agent', status)
      told(known(id))
    },
    agentComments(id: number, text: string): void {
      tickets.say(known(id), 'agent', { type: 'Comment', subject: 'No Subject', content: text })
      told(known(id))
    },
  }
}

export type People = ReturnType<typeof peopleOf>

/** The same as actions by name, each with one object. */
export function actionsOf(people: People): Readonly<Record<string, (input: unknown) => unknown>> {
  return {
    customerWrites: (input) =>
      people.customerWrites(input as Parameters<People['customerWrites']>[0]),
    agentFillsIn: (input) => {
      const { ticket, ...fields } = input as ReturnFields & { readonly ticket: number }
      people.agentFillsIn(ticket, fields)
    },
    agentSetsStatus: (input) => {
      const { ticket, status } = input as { readonly ticket: number; readonly status: string }
      people.agentSetsStatus(ticket, status)
    },
    agentComments: (input) => {
      const { ticket, text } = input as { readonly ticket: number; readonly text: string }
      people.agentComments(ticket, text)
    },
  }
}
