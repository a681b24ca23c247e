import type { Env } from '../../orm/env.ts'
import { roundTo } from '../../orm/python.ts'
import {
  type AccountMove,
  type InvoiceLine,
  isInvoice,
  type PartialReconcile,
  type Payment,
} from './account-rows.ts'
import { owedItemsOf } from './balance-entry.ts'

/** Sets open items off against each other, oldest first, as far as they go. */
export function reconcile(env: Env, items: readonly InvoiceLine[]): void {
  const debits = items.filter((item) => item.amount_residual > 0)
  const credits = items.filter((item) => item.amount_residual < 0)
  for (const debit of debits) {
    for (const credit of credits) {
      const amount = roundTo(Math.min(debit.amount_residual, -credit.amount_residual), 2)
      if (amount <= 0) continue
      env.insert('account.partial.reconcile', {
        amount,
        debit_amount_currency: amount,
        credit_amount_currency: amount,
        debit_move_id: debit.id,
        credit_move_id: credit.id,
        max_date: maxDate(env, debit, credit),
        company_id: 1,
      })
      lower(env, debit, amount)
      lower(env, credit, -amount)
    }
  }
  const moves = new Set(items.map((item) => item.move_id))
  for (const id of moves) settlePaymentState(env, env.get<AccountMove>('account.move', id))
}

/** Takes back what was set off against the items of an entry. */
export function undoReconciliation(env: Env, move: AccountMove): void {
  const touched = new Set<number>([move.id])
  for (const item of owedItemsOf(env, move)) {
    for (const partial of partialsOf(env, item)) {
      for (const [id, sign] of [
        [partial.debit_move_id, -1],
        [partial.credit_move_id, 1],
      ] as const) {
        const line = env.get<InvoiceLine>('account.move.line', id)
        lower(env, line, sign * partial.amount)
        touched.add(line.move_id)
      }
      env.delete('account.partial.reconcile', partial)
    }
  }
  for (const id of touched) settlePaymentState(env, env.get<AccountMove>('account.move', id))
}

/** What was set off against an item. */
function partialsOf(env: Env, item: InvoiceLine): PartialReconcile[] {
  return ['debit_move_id', 'credit_move_id'].flatMap((field) =>
    env.by<PartialReconcile>('account.partial.reconcile', field, item.id),
  )
}

function maxDate(env: Env, a: InvoiceLine, b: InvoiceLine): string {
  const dates = [a, b].map((item) => env.get<AccountMove>('account.move', item.move_id).date)
  return dates.toSorted().at(-1) as string
}

function lower(env: Env, item: InvoiceLine, amount: number): void {
  const amount_residual = roundTo(item.amount_residual - amount, 2)
  const reconciled = amount_residual === 0
  env.settle('account.move.line', item, { amount_residual, reconciled })
}

/**
 * Works out what is left of a document and whether it counts as paid. A credit note that was set
 * off against its invoice is `paid` as well, with no money having moved.
 */
export function settlePaymentState(env: Env, move: AccountMove): void {
  const owed = owedItemsOf(env, move)
  const left = roundTo(Math.abs(owed.reduce((sum, item) => sum + item.amount_residual, 0)), 2)
  const amount_residual = isInvoice(move.move_type) ? left : 0
  const payment_state = paymentState(env, move, { owed, left })
  env.settle('account.move', move, { amount_residual, payment_state })
  if (payment_state === 'paid') finishPayments(env, move)
}

function paymentState(
  env: Env,
  move: AccountMove,
  { owed, left }: { readonly owed: readonly InvoiceLine[]; readonly left: number },
): string {
  if (!isInvoice(move.move_type) || move.state === 'cancel') return 'not_paid'
  const partials = owed.flatMap((item) => partialsOf(env, item))
  if (left !== 0) return partials.length > 0 ? 'partial' : 'not_paid'
  if (move.amount_total === 0) return move.state === 'posted' ? 'paid' : 'not_paid'
  const types = new Set(partials.map((partial) => counterpart(env, move, partial).move_type))
  const refund = move.move_type.replace('invoice', 'refund')
  const isReversed = move.move_type.endsWith('invoice') && types.size === 1 && types.has(refund)
  return isReversed ? 'reversed' : 'paid'
}

function counterpart(env: Env, move: AccountMove, partial: PartialReconcile): AccountMove {
  const moves = [partial.debit_move_id, partial.credit_move_id]
    .map((id) => env.get<InvoiceLine>('account.move.line', id).move_id)
    .map((id) => env.get<AccountMove>('account.move', id))
  return moves.find((one) => one !== move) ?? move
}

/** The payments of a document that is paid are done; the surplus of a later one is not looked at. */
function finishPayments(env: Env, move: AccountMove): void {
  for (const id of move.matched_payment_ids) {
    const payment = env.get<Payment>('account.payment', id)
    if (payment.state === 'in_process') env.settle('account.payment', payment, { state: 'paid' })
  }
}
