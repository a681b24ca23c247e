import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { creditDocument, refuseOtherTotal } from './credit-document.ts'
import { findCreditNote, findInvoice } from './find.ts'
import { knownEvent } from './known-event.ts'
import { type CreditNote, creditNotes } from './shapes.ts'
import { Xero } from './xero.ts'

type Draft = Delivery<Config, 'credit.draft'>

/**
 * `credit.draft`: a draft of a credit note for the customer of the order's invoice, with accounts and tax types of
 * its lines. Named by return and credit in `Reference`, and by a key.
 *
 * @throws {TerminalError} NOT_INVOICED (FN08), INVOICE_AMBIGUOUS, NOT_CONFIGURED, XERO_REFUSED, PERIOD_LOCKED (FN07),
 *   CURRENCY_MISMATCH, CREDIT_TOTAL_MISMATCH (FN01).
 */
export const draftCredit: DeliveryDefinition<Config, 'credit.draft'> = {
  deliver: draft,
  // How long Xero remembers a key is not said: each attempt looks for the reference first.
  idempotency: { kind: 'native_key' },
}

async function draft(delivery: Draft): Promise<Delivered> {
  const { command, idempotencyKey } = delivery
  const { credit } = command.body
  const xero = new Xero(delivery)
  const { creditId } = credit
  const known = await findCreditNote(xero, { caseNo: command.caseNo, creditId })
  const note = known ?? (await make(xero, delivery, idempotencyKey))
  refuseOtherTotal(note.Total, credit.total)
  return {
    externalId: note.CreditNoteID,
    refs: [{ type: 'credit_note', value: note.CreditNoteID }],
    events: [knownEvent(delivery, 'credit.drafted', { credit })],
  }
}

async function make(xero: Xero, delivery: Draft, key: string): Promise<CreditNote> {
  const invoice = await findInvoice(xero, delivery, delivery.command.body.credit.total.currency)
  const body = { CreditNotes: [creditDocument(delivery, invoice)] }
  const answer = await xero.write('PUT', '/CreditNotes', { shape: creditNotes, body, key })
  const [note] = answer.CreditNotes
  if (note === undefined) throw new UnknownOutcomeError({ code: 'RESPONSE_MALFORMED' })
  return note
}
