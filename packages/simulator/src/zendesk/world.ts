import { randomBytes } from 'node:crypto'
import type {
  Audit,
  Comment,
  FieldValue,
  Ticket,
  TicketField,
  Trigger,
  User,
  Webhook,
} from './records.ts'

/** A change of a ticket, by whoever makes it. */
export interface TicketChange {
  readonly external_id?: string | null
  readonly subject?: string
  readonly status?: string
  readonly custom_status_id?: number
  readonly assignee_id?: number | null
  readonly custom_fields?: readonly { readonly id: number; readonly value: FieldValue }[]
  readonly comment?: Comment
  readonly custom?: unknown
}

type OnUpdate = (ticket: Ticket, changed: ReadonlySet<string>) => void

/** Everything that the account holds, and how its records change. Nobody's rights are checked here. */
export class World {
  readonly users = new Map<number, User>()
  readonly tickets = new Map<number, Ticket>()
  readonly audits: Audit[] = []
  readonly fields = new Map<number, TicketField>()
  readonly webhooks = new Map<string, Webhook>()
  readonly triggers = new Map<number, Trigger>()
  readonly customStatuses: { id: number; status_category: string; agent_label: string }[] = []
  readonly #now: () => Date
  readonly #onUpdate: OnUpdate
  #lastId = 1_000

  constructor(now: () => Date, onUpdate: OnUpdate) {
    this.#now = now
    this.#onUpdate = onUpdate
    this.addUser({ name: 'Backhaul', email: 'backhaul@acme.example', role: 'admin' })
    for (const [status, label] of [
      ['new', 'New'],
      ['open', 'Open'],
      ['pending', 'Pending'],
      ['hold', 'On-hold'],
      ['solved', 'Solved'],
    ] as const) {
      this.customStatuses.push({ id: this.nextId(), status_category: status, agent_label: label })
    }
  }

  nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }

  /** ISO 8601 with whole seconds: two changes within one second cannot be told apart. */
  stamp(): string {
    return `${this.#now().toISOString().slice(0, 19)}Z`
  }

  addUser(user: Omit<User, 'id'>): User {
    const known = [...this.users.values()].find(({ email }) => email === user.email)
    if (known) return known
    const made = { id: this.nextId(), ...user }
    this.users.set(made.id, made)
    return made
  }

  /** The user whose token the API is called with. */
  get apiUser(): User {
    const [first] = this.users.values()
    if (!first) throw new Error('there is no user')
    return first
  }

  addField(field: Partial<TicketField> & Pick<TicketField, 'title' | 'type'>): TicketField {
    const made: TicketField = {
      active: true,
      removable: true,
      description: '',
      regexp_for_validation: null,
      ...field,
      id: this.nextId(),
    }
    this.fields.set(made.id, made)
    return made
  }

  addWebhook(webhook: Omit<Webhook, 'id' | 'secret'>): Webhook {
    const id = `01GJ${String(this.nextId()).padStart(22, '0')}`
    const made = { ...webhook, id, secret: randomBytes(24).toString('base64') }
    this.webhooks.set(id, made)
    return made
  }

  addTrigger(trigger: Omit<Trigger, 'id'>): Trigger {
    const made = { ...trigger, id: this.nextId() }
    this.triggers.set(made.id, made)
    return made
  }

  addTicket(
    about: { readonly requesterId: number; readonly followUpOf?: number | null },
    change: TicketChange & { readonly comment: Comment },
  ): Ticket {
    const at = this.stamp()
    const ticket: Ticket = {
      id: this.nextId(),
      external_id: null,
      subject: change.subject ?? change.comment.body.slice(0, 80),
      description: change.comment.body,
      status: 'new',
      custom_status_id: null,
      requester_id: about.requesterId,
      assignee_id: null,
      via_followup_source_id: about.followUpOf ?? null,
      tags: new Set(),
      fields: new Map(),
      created_at: at,
      updated_at: at,
      generated_timestamp: 0,
    }
    this.tickets.set(ticket.id, ticket)
    this.update(ticket, change)
    return ticket
  }

  update(ticket: Ticket, change: TicketChange): Audit {
    const changed = new Set<string>(Object.keys(change))
    if (change.external_id !== undefined) ticket.external_id = change.external_id
    if (change.subject !== undefined) ticket.subject = change.subject
    if (change.assignee_id !== undefined) ticket.assignee_id = change.assignee_id
    this.#setStatus(ticket, change)
    for (const { id, value } of change.custom_fields ?? []) {
      if (this.#setField(ticket, id, value)) changed.add(`custom_fields_${id}`)
    }
    ticket.updated_at = this.stamp()
    ticket.generated_timestamp = Math.floor(this.#now().getTime() / 1000)
    const audit: Audit = {
      id: this.nextId(),
      ticketId: ticket.id,
      at: ticket.updated_at,
      authorId: change.comment?.authorId ?? this.apiUser.id,
      comment: change.comment ?? null,
      custom: change.custom ?? {},
    }
    this.audits.push(audit)
    this.#onUpdate(ticket, changed)
    return audit
  }

  #setStatus(ticket: Ticket, { status, custom_status_id }: TicketChange): void {
    const custom = this.customStatuses.find(({ id }) => id === custom_status_id)
    if (custom) {
      ticket.custom_status_id = custom.id
      ticket.status = custom.status_category
    } else if (status !== undefined) {
      ticket.status = status
      ticket.custom_status_id = null
    }
    if (ticket.status === 'solved') ticket.assignee_id ??= this.apiUser.id
  }

  /** A drop-down's value is a tag of the ticket as well. A field that there is not is passed over silently. */
  #setField(ticket: Ticket, id: number, value: FieldValue): boolean {
    const field = this.fields.get(id)
    const before = ticket.fields.get(id) ?? null
    if (!field || before === value) return false
    if (field.type === 'tagger') {
      if (typeof before === 'string') ticket.tags.delete(before)
      if (typeof value === 'string') ticket.tags.add(value)
    }
    ticket.fields.set(id, value === '' ? null : value)
    return true
  }
}
