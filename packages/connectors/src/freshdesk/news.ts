import { type Delivery, TerminalError, ticketNote } from '@backhaul/sdk/connector'
import { statusNumber } from './account-fields.ts'
import type { Config } from './config.ts'
import { labelOf } from './field-plan.ts'
import { type Ticket, valueOf } from './ticket.ts'

export type Update = Delivery<Config, 'ticket.update'>

/** What is set of a ticket. */
export interface TicketState {
  readonly status?: number
  readonly custom_fields?: Readonly<Record<string, string>>
}

export interface Note {
  readonly body: string
  readonly private: boolean
}

const sentenceLength = 250
const usualStatus = 2
const usualPriority = 1

/** Every field and the status; or, of a ticket that there is, those that differ. */
export async function stateOf(delivery: Update, ticket: Ticket | null): Promise<TicketState> {
  const { config, command } = delivery
  const { headline, sentence } = command.body
  const told = {
    caseNo: command.caseNo,
    status: labelOf(headline),
    sentence: sentence.slice(0, sentenceLength),
  }
  const changed = (Object.entries(told) as [keyof typeof told, string][]).filter(
    ([name, value]) => ticket === null || valueOf(ticket, config.fields, name) !== value,
  )
  const status = await statusOf(delivery)
  const isShown = status === null || status === ticket?.status
  return {
    ...(isShown ? {} : { status }),
    ...(changed.length === 0
      ? {}
      : {
          custom_fields: Object.fromEntries(
            changed.map(([name, value]) => [config.fields[name], value]),
          ),
        }),
  }
}

/** Null where none is set for the state, or the account has none of that label: the check tells of it. */
async function statusOf(delivery: Update): Promise<number | null> {
  const statuses: Readonly<Record<string, string | undefined>> = delivery.config.statuses
  const label = statuses[delivery.command.body.headline]
  return label === undefined ? null : statusNumber(delivery, label)
}

/** The sign by which what an attempt has written is known again. People see it as the last line. */
export function markOf({ idempotencyKey }: Pick<Update, 'idempotencyKey'>): string {
  return `[${idempotencyKey}]`
}

/** Null where none shall be left at this state. */
export function noteOf(delivery: Update, remark?: string): Note | null {
  const { config, command } = delivery
  const { headline, sentence, customerText } = command.body
  const isPublic = includes(config.publicAt, headline)
  if (!isPublic && includes(config.quietAt, headline)) return null
  const text = isPublic
    ? (customerText ?? sentence)
    : ticketNote({ caseNo: command.caseNo, ...command.body })
  const lines = [text, ...(isPublic || remark === undefined ? [] : [remark]), markOf(delivery)]
  return { body: toHtml(lines.join('\n')), private: !isPublic }
}

/**
 * A ticket for a return that has none. Its description is seen by its requester, so that it says the text for the
 * customer, or the sentence, and nothing else.
 *
 * @throws {TerminalError} CUSTOMER_UNKNOWN where there is nobody whose ticket it could be.
 */
export async function newTicket(delivery: Update): Promise<object> {
  const { config, command, contact } = delivery
  const { requesterEmail, groupId, productId, tags } = config.newTickets
  const email = contact?.email ?? requesterEmail
  if (email === undefined) {
    const reason =
      'a ticket needs a requester: the hub does not know the address of the customer, and none is configured'
    throw new TerminalError({ code: 'CUSTOMER_UNKNOWN', reason })
  }
  const { sentence, customerText } = command.body
  const name = contact?.email === undefined ? undefined : contact.name
  const text = `Return ${command.caseNo}: ${customerText ?? sentence}\n${markOf(delivery)}`
  return {
    subject: `Return ${command.caseNo}`,
    description: toHtml(text),
    email,
    ...(name === undefined ? {} : { name }),
    ...(groupId === undefined ? {} : { group_id: groupId }),
    ...(productId === undefined ? {} : { product_id: productId }),
    tags,
    status: usualStatus,
    priority: usualPriority,
    ...(await stateOf(delivery, null)),
  }
}

function toHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '<br>')
}

function includes(list: readonly string[], headline: string): boolean {
  return list.includes(headline)
}
