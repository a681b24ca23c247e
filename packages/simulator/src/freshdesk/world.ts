import type { Contact, Conversation, FieldValue, Rule, Ticket, TicketField } from './records.ts'

export interface TicketChange {
  readonly subject?: string
  readonly status?: number
  readonly custom_fields?: Readonly<Record<string, FieldValue>>
}

type OnUpdate = (ticket: Ticket, changed: ReadonlySet<string>) => void

/** Everything that the account holds, and how its records change. Nobody's rights are checked here. */
export class World {
  readonly contacts = new Map<number, Contact>()
  readonly tickets = new Map<number, Ticket>()
  readonly conversations: Conversation[] = []
  readonly fields = new Map<string, TicketField>()
  /** By number; above 5 they are the account's own. */
  readonly statuses = new Map<number, string>([
    [2, 'Open'],
    [3, 'Pending'],
    [4, 'Resolved'],
    [5, 'Closed'],
    [6, 'Waiting on Customer'],
    [7, 'Waiting on Third Party'],
  ])
  readonly rules: Rule[] = []
  readonly #now: () => Date
  readonly #onUpdate: OnUpdate
  #lastId = 100

  constructor(now: () => Date, onUpdate: OnUpdate) {
    this.#now = now
    this.#onUpdate = onUpdate
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  stamp(): string {
    return `${this.#now().toISOString().slice(0, 19)}Z`
  }

  addContact(contact: Omit<Contact, 'id'>): Contact {
    const known = [...this.contacts.values()].find(({ email }) => email === contact.email)
    if (known) return known
    const made = { id: this.nextId(), ...contact }
    this.contacts.set(made.id, made)
    return made
  }

  /** A field's name is made of its label, and stays when the label is changed. */
  addField(field: {
    readonly label: string
    readonly type: string
    readonly choices?: readonly string[]
    readonly required_for_closure?: boolean
  }): TicketField {
    const name = `cf_${field.label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}`
    const made: TicketField = {
      required_for_closure: false,
      choices: [],
      ...field,
      id: this.nextId(),
      name,
    }
    this.fields.set(name, made)
    return made
  }

  addTicket(
    about: {
      readonly requesterId: number
      readonly description: string
      readonly tags?: readonly string[]
    },
    change: TicketChange,
  ): Ticket {
    const at = this.stamp()
    const ticket: Ticket = {
      id: this.nextId(),
      subject: change.subject ?? '',
      description: about.description,
      status: 2,
      requester_id: about.requesterId,
      tags: [...(about.tags ?? [])],
      custom_fields: new Map(),
      created_at: at,
      updated_at: at,
      deleted: false,
    }
    this.tickets.set(ticket.id, ticket)
    this.update(ticket, change)
    return ticket
  }

  update(ticket: Ticket, change: TicketChange): void {
    const changed = new Set<string>(Object.keys(change))
    if (change.subject !== undefined) ticket.subject = change.subject
    if (change.status !== undefined) ticket.status = change.status
    for (const [name, value] of Object.entries(change.custom_fields ?? {})) {
      if ((ticket.custom_fields.get(name) ?? null) === value) continue
      ticket.custom_fields.set(name, value)
      changed.add(name)
    }
    ticket.updated_at = this.stamp()
    this.#onUpdate(ticket, changed)
  }

  addConversation(
    ticket: Ticket,
    {
      body,
      isPrivate,
      byAgent,
    }: { readonly body: string; readonly isPrivate: boolean; readonly byAgent: boolean },
  ): Conversation {
    const created_at = this.stamp()
    const made = {
      id: this.nextId(),
      ticketId: ticket.id,
      body,
      private: isPrivate,
      byAgent,
      created_at,
    }
    this.conversations.push(made)
    ticket.updated_at = created_at
    return made
  }
}
