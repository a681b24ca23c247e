import type { Env } from '../../orm/env.ts'
import { roundTo } from '../../orm/python.ts'
import { type AccountMove, type InvoiceLine, isInvoice, isSale, signOf } from './account-rows.ts'
import { totalsOf, totalsOfLine } from './taxes.ts'

/** The journal items of an entry, by id. */
export function itemsOf(env: Env, move: AccountMove): InvoiceLine[] {
  return env.by<InvoiceLine>('account.move.line', 'move_id', move.id)
}

/** The items of an entry that stand for products. */
export function productLinesOf(env: Env, move: AccountMove): InvoiceLine[] {
  return itemsOf(env, move).filter((line) => line.display_type === 'product')
}

/** The item of an entry that is owed, by the customer or to the vendor. */
export function owedItemsOf(env: Env, move: AccountMove): InvoiceLine[] {
  return itemsOf(env, move).filter((line) => isOwed(env, line))
}

/** Says whether an item stands on a receivable or payable account. */
function isOwed(env: Env, line: InvoiceLine): boolean {
  const type = env.find('account.account', line.account_id)?.['account_type']
  return type === 'asset_receivable' || type === 'liability_payable'
}

/** Works a draft document out: amounts, tax items and what is owed. */
export function balanceEntry(env: Env, move: AccountMove): void {
  if (!isInvoice(move.move_type)) return
  const lines = productLinesOf(env, move)
  const sign = signOf(move.move_type)
  for (const line of lines) {
    const { subtotal, total } = totalsOfLine(env, line)
    const balance = sign * subtotal
    const amounts = { balance, amount_currency: balance, ...debitAndCredit(balance) }
    env.settle('account.move.line', line, {
      price_subtotal: subtotal,
      price_total: total,
      ...amounts,
    })
  }
  const totals = totalsOf(env, lines)
  const tax = sign * setTaxItems(env, move, totals.byTax)
  const total = roundTo(totals.untaxed + tax, 2)
  setOwedItem(env, move, { amount: -sign * total, hasLines: lines.length > 0 })
  env.settle('account.move', move, {
    amount_untaxed: totals.untaxed,
    amount_tax: roundTo(tax, 2),
    amount_total: total,
    amount_residual: total,
  })
}

/** The two columns that a balance stands in. */
export function debitAndCredit(balance: number): { debit: number; credit: number } {
  return { debit: Math.max(0, balance), credit: Math.max(0, -balance) }
}

/** What all items of an entry have of it. */
export function itemBasics(move: AccountMove) {
  return {
    move_id: move.id,
    company_id: 1,
    currency_id: 1,
    partner_id: move.commercial_partner_id,
    parent_state: move.state,
    date: move.date,
  }
}

/** @returns the balance of all taxes, those that were corrected by hand among them. */
function setTaxItems(env: Env, move: AccountMove, byTax: ReadonlyMap<number, number>): number {
  let sum = 0
  const sign = signOf(move.move_type)
  const known = itemsOf(env, move).filter((line) => line.display_type === 'tax')
  for (const line of known) {
    if (!byTax.has(line.tax_line_id as number)) env.delete('account.move.line', line)
  }
  for (const [taxId, amount] of byTax) {
    const balance = roundTo(sign * amount, 2)
    const amounts = { balance, amount_currency: balance, ...debitAndCredit(balance) }
    const line = known.find((one) => one.tax_line_id === taxId)
    const isByHand = line?.['computed_tax'] === balance
    sum += line && isByHand ? line.balance : balance
    if (isByHand) continue
    if (line) env.settle('account.move.line', line, amounts)
    else {
      env.insert('account.move.line', {
        ...itemBasics(move),
        ...amounts,
        display_type: 'tax',
        sequence: 10_000,
        name: env.get('account.tax', taxId)['name'],
        tax_line_id: taxId,
        account_id: accountOfType(env, 'liability_current'),
      })
    }
  }
  return sum
}

function setOwedItem(
  env: Env,
  move: AccountMove,
  { amount, hasLines }: { readonly amount: number; readonly hasLines: boolean },
): void {
  const line = itemsOf(env, move).find((one) => one.display_type === 'payment_term')
  const balance = roundTo(amount, 2)
  const amounts = {
    balance,
    amount_currency: balance,
    amount_residual: balance,
    ...debitAndCredit(balance),
  }
  if (line) env.settle('account.move.line', line, amounts)
  else if (hasLines) {
    const kind = isSale(move.move_type) ? 'asset_receivable' : 'liability_payable'
    env.insert('account.move.line', {
      ...itemBasics(move),
      ...amounts,
      display_type: 'payment_term',
      sequence: 12_000,
      account_id: accountOfType(env, kind),
    })
  }
}

/** The first account of a kind. */
export function accountOfType(env: Env, type: string): number | false {
  const accounts = [...env.table('account.account').rows.values()]
  return accounts.find((account) => account['account_type'] === type)?.id ?? false
}
