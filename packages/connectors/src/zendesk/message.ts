import { createHash } from 'node:crypto'
import { z } from 'zod'

const text = z.string().max(500)

/**
 * What a ticket says about a return, in one form for webhooks, whose text our trigger writes, and for the poll. What is
 * empty is an empty text, since placeholders know nothing else.
 */
export const ticketMessage = z.object({
  id: z.string().regex(/^\d{1,19}$/),
  caseNo: text,
  requester: z.object({ email: text, name: text }),
  action: text,
  order: text,
  sku: text,
  quantity: text,
  reason: text,
  resolution: text,
})
export type TicketMessage = z.output<typeof ticketMessage>

/**
 * Names a message by its text, and not by when it was said: the poll, which writes the same text as the trigger, says
 * nothing new after a webhook, nor does any change of the ticket that has nothing to do with the return.
 */
export function messageIdOf(ticketId: string, said: string): string {
  const digest = createHash('sha256').update(said).digest('base64url')
  return `ticket:${ticketId}:${digest.slice(0, 24)}`
}

/** How a trigger writes the value of a field. */
export function placeholderOf(fieldId: number | undefined): string {
  return fieldId === undefined ? '' : `{{ticket.ticket_field_${fieldId}}}`
}
