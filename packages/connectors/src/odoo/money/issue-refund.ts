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
import { creditReference } from '../references.ts'
import { asRefusal } from '../refused-by-odoo.ts'
import { findCreditNotes } from './find-credit-notes.ts'
import { oneAtATime } from './one-at-a-time.ts'
import {
  type FoundPayment,
  findPayments,
  type Payment,
  payOnce,
  settle,
} from './refund-payments.ts'
import { readSettlement, type Settlement } from './settlement.ts'

type Refund = Delivery<Config, 'refund.issue'>

/**
 * `refund.issue`, where Odoo itself pays: a payment for what the credit notes of a credit still owe. It is never paid
 * above that, which Odoo would accept.
 *
 * Safe to repeat, also at the same time: each payment is named by the refund and found instead of made; a second look
 * is at its memo, so that a payment that a person registered under it counts as well.
 *
 * @throws {TerminalError} with FN05: REFUND_NOT_OPEN (an open invoice has swallowed the credit, or somebody paid it),
 *   CREDIT_NOT_POSTED, REFUND_CANCELED, NOT_CONFIGURED without a journal, and what Odoo refuses; REFUND_ABOVE_OPEN
 *   with FN04; CURRENCY_MISMATCH with FN01.
 */
export const issueRefund: DeliveryDefinition<Config, 'refund.issue'> = {
  deliver: (delivery) =>
    asRefusal({ what: 'to pay the refund', exception: 'FN05' }, () =>
      oneAtATime(lockOf(delivery), () => refund(delivery)),
    ),
  idempotency: { kind: 'upsert' },
}

function lockOf({ config, command }: Refund): string {
  const { url, database } = config
  return [url, database, creditReference(command.caseNo, command.body.creditId)].join(' ')
}

async function refund(delivery: Refund): Promise<Delivered> {
  const { config, command } = delivery
  const { body, caseNo } = command
  const journalId = journalFor(config, body.method)
  const odoo = await Odoo.open(delivery, companyIdOf(config, body.about?.company))
  const memo = creditReference(caseNo, body.refundId)
  const name = { caseNo, creditId: body.creditId, target: body.target }
  const [notes, known] = await Promise.all([findCreditNotes(odoo, name), findPayments(odoo, memo)])
  refuseUnposted(notes, delivery)
  const payments = await finish(odoo, { notes, known })
  let left = new Big(body.amount.amount).minus(sumOf(known))
  if (left.gt(0)) {
    const current = known.length === 0 ? notes : await readSettlement(odoo, idsOf(notes))
    refuseAboveOpen(current, left)
    for (const note of current) {
      const amount = smaller(left, new Big(note.open))
      if (amount.lte(0)) continue
      const date = delivery.now.toISOString().slice(0, 10)
      const { refundId } = body
      const payout = { caseNo, refundId, note, amount: amount.toFixed(), journalId, memo, date }
      payments.push(await payOnce(odoo, payout))
      left = left.minus(amount)
    }
  }
  return delivered(delivery, { payments, isSettled: await isSettled(odoo, { payments, notes }) })
}

function journalFor({ refundJournals }: Config, method: string): number {
  const journal = refundJournals[method] ?? refundJournals['*']
  if (journal !== undefined) return journal
  const reason = `No journal is configured that pays refunds by ${method.replaceAll('_', ' ')}.`
  throw new TerminalError({ code: 'NOT_CONFIGURED', exception: 'FN05', reason })
}

function refuseUnposted(notes: readonly Settlement[], { command }: Refund): void {
  const { amount, creditId } = command.body
  if (notes.length === 0 || notes.some(({ state }) => state !== 'posted')) {
    const reason = `The credit ${creditId} is not posted in Odoo, so there is nothing to pay out.`
    throw new TerminalError({ code: 'CREDIT_NOT_POSTED', exception: 'FN05', reason })
  }
  const foreign = notes.find(({ currency }) => currency !== amount.currency)
  if (foreign === undefined) return
  const reason = `The credit note ${foreign.number ?? ''} is in ${foreign.currency}, and the refund in ${amount.currency}.`
  throw new TerminalError({ code: 'CURRENCY_MISMATCH', exception: 'FN01', reason })
}

/** What an earlier attempt left half done. */
async function finish(
  odoo: Odoo,
  {
    notes,
    known,
  }: { readonly notes: readonly Settlement[]; readonly known: readonly FoundPayment[] },
): Promise<Payment[]> {
  const finished: Payment[] = []
  for (const [index, { id, noteIds }] of known.entries()) {
    const note = notes.find((one) => noteIds.includes(one.id)) ?? notes[index]
    if (note) finished.push(await settle(odoo, { paymentId: id, note }))
  }
  return finished
}

function refuseAboveOpen(notes: readonly Settlement[], left: Big): void {
  const open = notes.reduce((sum, note) => sum.plus(note.open), new Big(0))
  if (left.lte(open)) return
  const numbers = notes.map(({ number }) => number ?? '').join(', ')
  const currency = notes[0]?.currency ?? ''
  if (open.gt(0)) {
    const reason = `Of the credit note ${numbers} only ${open.toFixed()} ${currency} is open, and ${left.toFixed()} is to be paid.`
    throw new TerminalError({ code: 'REFUND_ABOVE_OPEN', exception: 'FN04', reason })
  }
  const reason = `Nothing of the credit note ${numbers} is left to be paid out: ${whereItWent(notes)}.`
  throw new TerminalError({ code: 'REFUND_NOT_OPEN', exception: 'FN05', reason })
}

function whereItWent(notes: readonly Settlement[]): string {
  const invoices = notes.flatMap(({ applied }) => applied.map(({ invoice }) => invoice ?? ''))
  return invoices.length > 0
    ? `it was set off against the open invoice ${[...new Set(invoices)].join(', ')}`
    : 'somebody has paid it already'
}

/** Before 18 a payment shows no state of its own money, and its credit note does. */
async function isSettled(
  odoo: Odoo,
  {
    payments,
    notes,
  }: { readonly payments: readonly Payment[]; readonly notes: readonly Settlement[] },
): Promise<boolean> {
  if (odoo.server.version >= 18) return payments.every(({ state }) => state === 'paid')
  const current = await readSettlement(odoo, idsOf(notes))
  return current.every(({ paymentState }) => paymentState === 'paid')
}

function delivered(
  delivery: Refund,
  result: { readonly payments: readonly Payment[]; readonly isSettled: boolean },
): Delivered {
  const { refundId, creditId, paymentId, method, amount } = delivery.command.body
  const data = { refundId, creditId, ...(paymentId ? { paymentId } : {}), method, amount }
  const type = result.isSettled ? 'refund.settled' : 'refund.released'
  const ids = result.payments.map(({ id }) => String(id))
  return {
    externalId: ids[0],
    refs: ids.map((value) => ({ type: 'refund', value })),
    events: [knownEvent(delivery, type, data)],
  }
}

function idsOf(notes: readonly Settlement[]): readonly number[] {
  return notes.map(({ id }) => id)
}

function sumOf(payments: readonly Payment[]): Big {
  return payments.reduce((sum, { amount }) => sum.plus(amount), new Big(0))
}

function smaller(a: Big, b: Big): Big {
  return a.lt(b) ? a : b
}
