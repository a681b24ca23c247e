/** Records as the API shows them. Times are ISO 8601 with whole seconds, as Zendesk's. */

export interface User {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly role: 'end-user' | 'agent' | 'admin'
}

export interface FieldOption {
  readonly name: string
  readonly value: string
}

export interface TicketField {
  readonly id: number
  readonly title: string
  readonly type: string
  readonly active: boolean
  readonly removable: boolean
  readonly description: string
  readonly regexp_for_validation: string | null
  readonly custom_field_options?: readonly FieldOption[]
}

export type FieldValue = string | number | boolean | null

export interface Ticket {
  readonly id: number
  external_id: string | null
  subject: string
  description: string
  status: string
  custom_status_id: number | null
  requester_id: number
  assignee_id: number | null
  via_followup_source_id: number | null
  readonly tags: Set<string>
  readonly fields: Map<number, FieldValue>
  readonly created_at: string
  updated_at: string
  /** Seconds; what incremental exports go by. */
  generated_timestamp: number
}

export interface Comment {
  readonly body: string
  readonly public: boolean
  readonly authorId: number
}

/** One update of a ticket. */
export interface Audit {
  readonly id: number
  readonly ticketId: number
  readonly at: string
  readonly authorId: number
  readonly comment: Comment | null
  /** What the writer told of itself. */
  readonly custom: unknown
}

export interface Webhook {
  readonly id: string
  readonly name: string
  readonly endpoint: string
  readonly status: string
  readonly subscriptions: readonly string[]
  readonly secret: string
}

export interface Trigger {
  readonly id: number
  readonly title: string
  readonly active: boolean
  readonly conditions: unknown
  readonly actions: readonly { readonly field: string; readonly value: unknown }[]
}
