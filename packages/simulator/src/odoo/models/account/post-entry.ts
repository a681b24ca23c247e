import type { Env } from '../../orm/env.ts'
import { userError } from '../../orm/errors.ts'
import { dayOf } from '../../orm/stamps.ts'
import { type AccountMove, isInvoice, isSale } from './account-rows.ts'
import { itemsOf, owedItemsOf } from './balance-entry.ts'
import { reconcile, settlePaymentState, undoReconciliation } from './reconcile.ts'

/**
 * Posts drafts: numbers them, moves them out of locked periods without a word, and sets credit
 * notes off against invoices that are still open.
 *
 * @throws {OdooError} UserError.
 */
export function postEntries(env: Env, moves: readonly AccountMove[]): void {
  for (const move of moves) requirePostable(env, move)
  for (const move of moves) {
    const today = dayOf(env.stamp)
    const invoice_date = move.invoice_date || (isSale(move.move_type) ? today : false)
    const wanted =
      invoice_date && isInvoice(move.move_type) && !move.name ? invoice_date : move.date
    const date = isLocked(env, move, wanted) ? today : wanted
    const name = move.name || nextEntryName(env, move, date)
    env.update('account.move', move, {
      state: 'posted',
      name,
      date,
      invoice_date,
      posted_before: true,
    })
    for (const item of itemsOf(env, move)) {
      env.settle('account.move.line', item, { parent_state: 'posted', date })
    }
    settlePaymentState(env, move)
    setOffAgainstReversed(env, move)
  }
}

function requirePostable(env: Env, move: AccountMove): void {
  const problems: string[] = []
  if (move['auto_post'] === 'at_date' && move.date > dayOf(env.stamp)) {
    const [year, month, day] = move.date.split('-')
    problems.push(`This move is configured to be auto-posted on ${month}/${day}/${year}`)
  }
  if (isInvoice(move.move_type)) {
    if (move.amount_total < 0) {
      problems.push(
        'You cannot validate an invoice with a negative total amount. You should create a credit note instead. Use the action menu to transform it into a credit note or refund.',
      )
    }
    if (!move.partner_id) {
      problems.push(
        isSale(move.move_type)
          ? "The 'Customer' field is required to validate the invoice.\nYou probably don't want to explain to your auditor that you invoiced an invisible man :)"
          : "The field 'Vendor' is required, please complete it to validate the Vendor Bill.",
      )
    }
    if (!move.invoice_date && !isSale(move.move_type)) {
      problems.push('The Bill/Refund date is required to validate this document.')
    }
  }
  if (move.state !== 'draft') {
    problems.push(`The entry ${String(move.name)} (id ${move.id}) must be in draft.`)
  }
  if (itemsOf(env, move).length === 0) problems.push("Even magicians can't post nothing!")
  if (problems.length > 0) throw userError(problems.join('\n'))
}

function isLocked(env: Env, move: AccountMove, date: string): boolean {
  const company = env.get('res.company', 1)
  const kind = isSale(move.move_type) ? 'sale_lock_date' : 'purchase_lock_date'
  const locks = [company['fiscalyear_lock_date'], isInvoice(move.move_type) && company[kind]]
  return locks.some((lock) => typeof lock === 'string' && date <= lock)
}

/** The number after the highest that is in use, so that posted documents leave no gap. */
function nextEntryName(env: Env, move: AccountMove, date: string): string {
  const { code, type } = env.get('account.journal', move.journal_id)
  const year = date.slice(0, 4)
  const month = date.slice(5, 7)
  const isRefund = move.move_type.endsWith('refund')
  const isPayment = move.origin_payment_id !== false
  const head = `${isRefund ? 'R' : ''}${isPayment ? 'P' : ''}${String(code)}`
  const isMonthly = type === 'purchase' || type === 'general'
  const prefix = isMonthly ? `${head}/${year}/${month}/` : `${head}/${year}/`
  const digits = isMonthly ? 4 : 5
  return prefix + String(highestNumber(env, prefix, digits) + 1).padStart(digits, '0')
}

/** The highest number in use under a prefix, looked for from where it was last time. */
function highestNumber(env: Env, prefix: string, digits: number): number {
  const isUsed = (number: number): boolean =>
    env.by('account.move', 'name', prefix + String(number).padStart(digits, '0')).length > 0
  const floor = env.db.lastNumber(`${prefix}floor`)
  let number = Math.max(env.db.lastNumber(prefix), floor)
  while (number > floor && !isUsed(number)) number -= 1
  while (isUsed(number + 1)) number += 1
  env.db.continueAfter(prefix, number)
  return number
}

function setOffAgainstReversed(env: Env, move: AccountMove): void {
  const original = env.find<AccountMove>('account.move', move.reversed_entry_id)
  if (original?.state !== 'posted') return
  const items = [...owedItemsOf(env, original), ...owedItemsOf(env, move)]
  reconcile(
    env,
    items.filter((item) => !item.reconciled),
  )
}

/** Puts posted entries back into draft: they keep their number, and what was set off stays so. */
export function resetToDraft(env: Env, moves: readonly AccountMove[]): void {
  for (const move of moves) {
    if (move.state === 'draft') {
      throw userError('Only posted/cancelled journal entries can be reset to draft.')
    }
    env.update('account.move', move, { state: 'draft' })
    for (const item of itemsOf(env, move)) {
      env.settle('account.move.line', item, { parent_state: 'draft' })
    }
  }
}

/** Cancels entries, and takes back what was set off. */
export function cancelEntries(env: Env, moves: readonly AccountMove[]): void {
  resetToDraft(
    env,
    moves.filter((move) => move.state === 'posted'),
  )
  for (const move of moves) {
    if (move.state !== 'draft') throw userError('Only draft journal entries can be cancelled.')
    undoReconciliation(env, move)
    env.update('account.move', move, { state: 'cancel' })
    for (const item of itemsOf(env, move)) {
      env.settle('account.move.line', item, { parent_state: 'cancel' })
    }
    settlePaymentState(env, move)
    const payment = env.find('account.payment', move.origin_payment_id)
    if (payment) env.settle('account.payment', payment, { state: 'canceled' })
  }
}
