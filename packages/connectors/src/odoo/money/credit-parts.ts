import type { CommandBody, CreditedLine } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { databaseIds } from './database-ids.ts'
import { chargedFor } from './exact-line.ts'
import { type InvoiceLine, ratioOf, takenOf } from './invoice-lines.ts'

/** A part of a credit that one invoice line stands for. */
export interface CreditPart {
  /** Names it within its credit: `line2`, and `line2-2` where a second invoice has a part of the line. */
  readonly name: string
  readonly line: InvoiceLine
  /** In base units; null where no units are credited, or others than were sold: an allowance, a part of a kit. */
  readonly quantity: string | null
  readonly net: Big
  readonly tax: Big
}

type Goods = NonNullable<CommandBody<'credit.draft'>['lines']>[number]

interface Cut {
  readonly credited: CreditedLine
  readonly goods: Goods | undefined
  /** The invoice lines that it can be cut from, the oldest first; at least one. */
  readonly invoiceLines: readonly InvoiceLine[]
  readonly ownReference: string
  /** Digits after the point of the currency. */
  readonly decimals: number
}

/**
 * Cuts a line of the credit from the invoice lines that it was charged on: each gives what earlier credits have
 * left of it, and the last takes what remains, so that the parts are the line to the cent.
 *
 * @throws {TerminalError} CREDIT_ABOVE_CHARGED when it is more than these units were charged.
 */
export function cutParts(cut: Cut): readonly CreditPart[] {
  const { credited, goods, invoiceLines } = cut
  const name = `line${credited.lineNo}`
  const net = new Big(credited.net.amount)
  const tax = new Big(credited.tax.amount)
  const first = invoiceLines[0]
  if (!first) return []
  if (new Big(credited.quantity).eq(0) || isPartOfKit(first, goods)) {
    return [{ name, line: first, quantity: null, net, tax }]
  }
  const shares = shareOut(cut)
  const weights = shares.map(({ line, quantity }) => chargedOn(line, quantity.toFixed()))
  refuseExcess(cut, weights)
  const nets = divide(net, weights, cut.decimals)
  const taxes = divide(tax, weights, cut.decimals)
  return shares.map(({ line, quantity }, index) => ({
    name: index === 0 ? name : `${name}-${index + 1}`,
    line,
    quantity: quantity.toFixed(),
    net: nets[index] ?? new Big(0),
    tax: taxes[index] ?? new Big(0),
  }))
}

/** Goods that were delivered as parts of what was sold: their number says nothing about the invoice line's. */
function isPartOfKit({ product_id }: InvoiceLine, goods: Goods | undefined): boolean {
  const [productId] = databaseIds(goods?.product.erpId)
  return productId !== undefined && product_id !== null && product_id.id !== productId
}

function shareOut({ credited, invoiceLines, ownReference }: Cut) {
  let left = new Big(credited.quantity)
  const shares: { line: InvoiceLine; quantity: Big }[] = []
  for (const [index, line] of invoiceLines.entries()) {
    const isLast = index === invoiceLines.length - 1
    const invoiced = new Big(line.quantity).times(ratioOf(line))
    const free = invoiced.minus(takenOf(line, ownReference))
    const quantity = isLast || left.lt(free) ? left : free
    if (quantity.lte(0)) continue
    shares.push({ line, quantity })
    left = left.minus(quantity)
  }
  return shares
}

function chargedOn(line: InvoiceLine, quantity: string): Big {
  const { price_unit, discount, quantity: invoiced, price_subtotal } = line
  const charged = { price: price_unit, discount, ratio: ratioOf(line) }
  const natural = chargedFor(charged, quantity)
  if (new Big(invoiced).eq(0)) return natural
  // A price with its tax in it says more than the line's sum without: the sum decides.
  const share = new Big(price_subtotal).times(quantity).div(new Big(invoiced).times(charged.ratio))
  return share.lt(natural) ? share : natural
}

/** So many of the smallest amounts a cut of a sum may be off: it was rounded there and here. */
const roundings = 2

function refuseExcess({ credited, decimals }: Cut, weights: readonly Big[]): void {
  const charged = weights.reduce((sum, weight) => sum.plus(weight), new Big(0)).round(decimals)
  const limit = charged.plus(new Big(10).pow(-decimals).times(roundings))
  if (new Big(credited.net.amount).lte(limit)) return
  const { amount, currency } = credited.net
  const reason = `Line ${credited.lineNo} is credited with ${amount} ${currency} before tax, and its units were charged ${charged.toFixed(decimals)}.`
  throw new TerminalError({ code: 'CREDIT_ABOVE_CHARGED', exception: 'FN04', reason })
}

/** By weight, rounded; the last takes what remains. */
function divide(total: Big, weights: readonly Big[], decimals: number): readonly Big[] {
  const whole = weights.reduce((sum, weight) => sum.plus(weight), new Big(0))
  let left = total
  return weights.map((weight, index) => {
    if (index === weights.length - 1) return left
    const share = whole.eq(0) ? new Big(0) : total.times(weight).div(whole).round(decimals)
    left = left.minus(share)
    return share
  })
}
