import type { Delivered, Delivery, DeliveryDefinition } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { findInvoice } from './find.ts'
import { knownEvent } from './known-event.ts'
import { QuickBooks } from './quickbooks.ts'
import { noteOf } from './references.ts'
import { attachable } from './shapes.ts'

type Draft = Delivery<Config, 'credit.draft'>

/**
 * `credit.draft`: QuickBooks knows no drafts of credit memos, and what is made is booked. So that nothing is booked
 * before it may be, the draft is a note on the invoice, which says what is to come.
 *
 * @throws {TerminalError} NOT_INVOICED (FN08), INVOICE_AMBIGUOUS (FN07), CURRENCY_MISMATCH (FN01).
 */
export const draftCredit: DeliveryDefinition<Config, 'credit.draft'> = {
  deliver: draft,
  idempotency: { kind: 'native_key' },
}

async function draft(delivery: Draft): Promise<Delivered> {
  const { command, idempotencyKey: key } = delivery
  const { credit } = command.body
  const { amount, currency } = credit.total
  const quickbooks = new QuickBooks(delivery)
  const { Id: value } = await findInvoice(quickbooks, delivery, currency)
  const Note = `${noteOf(command.caseNo, credit.creditId)} A credit over ${amount} ${currency} is being prepared.`
  const body = { Note, AttachableRef: [{ EntityRef: { type: 'Invoice', value } }] }
  const made = await quickbooks.write('Attachable', attachable, { body, key })
  return {
    externalId: made.Id,
    refs: [{ type: 'credit_note_draft', value: made.Id }],
    events: [knownEvent(delivery, 'credit.drafted', { credit })],
  }
}
