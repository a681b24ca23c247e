/** One thing that happened to a ticket. */
export interface Transaction {
  readonly id: number
  readonly type: 'Create' | 'Status' | 'CustomField' | 'Comment' | 'Correspond'
  readonly by: string
  readonly field: string
  readonly newValue: string
  /** The subject of a message. */
  readonly data: string
  readonly content: string
  readonly at: Date
}

export interface RtTicket {
  readonly id: number
  readonly subject: string
  readonly requestor: string | null
  readonly created: Date
  status: string
  lastUpdated: Date
  readonly fields: Map<string, string>
  readonly transactions: Transaction[]
}

export interface RtShape {
  readonly queue: string
  /** Custom fields of the queue; those with values take no others. */
  readonly fields: Readonly<Record<string, readonly string[] | null>>
  /** The lifecycle: where a ticket can go from each status. */
  readonly lifecycle: Readonly<Record<string, readonly string[]>>
  /** Statuses that a ticket can be made with. */
  readonly initial: readonly string[]
}

const open = ['new', 'open', 'stalled', 'resolved', 'rejected']

/** As `setup/backhaul.initialdata` makes it, with RT's own lifecycle. */
export const usualShape: RtShape = {
  queue: 'Returns',
  fields: {
    'Return Case ID': null,
    'Return State': null,
    'Return Status': null,
    'Return Version': null,
    'Return Action': ['start', 'answered', 'cancel'],
    'Return Order': null,
    'Return SKU': null,
    'Return Quantity': null,
    'Return Reason': null,
  },
  lifecycle: Object.fromEntries(open.map((from) => [from, open.filter((to) => to !== from)])),
  initial: ['new', 'open', 'resolved'],
}

interface Message {
  readonly type: 'Comment' | 'Correspond'
  readonly subject: string
  readonly content: string
}

/** The tickets of one queue, and what RT says when somebody changes them: texts, whether it worked or not. */
export class Tickets {
  readonly shape: RtShape
  readonly #now: () => Date
  readonly #byId = new Map<number, RtTicket>()
  #lastTransaction = 40

  constructor(shape: RtShape, now: () => Date) {
    this.shape = shape
    this.#now = now
  }

  all(): readonly RtTicket[] {
    return [...this.#byId.values()]
  }

  find(id: string | undefined): RtTicket | null {
    return this.#byId.get(Number(id)) ?? null
  }

  /** Fields that the queue does not have are dropped without a word. */
  create(
    by: string,
    given: {
      readonly subject: string
      readonly requestor: string | null
      readonly status: string
      readonly content: string
      readonly fields: Readonly<Record<string, string>>
    },
  ): RtTicket {
    const at = this.#now()
    const taken = Object.entries(given.fields).filter(([name, value]) => this.#takes(name, value))
    const ticket: RtTicket = {
      id: this.#byId.size + 1,
      subject: given.subject,
      requestor: given.requestor,
      created: at,
      status: given.status,
      lastUpdated: at,
      fields: new Map(taken),
      transactions: [],
    }
    this.#byId.set(ticket.id, ticket)
    this.#record(ticket, { type: 'Create', by, content: given.content })
    return ticket
  }

  /** @returns what RT says; a refusal reads like any other text. */
  setStatus(ticket: RtTicket, by: string, status: string): string[] {
    if (status === ticket.status) return []
    if (!Object.hasOwn(this.shape.lifecycle, status)) {
      return [`Ticket ${ticket.id}: Status '${status}' isn't a valid status for this ticket.`]
    }
    const from = ticket.status
    if (!this.shape.lifecycle[from]?.includes(status)) {
      return [`Ticket ${ticket.id}: You can't change status from '${from}' to '${status}'.`]
    }
    ticket.status = status
    this.#record(ticket, { type: 'Status', by, field: 'Status', newValue: status })
    return [`Ticket ${ticket.id}: Status changed from '${from}' to '${status}'`]
  }

  setFields(
    ticket: RtTicket,
    by: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
  ): string[] {
    return Object.entries(fields).flatMap(([name, given]) => {
      const value = typeof given === 'string' ? given : (given[0] ?? '')
      if (!Object.hasOwn(this.shape.fields, name) || ticket.fields.get(name) === value) return []
      if (!this.#takes(name, value)) return ['Invalid value for custom field']
      if (value === '') ticket.fields.delete(name)
      else ticket.fields.set(name, value)
      this.#record(ticket, { type: 'CustomField', by, field: name, newValue: value })
      return [`${name} ${value} added`]
    })
  }

  /** Whoever writes on a ticket that is done opens it again. */
  say(ticket: RtTicket, by: string, { type, subject, content }: Message): Transaction {
    const transaction = this.#record(ticket, { type, by, data: `${subject}\n`, content })
    const isDone = ticket.status === 'resolved' || ticket.status === 'rejected'
    if (type === 'Correspond' && isDone) this.setStatus(ticket, 'RT_System', 'open')
    return transaction
  }

  #takes(name: string, value: string): boolean {
    const values = this.shape.fields[name]
    return values !== undefined && (values === null || value === '' || values.includes(value))
  }

  #record(
    ticket: RtTicket,
    done: Pick<Transaction, 'type' | 'by'> & Partial<Transaction>,
  ): Transaction {
    this.#lastTransaction += 1
    const at = this.#now()
    const empty = { field: '', newValue: '', data: '', content: '' }
    const transaction = { ...empty, ...done, id: this.#lastTransaction, at }
    ticket.transactions.push(transaction)
    ticket.lastUpdated = at
    return transaction
  }
}
