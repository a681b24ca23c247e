import type { Env } from '../../orm/env.ts'
import { roundTo } from '../../orm/python.ts'

/** What is charged for a line. */
export interface PricedLine {
  readonly quantity: number
  readonly price_unit: number
  readonly discount: number
  readonly tax_ids: readonly number[]
}

/** What a line comes to, rounded to cents. */
export interface LineTotals {
  readonly subtotal: number
  readonly total: number
}

/** What a document comes to. */
export interface Totals {
  readonly untaxed: number
  readonly tax: number
  readonly total: number
  readonly byTax: ReadonlyMap<number, number>
}

const cents = (amount: number): number => roundTo(amount, 2)

/** What one line comes to by itself. */
export function totalsOfLine(env: Env, line: PricedLine): LineTotals {
  const { base, taxes } = unrounded(env, line)
  const subtotal = cents(base)
  return { subtotal, total: cents([...taxes.values()].reduce((a, b) => a + cents(b), subtotal)) }
}

/**
 * What lines come to together. Taxes are rounded once for the document and not for each line,
 * which is Odoo's default, so lines need not add up to it.
 */
export function totalsOf(env: Env, lines: readonly PricedLine[]): Totals {
  let base = 0
  const sums = new Map<number, number>()
  for (const line of lines) {
    const one = unrounded(env, line)
    base += one.base
    for (const [tax, amount] of one.taxes) sums.set(tax, (sums.get(tax) ?? 0) + amount)
  }
  const byTax = new Map([...sums].map(([tax, amount]) => [tax, cents(amount)]))
  const untaxed = cents(base)
  const tax = cents([...byTax.values()].reduce((a, b) => a + b, 0))
  return { untaxed, tax, total: cents(untaxed + tax), byTax }
}

function unrounded(env: Env, line: PricedLine): { base: number; taxes: Map<number, number> } {
  const price = line.quantity * line.price_unit * (1 - line.discount / 100)
  const taxes = line.tax_ids.map((id) => env.get('account.tax', id))
  const included = taxes.filter((tax) => tax['price_include'] === true)
  const rate = included.reduce((sum, tax) => sum + Number(tax['amount']), 0)
  const base = price / (1 + rate / 100)
  return {
    base,
    taxes: new Map(taxes.map((tax) => [tax.id, (base * Number(tax['amount'])) / 100])),
  }
}
