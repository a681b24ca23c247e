import type { BookEntry } from '../double/index.ts'
import type { FieldValue, Ticket } from './records.ts'
import type { World } from './world.ts'

/** The titles of the fields that returns are worked on with, as the hub's set-up makes them. */
const titles = {
  caseNo: 'Return case',
  action: 'Return action',
  sku: 'Return SKU',
  quantity: 'Return quantity',
} as const

/** What customers and agents do in the help desk. */
export class People {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  /** A customer writes: a ticket is made. @returns its id. */
  customerWrites(letter: {
    readonly email: string
    readonly name?: string
    readonly subject: string
    readonly text: string
  }): number {
    const { email, name = email, subject, text } = letter
    const author = this.#world.addUser({ name, email, role: 'end-user' })
    const comment = { body: text, public: true, authorId: author.id }
    return this.#world.addTicket({ requesterId: author.id }, { subject, comment }).id
  }

  /** An agent fills in fields by their titles, as by hand or by a macro, and submits. */
  agentSets(work: {
    readonly ticketId: number
    readonly fields: Readonly<Record<string, FieldValue>>
    readonly status?: string
    readonly note?: string
  }): void {
    const { ticketId, fields, status, note } = work
    const agent = this.#world.addUser({
      name: 'Ann Agent',
      email: 'ann@acme.example',
      role: 'agent',
    })
    this.#world.update(this.#ticket(ticketId), {
      custom_fields: Object.entries(fields).map(([title, value]) => ({
        id: this.fieldId(title),
        value,
      })),
      ...(status === undefined ? {} : { status }),
      ...(note === undefined ? {} : { comment: { body: note, public: false, authorId: agent.id } }),
    })
  }

  /** An agent works on a ticket without touching the return: whoever read it before has an old version. */
  agentComments({ ticketId, text }: { readonly ticketId: number; readonly text: string }): void {
    this.agentSets({ ticketId, fields: {}, note: text })
  }

  /** Days have passed: what is solved is closed, and cannot be changed any more. */
  closeSolved(): number {
    const solved = [...this.#world.tickets.values()].filter(({ status }) => status === 'solved')
    for (const ticket of solved) this.#world.update(ticket, { status: 'closed' })
    return solved.length
  }

  /** The internal notes on a ticket, oldest first: what an agent reads. */
  notesOf(ticketId: number): string[] {
    return this.#world.audits.flatMap(({ ticketId: of, comment }) =>
      of === ticketId && comment?.public === false ? [comment.body] : [],
    )
  }

  fieldId(title: string): number {
    const field = [...this.#world.fields.values()].find((one) => one.title === title)
    if (!field) throw new Error(`there is no field ${title}`)
    return field.id
  }

  books(): BookEntry[] {
    return [...this.#world.tickets.values()].flatMap((ticket) => this.#entries(ticket))
  }

  #entries(ticket: Ticket): BookEntry[] {
    const told = this.#value(ticket, titles.caseNo)
    const caseNo = told === null ? null : String(told)
    const ref = String(ticket.id)
    const sku = this.#value(ticket, titles.sku)
    const quantity = this.#value(ticket, titles.quantity)
    const isAsked = this.#value(ticket, titles.action) === 'return_start'
    return [
      ...(caseNo === null ? [] : [{ caseNo, ref, kind: 'ticket' as const, status: ticket.status }]),
      ...(isAsked && sku !== null && quantity !== null
        ? [
            {
              caseNo,
              ref,
              kind: 'requested' as const,
              sku: String(sku),
              quantity: String(quantity),
            },
          ]
        : []),
    ]
  }

  #value(ticket: Ticket, title: string): FieldValue {
    const field = [...this.#world.fields.values()].find((one) => one.title === title)
    return field ? (ticket.fields.get(field.id) ?? null) : null
  }

  #ticket(id: number): Ticket {
    const ticket = this.#world.tickets.get(id)
    if (!ticket) throw new Error(`there is no ticket ${id}`)
    return ticket
  }
}
