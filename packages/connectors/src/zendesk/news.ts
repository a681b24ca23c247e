import { type Delivery, ticketNote } from '@backhaul/sdk/connector'
import type { Config, FieldName, ShownStatus } from './config.ts'
import { statusTag } from './field-plan.ts'
import { type Ticket, valueOf } from './ticket.ts'

type Update = Delivery<Config, 'ticket.update'>

/** What is written to a ticket. */
export interface TicketNews {
  readonly external_id?: string
  readonly status?: string
  readonly custom_status_id?: number
  readonly custom_fields?: readonly { readonly id: number; readonly value: string }[]
  readonly comment?: { readonly body: string; readonly public: boolean }
  /** Kept with the audit, where only programs see it. */
  readonly metadata: { readonly backhaul: string }
}

interface NewTicket extends TicketNews {
  readonly subject: string
  readonly requester?: { readonly name: string; readonly email: string }
  readonly group_id?: number
  readonly brand_id?: number
  readonly ticket_form_id?: number
  readonly tags: readonly string[]
  readonly via_followup_source_id?: number
}

const sentenceLength = 250

/** What is to be written to a ticket that there is: nothing that stands there already but the note. */
export function newsOf(delivery: Update, ticket: Ticket): TicketNews {
  const { config, command } = delivery
  const status = statusOf(delivery)
  const isShown =
    status.custom_status_id === undefined
      ? status.status === ticket.status
      : status.custom_status_id === ticket.custom_status_id
  const changed = fieldsOf(delivery).filter(
    ({ name, value }) => valueOf(ticket, config.fields, name) !== value,
  )
  return {
    // Another one's number is left alone: the ticket is bound to the case by its id then.
    ...(ticket.external_id ? {} : { external_id: command.caseNo }),
    ...(isShown ? {} : status),
    ...(changed.length === 0
      ? {}
      : { custom_fields: changed.map(({ id, value }) => ({ id, value })) }),
    ...commentOf(delivery),
    metadata: { backhaul: delivery.idempotencyKey },
  }
}

/** A ticket for a return that has none. Without the customer's address it is the hub's own. */
export function newTicket(delivery: Update): NewTicket {
  const { config, command } = delivery
  const { groupId, brandId, formId, tags } = config.newTickets
  const { name, email } = delivery.contact ?? {}
  const [first] = [commentOf(delivery).comment]
  return {
    subject: `Return ${command.caseNo}`,
    ...(email === undefined ? {} : { requester: { name: name ?? email, email } }),
    ...(groupId === undefined ? {} : { group_id: groupId }),
    ...(brandId === undefined ? {} : { brand_id: brandId }),
    ...(formId === undefined ? {} : { ticket_form_id: formId }),
    tags,
    external_id: command.caseNo,
    ...statusOf(delivery),
    custom_fields: fieldsOf(delivery).map(({ id, value }) => ({ id, value })),
    // A ticket needs a first comment, also where there is nothing to tell.
    comment: first ?? { body: noteOf(delivery), public: false },
    metadata: { backhaul: delivery.idempotencyKey },
  }
}

/** A ticket that goes on from a closed one, which nobody can write to any more. */
export function followUp(delivery: Update, closed: Ticket): NewTicket {
  return { ...newTicket(delivery), via_followup_source_id: closed.id }
}

function statusOf({ config, command }: Update): Pick<TicketNews, 'status' | 'custom_status_id'> {
  const statuses: Readonly<Record<string, ShownStatus | undefined>> = config.statuses
  const shown = statuses[command.body.headline]
  if (shown === undefined) return {}
  return typeof shown === 'string' ? { status: shown } : { custom_status_id: shown.customStatus }
}

function fieldsOf({
  config,
  command,
}: Update): { readonly name: FieldName; readonly id: number; readonly value: string }[] {
  const { headline, sentence } = command.body
  const told: Partial<Record<FieldName, string>> = {
    caseNo: command.caseNo,
    status: statusTag(headline),
    sentence: sentence.slice(0, sentenceLength),
  }
  return (Object.entries(told) as [FieldName, string][]).flatMap(([name, value]) => {
    const id = config.fields[name]
    return id === undefined ? [] : [{ name, id, value }]
  })
}

function commentOf(delivery: Update): Pick<TicketNews, 'comment'> {
  const { config, command } = delivery
  const { headline, sentence, customerText } = command.body
  if (includes(config.publicAt, headline)) {
    return { comment: { body: customerText ?? sentence, public: true } }
  }
  if (includes(config.quietAt, headline)) return {}
  return { comment: { body: noteOf(delivery), public: false } }
}

function noteOf({ command }: Update): string {
  return ticketNote({ caseNo: command.caseNo, ...command.body })
}

function includes(list: readonly string[], headline: string): boolean {
  return list.includes(headline)
}
