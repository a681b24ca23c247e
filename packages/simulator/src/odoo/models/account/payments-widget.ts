import type { Env } from '../../orm/env.ts'
import type { Row } from '../../orm/rows.ts'
import {
  type AccountMove,
  type InvoiceLine,
  isInvoice,
  type PartialReconcile,
} from './account-rows.ts'
import { owedItemsOf } from './balance-entry.ts'

/** What was set off against a document, as its screen lists it; false for nothing, or for what is no document. */
export function paymentsWidget(env: Env, row: Row): unknown {
  const move = row as AccountMove
  if (move.state !== 'posted' || !isInvoice(move.move_type)) return false
  const content = owedItemsOf(env, move).flatMap((item) =>
    partialsOf(env, item).map((partial) => settlement(env, item, partial)),
  )
  return content.length > 0 ? { title: 'Less Payment', outstanding: false, content } : false
}

function partialsOf(env: Env, { id }: InvoiceLine): PartialReconcile[] {
  return ['debit_move_id', 'credit_move_id'].flatMap((field) =>
    env.by<PartialReconcile>('account.partial.reconcile', field, id),
  )
}

function settlement(env: Env, item: InvoiceLine, partial: PartialReconcile): unknown {
  const otherId = partial.debit_move_id === item.id ? partial.credit_move_id : partial.debit_move_id
  const other = env.get<InvoiceLine>('account.move.line', otherId)
  const entry = env.get<AccountMove>('account.move', other.move_id)
  return {
    name: other['name'],
    journal_name: env.find('account.journal', entry.journal_id)?.['name'] ?? false,
    company_name: false,
    amount: partial.amount,
    currency_id: entry['currency_id'],
    date: entry.date,
    partial_id: partial.id,
    account_payment_id: entry.origin_payment_id,
    payment_method_name: entry.origin_payment_id ? 'Manual Payment' : false,
    move_id: entry.id,
    is_refund: entry.move_type.endsWith('_refund'),
    ref: entry.ref ? `${String(entry.name)} (${entry.ref})` : entry.name,
    is_exchange: false,
  }
}
