import type { Credit } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { knownEvent } from '../known-event.ts'
import { companyIdOf } from '../places.ts'
import { asRefusal } from '../refused-by-odoo.ts'
import { refuseOtherTotal } from './credit-notes.ts'
import { findCreditNotes } from './find-credit-notes.ts'
import { readSettlement, type Settlement } from './settlement.ts'

type Post = Delivery<Config, 'credit.post'>

/**
 * `credit.post`: posts the drafts of a credit, once. What became of them is read afterwards: the number, the sums,
 * the day they were booked on, and whether an open invoice has swallowed them or the money is to be paid out.
 *
 * Safe to repeat: a note that is posted is not posted again.
 *
 * @throws {TerminalError} CREDIT_NOTE_MISSING (FN07), CREDIT_TOTAL_MISMATCH (FN01) before anything is posted, and
 *   what Odoo refuses, with FN07: a closed period, a tax, a journal.
 */
export const postCredit: DeliveryDefinition<Config, 'credit.post'> = {
  deliver: (delivery) =>
    asRefusal({ what: 'to post the credit note', exception: 'FN07' }, () => post(delivery)),
  idempotency: { kind: 'upsert' },
}

async function post(delivery: Post): Promise<Delivered> {
  const { config, command } = delivery
  const { creditId, target, about, credit } = command.body
  const odoo = await Odoo.open(delivery, companyIdOf(config, about?.company))
  const found = await findCreditNotes(odoo, { caseNo: command.caseNo, creditId, target })
  if (found.length === 0) {
    const reason = `There is no draft of the credit ${creditId} in Odoo any more; it was deleted or canceled.`
    throw new TerminalError({ code: 'CREDIT_NOTE_MISSING', exception: 'FN07', reason })
  }
  const drafts = found.filter(({ state }) => state === 'draft').map(({ id }) => id)
  if (drafts.length > 0 && credit) refuseOtherTotal(totalOf(found), credit.total)
  const notes = drafts.length === 0 ? found : await postOnce(odoo, { found, drafts })
  return {
    externalId: String(notes[0]?.id),
    refs: notes.map(({ id }) => ({ type: 'credit_note', value: String(id) })),
    events: [knownEvent(delivery, 'credit.posted', postedData(notes, { creditId, credit }))],
  }
}

/** The answer of the button says nothing: another hand may have pressed it a moment before. */
async function postOnce(
  odoo: Odoo,
  { found, drafts }: { readonly found: readonly Settlement[]; readonly drafts: readonly number[] },
): Promise<readonly Settlement[]> {
  let refusal: TerminalError | null = null
  try {
    await odoo.act('account.move', 'action_post', { ids: drafts })
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error
    refusal = error
  }
  const notes = await readSettlement(
    odoo,
    found.map(({ id }) => id),
  )
  if (notes.length > 0 && notes.every(({ state }) => state === 'posted')) return notes
  const reason = 'Odoo left the credit note in draft without saying why.'
  throw refusal ?? new TerminalError({ code: 'CREDIT_NOT_POSTED', exception: 'FN07', reason })
}

function totalOf(notes: readonly Settlement[]): Big {
  return notes.reduce((sum, { total }) => sum.plus(total), new Big(0))
}

function postedData(
  notes: readonly Settlement[],
  { creditId, credit }: { readonly creditId: string; readonly credit: Credit | undefined },
) {
  const currency = notes[0]?.currency ?? ''
  const total = { amount: totalOf(notes).toFixed(), currency }
  const unnamed = { creditId, lines: [], fees: [], method: 'credit_note' as const }
  const numbers = notes.flatMap(({ number }) => (number === null ? [] : [number]))
  return {
    credit: { ...(credit ?? unnamed), total },
    document: numbers.join(', ').slice(0, 200),
    note: notes.map(sentenceOf).join(' '),
  }
}

/** What an accountant wants to know of it, in a sentence or two. */
function sentenceOf(note: Settlement): string {
  const { number, total, currency, applied, open } = note
  const parts = [`${number ?? 'The credit note'} over ${total} ${currency} is posted.`]
  for (const { invoice, amount } of applied) {
    parts.push(`${amount} ${currency} is set off against ${invoice ?? 'an invoice'}.`)
  }
  if (new Big(open).gt(0)) parts.push(`${open} ${currency} is to be paid out.`)
  const { bookedOn, invoiceDate } = note
  if (bookedOn !== null && invoiceDate !== null && bookedOn !== invoiceDate) {
    parts.push(`Its period is closed: it is booked on ${bookedOn} in place of ${invoiceDate}.`)
  }
  return parts.join(' ')
}
