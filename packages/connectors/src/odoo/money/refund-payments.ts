import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { getOrCreate } from '../client/get-or-create.ts'
import type { Domain, Odoo } from '../client/odoo.ts'
import { decimal, ids, text } from '../client/values.ts'
import { externalId } from '../references.ts'
import type { Settlement } from './settlement.ts'

const payment = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  amount: decimal,
})
export type Payment = z.output<typeof payment>

/** A payment that was found, with the credit notes that it was made for; from 18 on it knows them. */
export interface FoundPayment extends Payment {
  readonly noteIds: readonly number[]
}
const paymentFor = payment.extend({ invoice_ids: ids })

/** Never left, or taken back. */
const dead: ReadonlySet<string> = new Set(['canceled', 'cancel', 'rejected'])

/** Up to 17 a payment keeps what it is for in the reference of its entry. */
function memoField({ server }: Odoo): 'memo' | 'ref' {
  return server.version >= 18 ? 'memo' : 'ref'
}

/** Payments to customers that carry a text of ours, those that came to nothing left out. */
export async function findPayments(odoo: Odoo, memo: string): Promise<readonly FoundPayment[]> {
  const domain: Domain = [
    [memoField(odoo), '=', memo],
    ['payment_type', '=', 'outbound'],
  ]
  const search = { domain, order: 'id' }
  const rows: FoundPayment[] =
    odoo.server.version >= 18
      ? (await odoo.search('account.payment', { ...search, row: paymentFor })).map(
          ({ invoice_ids, ...row }) => ({ ...row, noteIds: invoice_ids }),
        )
      : (await odoo.search('account.payment', { ...search, row: payment })).map((row) => ({
          ...row,
          noteIds: [],
        }))
  return rows.filter(({ state }) => !dead.has(state))
}

export interface Payout {
  readonly caseNo: string
  readonly refundId: string
  readonly note: Settlement
  readonly amount: string
  readonly journalId: number
  readonly memo: string
  /** `YYYY-MM-DD`. */
  readonly date: string
}

/**
 * Pays a part of a credit note, once. The payment is named by the refund, as all documents of the hub are: the wizard
 * of the screen pays again whenever it is asked again, also when two were opened before either had paid.
 *
 * @throws {TerminalError} REFUND_CANCELED (FN05) when somebody has canceled it.
 */
export async function payOnce(odoo: Odoo, payout: Payout): Promise<Payment> {
  const { note, amount, journalId, memo, date, caseNo, refundId } = payout
  const isNew = odoo.server.version >= 18
  const paymentId = await getOrCreate(odoo, 'account.payment', {
    key: externalId(odoo.config, caseNo, 'refund', refundId, note.id),
    values: {
      payment_type: 'outbound',
      partner_type: 'customer',
      'partner_id/.id': note.partnerId,
      amount,
      'currency_id/.id': note.currencyId,
      'journal_id/.id': journalId,
      [memoField(odoo)]: memo,
      date,
      ...(isNew ? { 'invoice_ids/.id': [note.id] } : {}),
    },
  })
  return settle(odoo, { paymentId, note })
}

/** Posts a payment and sets it against its credit note; each where it has not been done. */
export async function settle(
  odoo: Odoo,
  { paymentId, note }: { readonly paymentId: number; readonly note: Settlement },
): Promise<Payment> {
  const before = await readPayment(odoo, paymentId)
  if (before.state === 'draft') {
    await odoo.act('account.payment', 'action_post', { ids: [paymentId] })
  }
  const open = await odoo.search('account.move.line', {
    domain: [
      ['payment_id', '=', paymentId],
      ['account_type', '=', 'asset_receivable'],
      ['reconciled', '=', false],
      ['parent_state', '=', 'posted'],
    ],
    row: z.object({ id: z.int() }),
    order: 'id',
  })
  for (const { id } of open) {
    const named = { line_id: id }
    await odoo.act('account.move', 'js_assign_outstanding_line', { ids: [note.id], named })
  }
  return readPayment(odoo, paymentId)
}

async function readPayment(odoo: Odoo, paymentId: number): Promise<Payment> {
  const [row] = await odoo.read('account.payment', [paymentId], payment)
  if (row && !dead.has(row.state)) return row
  const reason = 'The payment of the refund was canceled in Odoo. A new refund is needed.'
  throw new TerminalError({ code: 'REFUND_CANCELED', exception: 'FN05', reason })
}
