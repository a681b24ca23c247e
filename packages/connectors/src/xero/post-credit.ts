import type { CommandBody } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { toNumber, toText } from './amounts.ts'
import type { Config } from './config.ts'
import { refuseOtherTotal } from './credit-document.ts'
import { findCreditNote, findInvoice } from './find.ts'
import { knownEvent } from './known-event.ts'
import { allocations, type CreditNote, creditNotes, history } from './shapes.ts'
import { Xero } from './xero.ts'

type Post = Delivery<Config, 'credit.post'>

/**
 * `credit.post`: approves the draft, sets it off against what is open of the invoice, and writes into its history
 * which return it is for. Safe to repeat: each step looks first, and has a key of its own.
 *
 * @throws {TerminalError} CREDIT_NOTE_MISSING, XERO_REFUSED, PERIOD_LOCKED (FN07), CREDIT_TOTAL_MISMATCH (FN01).
 */
export const postCredit: DeliveryDefinition<Config, 'credit.post'> = {
  deliver: post,
  idempotency: { kind: 'upsert' },
}

const posted = new Set(['AUTHORISED', 'PAID'])

async function post(delivery: Post): Promise<Delivered> {
  const { command } = delivery
  const { creditId, credit } = command.body
  const xero = new Xero(delivery)
  const found = await findCreditNote(xero, { caseNo: command.caseNo, creditId })
  if (found === null) {
    const reason = 'There is no draft of this credit in Xero any more; it was deleted or voided.'
    throw new TerminalError({ code: 'CREDIT_NOTE_MISSING', exception: 'FN07', reason })
  }
  if (credit !== undefined) refuseOtherTotal(found.Total, credit.total)
  const note = posted.has(found.Status) ? found : await approve(xero, delivery, found)
  const applied = await applyToInvoice(xero, delivery, note)
  await writeHistory(xero, delivery, note)
  const total = {
    amount: toText(note.Total),
    currency: note.CurrencyCode ?? currencyOf(command.body),
  }
  const unnamed = { creditId, lines: [], fees: [], method: 'credit_note' as const }
  const document = note.CreditNoteNumber ?? undefined
  return {
    externalId: note.CreditNoteID,
    refs: [{ type: 'credit_note', value: note.CreditNoteID }],
    events: [
      knownEvent(delivery, 'credit.posted', {
        credit: { ...(credit ?? unnamed), total },
        ...(document === undefined ? {} : { document: document.slice(0, 200) }),
      }),
      ...(applied === null || total.currency === ''
        ? []
        : [
            knownEvent(delivery, 'refund.settled', {
              refundId: applied.refundId,
              creditId,
              method: 'apply_to_invoice',
              amount: { amount: applied.amount, currency: total.currency },
            }),
          ]),
    ],
  }
}

function currencyOf({ credit, about }: CommandBody<'credit.post'>): string {
  return credit?.total.currency ?? about?.currency ?? ''
}

async function approve(xero: Xero, delivery: Post, found: CreditNote): Promise<CreditNote> {
  const { CreditNoteID } = found
  const body = { CreditNotes: [{ CreditNoteID, Status: 'AUTHORISED' }] }
  const key = `${delivery.idempotencyKey}/approve`
  const path = `/CreditNotes/${CreditNoteID}`
  const answer = await xero.write('POST', path, { shape: creditNotes, body, key })
  const [note] = answer.CreditNotes
  if (note !== undefined && posted.has(note.Status)) return { ...found, ...note }
  throw new UnknownOutcomeError({ code: 'RESPONSE_MALFORMED', reason: 'it is not posted' })
}

interface Applied {
  readonly refundId: string
  readonly amount: string
}

/** An invoice that is not paid yet swallows the credit, as far as it is open; what is left is to be paid out. */
async function applyToInvoice(
  xero: Xero,
  delivery: Post,
  note: CreditNote,
): Promise<Applied | null> {
  const [known] = note.Allocations.filter(({ IsDeleted }) => IsDeleted !== true)
  if (known !== undefined) return appliedOf(note, known.Invoice?.InvoiceID, toText(known.Amount))
  const left = new Big(String(note.RemainingCredit ?? note.Total))
  if (delivery.config.allocate === 'never' || left.lte(0)) return null
  const orders = delivery.command.body.about?.orderRefs ?? []
  if (orders.length === 0) return null
  const currency = note.CurrencyCode ?? currencyOf(delivery.command.body)
  const { InvoiceID, AmountDue = 0 } = await findInvoice(xero, delivery, currency)
  const due = new Big(String(AmountDue))
  const amount = due.lt(left) ? due : left
  if (amount.lte(0)) return null
  const Date = delivery.now.toISOString().slice(0, 10)
  const body = {
    Allocations: [{ Invoice: { InvoiceID }, Amount: toNumber(amount.toFixed()), Date }],
  }
  const key = `${delivery.idempotencyKey}/allocate`
  const path = `/CreditNotes/${note.CreditNoteID}/Allocations`
  await xero.write('PUT', path, { shape: allocations, body, key })
  return appliedOf(note, InvoiceID, amount.toFixed())
}

function appliedOf({ CreditNoteID }: CreditNote, invoice = '', amount: string): Applied {
  return { refundId: `applied-${CreditNoteID}-${invoice}`.slice(0, 100), amount }
}

/** For whoever looks at the note in Xero, once. */
async function writeHistory(xero: Xero, delivery: Post, note: CreditNote): Promise<void> {
  const { caseNo } = delivery.command
  const path = `/CreditNotes/${note.CreditNoteID}/History`
  const text = `Credits return ${caseNo}. Posted by Backhaul.`
  const { HistoryRecords: known } = await xero.read(path, history)
  if (known.some(({ Details }) => Details === text)) return
  const body = { HistoryRecords: [{ Details: text }] }
  await xero.write('PUT', path, { shape: history, body, key: `${delivery.idempotencyKey}/note` })
}
