import type { PolledMessage } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { z } from 'zod'
import type { Domain, Odoo } from '../../client/odoo.ts'
import { parseReference } from '../../references.ts'
import { referenceIn } from './case-number.ts'
import { caseNoOf, creditIdOf, idText, settlementsOf } from './entry.ts'
import { type Entry, type Payment, readEntries, readPayments } from './entry-rows.ts'
import { messageOf } from './message.ts'

/** What one payment has paid of one credit note. */
interface Share {
  readonly payment: Payment
  readonly credit: Entry
  readonly caseNo: string
  readonly refundId: string
  readonly amount: Big
}

/**
 * Payments afresh: one message for each refund, which is a payment, or the part of it that is for one of several
 * credit notes. What the hub has asked for is named in the memo, and may take several payments.
 */
export async function paymentMessages(
  odoo: Odoo,
  ids: readonly number[],
): Promise<PolledMessage[]> {
  const payments = await withSiblings(odoo, await readPayments(odoo, ids))
  const lost = payments.filter((payment) => isUnlinked(odoo, payment))
  const paid = new Set([
    ...payments.flatMap(creditNotesOf),
    ...(await creditNotesNamed(odoo, lost)),
  ])
  const credits = new Map((await readEntries(odoo, [...paid])).map((one) => [one.id, one]))
  const refunds = new Map<string, Share[]>()
  for (const payment of payments) {
    const of = lost.includes(payment)
      ? namedBy(payment, [...credits.values()])
      : creditNotesOf(payment).flatMap((id) => credits.get(id) ?? [])
    for (const share of sharesOf(payment, of)) {
      const key = `${share.caseNo} ${share.refundId}`
      refunds.set(key, [...(refunds.get(key) ?? []), share])
    }
  }
  return [...refunds.values()].map((shares) => messageFor(odoo, shares))
}

const rowId = z.object({ id: z.int() })

/** With the payments that the hub made for the same refunds, of which nothing was written. */
async function withSiblings(odoo: Odoo, payments: readonly Payment[]): Promise<Payment[]> {
  const memos = payments.flatMap((payment) => (refundOf(payment) === null ? [] : [memoOf(payment)]))
  if (memos.length === 0) return [...payments]
  const fields = await odoo.fieldsOf('account.payment', ['memo'])
  const domain: Domain = [
    [fields.has('memo') ? 'memo' : 'ref', 'in', [...new Set(memos)]],
    ['id', 'not in', payments.map(({ id }) => id)],
  ]
  const siblings = await odoo.search('account.payment', { domain, row: rowId })
  const read = await readPayments(
    odoo,
    siblings.map(({ id }) => id),
  )
  return [...payments, ...read]
}

function memoOf({ memo, ref }: Payment): string | null {
  return memo ?? ref ?? null
}

function refundOf(payment: Payment) {
  const named = parseReference(memoOf(payment))
  return named?.step ? { caseNo: named.caseNo, step: named.step } : null
}

function creditNotesOf({ reconciled_invoice_ids: invoices }: Payment): number[] {
  return invoices.filter(({ move_type: type }) => type === 'out_refund').map(({ id }) => id)
}

/** Before 18 a payment that ended knows nothing any more of what it had paid, but for its memo (17.0, 2026-11-23). */
function isUnlinked({ server }: Odoo, payment: Payment): boolean {
  return server.version < 18 && isOver(payment) && payment.reconciled_invoice_ids.length === 0
}

async function creditNotesNamed(odoo: Odoo, payments: readonly Payment[]): Promise<number[]> {
  const cases = payments.flatMap((payment) => referenceIn(memoOf(payment))?.caseNo ?? [])
  const texts = [...new Set(cases)].flatMap((caseNo): Domain[] => [
    [['ref', 'like', caseNo]],
    [['invoice_origin', 'like', caseNo]],
  ])
  if (texts.length === 0) return []
  const ors = texts.slice(1).map(() => '|' as const)
  const domain: Domain = [['move_type', '=', 'out_refund'], ...ors, ...texts.flat()]
  return (await odoo.search('account.move', { domain, row: rowId })).map(({ id }) => id)
}

/** The credit note that the memo repeats; else the oldest of the return that the memo names. */
function namedBy(payment: Payment, credits: readonly Entry[]): Entry[] {
  const memo = memoOf(payment)
  const known = credits
    .filter((credit) => caseNoOf(credit) === referenceIn(memo)?.caseNo)
    .toSorted((one, other) => one.id - other.id)
  const named = known.find(({ ref }) => ref === memo) ?? known[0]
  return named === undefined ? [] : [named]
}

function sharesOf(payment: Payment, of: readonly Entry[]): Share[] {
  const named = refundOf(payment)
  return of.flatMap((credit) => {
    const caseNo = caseNoOf(credit) ?? named?.caseNo ?? null
    const paid = settlementsOf(credit).filter(({ account_payment_id: by }) => by === payment.id)
    const sum = paid.reduce((total, one) => total.plus(one.amount), new Big(0))
    // One that ended pays nothing any more; whoever counted it has to hear of that.
    const amount = sum.eq(0) && isOver(payment) ? new Big(payment.amount) : sum
    if (caseNo === null || amount.eq(0)) return []
    // Odoo fills in the credit note's own reference where a person names nothing.
    const isNamed = named !== null && named.caseNo === caseNo && named.step !== creditIdOf(credit)
    const plain = of.length > 1 ? `payment-${payment.id}-${credit.id}` : `payment-${payment.id}`
    return [{ payment, credit, caseNo, refundId: isNamed ? named.step : plain, amount }]
  })
}

function isOver({ state }: Payment): boolean {
  return state === 'canceled' || state === 'cancel' || state === 'rejected'
}

function messageFor(odoo: Odoo, shares: readonly Share[]): PolledMessage {
  const counted = shares.some(({ payment }) => !isOver(payment))
    ? shares.filter(({ payment }) => !isOver(payment))
    : shares
  const [first] = shares as [Share, ...Share[]]
  const states = counted.map((share) => stateOf(odoo, share))
  const body = {
    ids: [...new Set(counted.map(({ payment }) => String(payment.id)))],
    name: first.payment.name,
    state: states.find((state) => state !== 'paid') ?? 'paid',
    caseNo: first.caseNo,
    creditId: creditIdOf(first.credit),
    creditNotes: [...new Set(counted.map(({ credit }) => String(credit.id)))],
    refundId: first.refundId,
    companyId: idText(first.payment.company_id),
    paidOn: first.payment.date,
    currency: first.credit.currency_id?.name ?? null,
    amount: counted.reduce((sum, { amount }) => sum.plus(amount), new Big(0)).toFixed(),
  }
  return messageOf('refund', `account.payment:${first.payment.id}:${first.credit.id}`, body)
}

/** Before 18 a payment is only posted, and whether the money is out shows on the credit note. */
function stateOf({ server }: Odoo, { payment, credit }: Share): string {
  if (payment.state === 'cancel') return 'canceled'
  if (server.version >= 18) return payment.state
  if (payment.state !== 'posted') return payment.state
  return credit.payment_state === 'paid' ? 'paid' : 'in_process'
}
