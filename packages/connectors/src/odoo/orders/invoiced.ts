import { currencyExponent, fromMinor, type InvoicedLine, isCurrency } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import { parseReference } from '../references.ts'
import type { Invoice, InvoiceLine, OrderLine } from './order-rows.ts'
import { convert } from './units.ts'

/** What a posted invoice line, or a credit of one, stands for: base units, and minor units of its currency. */
interface Amounts {
  readonly quantity: Big
  readonly netMinor: Big
  readonly taxMinor: Big
}

const nothing: Amounts = { quantity: new Big(0), netMinor: new Big(0), taxMinor: new Big(0) }

/**
 * The invoice line that a credit for goods of an order line is cut from. The hub knows one for each line of a return:
 * of several, that of which most is not credited yet, and of equal ones the newest.
 *
 * What was credited by others than the hub is taken off: in units, and in money at least in proportion, so that a
 * discount that was granted afterwards is not paid out again. The hub's own credits stay in, it counts them itself.
 *
 * @returns null where nothing was invoiced, or all of it is credited.
 */
export function invoicedOf(
  { invoice_lines, product_id, product_uom, product_uom_id }: OrderLine,
  invoices: ReadonlyMap<number, Invoice>,
): InvoicedLine | null {
  const baseUnit = product_id?.uom_id ?? null
  const soldUnit = product_uom_id ?? product_uom ?? null
  const posted = invoice_lines.filter(({ parent_state }) => parent_state === 'posted')
  const amountsOf = (line: InvoiceLine): Amounts => {
    const quantity = convert(line.quantity, line.product_uom_id ?? soldUnit, baseUnit)
    const net = toMinorUnits(line.price_subtotal, line)
    return { quantity, netMinor: net, taxMinor: toMinorUnits(line.price_total, line).minus(net) }
  }
  const sold = posted
    .filter((line) => isInvoice(line))
    .map((line) => entryOf(line, amountsOf(line)))
  const credits = posted.filter((line) => isForeignCredit(line, invoices))
  for (const credit of credits) {
    takeOff(sold, amountsOf(credit), invoices.get(credit.move_id ?? 0)?.reversed_entry_id ?? null)
  }
  const [best] = sold
    .filter(({ left }) => left.gt(0))
    .toSorted((a, b) => b.left.cmp(a.left) || b.line.id - a.line.id)
  return best ? recordOf(best) : null
}

interface Entry {
  readonly line: InvoiceLine
  readonly amounts: Amounts
  /** Units that nobody but the hub has credited. */
  left: Big
  credited: Amounts
}

function entryOf(line: InvoiceLine, amounts: Amounts): Entry {
  return { line, amounts, left: amounts.quantity, credited: nothing }
}

/** A line with a quantity below zero, on an invoice, gives something back. */
function isInvoice({ move_type, quantity }: InvoiceLine): boolean {
  return move_type === 'out_invoice' && new Big(quantity).gt(0)
}

function isForeignCredit(
  { move_type, move_id }: InvoiceLine,
  invoices: ReadonlyMap<number, Invoice>,
) {
  if (move_type !== 'out_refund') return false
  return parseReference(invoices.get(move_id ?? 0)?.ref ?? null) === null
}

/** From the line of the invoice that it reverses; a credit that names none, from those with most left. */
function takeOff(sold: readonly Entry[], credit: Amounts, reversed: number | null): void {
  const named = sold.filter(({ line }) => line.move_id === reversed)
  const order = (named.length > 0 ? [...named] : [...sold]).toSorted((a, b) => b.left.cmp(a.left))
  let rest = credit
  for (const [index, entry] of order.entries()) {
    const isLast = index === order.length - 1
    const share = isLast || rest.quantity.lte(entry.left) ? rest : part(rest, entry.left)
    entry.left = entry.left.minus(share.quantity)
    entry.credited = plus(entry.credited, share)
    rest = minus(rest, share)
    if (rest.quantity.lte(0)) return
  }
}

function recordOf({ line, amounts, left, credited }: Entry): InvoicedLine | null {
  const currency = line.currency_id?.name ?? ''
  if (!isCurrency(currency)) return null
  const inProportion = part(amounts, left)
  const remaining = minus(amounts, credited)
  const amount = (of: (amounts: Amounts) => Big) => {
    const least = of(remaining).lt(of(inProportion)) ? of(remaining) : of(inProportion)
    return fromMinor((least.lt(0) ? new Big(0) : least).toNumber(), currency)
  }
  return {
    invoiceLine: String(line.id),
    quantity: left.toFixed(),
    net: amount(({ netMinor }) => netMinor),
    tax: amount(({ taxMinor }) => taxMinor),
  }
}

function part(amounts: Amounts, quantity: Big): Amounts {
  if (amounts.quantity.eq(quantity) || amounts.quantity.eq(0)) return amounts
  const share = (minor: Big) => minor.times(quantity).div(amounts.quantity).round(0)
  return { quantity, netMinor: share(amounts.netMinor), taxMinor: share(amounts.taxMinor) }
}

function plus(a: Amounts, b: Amounts): Amounts {
  return {
    quantity: a.quantity.plus(b.quantity),
    netMinor: a.netMinor.plus(b.netMinor),
    taxMinor: a.taxMinor.plus(b.taxMinor),
  }
}

function minus(a: Amounts, b: Amounts): Amounts {
  return {
    quantity: a.quantity.minus(b.quantity),
    netMinor: a.netMinor.minus(b.netMinor),
    taxMinor: a.taxMinor.minus(b.taxMinor),
  }
}

function toMinorUnits(amount: string, { currency_id }: Pick<InvoiceLine, 'currency_id'>): Big {
  const exponent = currencyExponent(currency_id?.name ?? '')
  return new Big(amount).times(new Big(10).pow(exponent)).round(0)
}
