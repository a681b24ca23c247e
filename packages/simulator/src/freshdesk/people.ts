import type { BookEntry } from '../double/index.ts'
import type { FieldValue, Ticket } from './records.ts'
import type { World } from './world.ts'

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
    const contact = this.#world.addContact({ email, name })
    return this.#world.addTicket({ requesterId: contact.id, description: text }, { subject }).id
  }

  /** An agent fills in fields by their labels, as by hand or by a scenario, and saves. */
  agentSets(work: {
    readonly ticketId: number
    readonly fields: Readonly<Record<string, FieldValue>>
    readonly status?: number
  }): void {
    const { ticketId, fields, status } = work
    const named = Object.entries(fields).map(
      ([label, value]) => [this.fieldName(label), value] as const,
    )
    this.#world.update(this.#ticket(ticketId), {
      custom_fields: Object.fromEntries(named),
      ...(status === undefined ? {} : { status }),
    })
  }

  agentComments({ ticketId, text }: { readonly ticketId: number; readonly text: string }): void {
    const ticket = this.#ticket(ticketId)
    this.#world.addConversation(ticket, { body: text, isPrivate: true, byAgent: false })
  }

  agentDeletes({ ticketId }: { readonly ticketId: number }): void {
    this.#ticket(ticketId).deleted = true
  }

  /** An administrator makes an automation: whoever changes one of the fields calls the webhook. */
  adminMakesRule({
    url,
    labels,
  }: {
    readonly url: string
    readonly labels: readonly string[]
  }): void {
    this.#world.rules.push({ url, fields: labels.map((label) => this.fieldName(label)) })
  }

  fieldName(label: string): string {
    const field = [...this.#world.fields.values()].find((one) => one.label === label)
    if (!field) throw new Error(`there is no field ${label}`)
    return field.name
  }

  books(): BookEntry[] {
    return [...this.#world.tickets.values()].flatMap((ticket) => this.#entries(ticket))
  }

  #entries({ id, status, deleted, custom_fields: fields }: Ticket): BookEntry[] {
    if (deleted) return []
    const told = fields.get('cf_return_case') ?? null
    const caseNo = told === null ? null : String(told)
    const ref = String(id)
    const sku = fields.get('cf_return_sku') ?? null
    const quantity = fields.get('cf_return_quantity') ?? null
    const isAsked = fields.get('cf_return_action') === 'Start return'
    const ticket = {
      caseNo,
      ref,
      kind: 'ticket' as const,
      status: this.#world.statuses.get(status) ?? '',
    }
    const request = { caseNo, ref, kind: 'requested' as const }
    return [
      ...(caseNo === null ? [] : [ticket]),
      ...(isAsked && sku !== null && quantity !== null
        ? [{ ...request, sku: String(sku), quantity: String(quantity) }]
        : []),
    ]
  }

  #ticket(id: number): Ticket {
    const ticket = this.#world.tickets.get(id)
    if (!ticket) throw new Error(`there is no ticket ${id}`)
    return ticket
  }
}
