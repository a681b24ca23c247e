/** Records as the API shows them. Times are ISO 8601 with whole seconds. */

export interface Contact {
  readonly id: number
  readonly name: string
  readonly email: string
}

export interface TicketField {
  readonly id: number
  readonly name: string
  readonly label: string
  readonly type: string
  /** Whether an agent has to fill it in before a ticket is resolved or closed. */
  readonly required_for_closure: boolean
  readonly choices: readonly string[]
}

export type FieldValue = string | number | boolean | null

export interface Ticket {
  readonly id: number
  subject: string
  readonly description: string
  status: number
  readonly requester_id: number
  readonly tags: string[]
  readonly custom_fields: Map<string, FieldValue>
  readonly created_at: string
  updated_at: string
  deleted: boolean
}

export interface Conversation {
  readonly id: number
  readonly ticketId: number
  readonly body: string
  readonly private: boolean
  readonly byAgent: boolean
  readonly created_at: string
}

/** An automation that calls a webhook when a ticket's field changes. */
export interface Rule {
  readonly url: string
  readonly fields: readonly string[]
}
