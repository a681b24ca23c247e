import { Big } from 'big.js'

/*
 * A line of an invoice is quantity × price × (1 − discount), rounded to the currency. The hub's part of it is cut
 * from the total of the line, and its last unit takes the remainder, so the two differ by a cent now and then. A
 * document whose lines are *exact* before they are rounded keeps them: with inexact ones Odoo 19 spreads the
 * rounding of the sum over the lines (two lines of 10.004 are 20.01, measured on 19.0).
 */

/** How a line was sold, as its invoice says it. */
export interface ChargedLine {
  /** Decimal price of one unit that was sold. */
  readonly price: string
  /** Percent. */
  readonly discount: string
  /** Base units in one unit that was sold: 12 for a dozen of pieces. */
  readonly ratio: string
}

/** What a database keeps of numbers that are written: decimals after the point, null for no limit. */
export interface Precision {
  readonly quantity: number | null
  readonly price: number | null
}

export interface ExactLine {
  readonly quantity: string
  /** Whether the quantity and the price are in base units: where units sold would not come out even. */
  readonly isInBaseUnits: boolean
  readonly price: string
  /** What a line of its own has to add, where the price cannot be precise enough; mostly "0". */
  readonly rest: string
}

/** A double holds no more of a price that is worth having. */
const mostDecimals = 12
/** So near to the sum that a thousand lines are still exact together. */
const nearness = new Big('0.000001')

/** Quantity and price that make up `net` to the last digit, as near to what was charged as it goes. */
export function exactLine(
  charged: ChargedLine,
  {
    quantity,
    net,
    decimals,
  }: { readonly quantity: string; readonly net: string; readonly decimals: number },
  precision: Precision,
): ExactLine {
  const counted = countUnits(charged, quantity, precision.quantity)
  const rate = discountRate(charged.discount)
  const sum = new Big(counted.quantity).times(rate)
  const { price, rest } = priceFor(counted.price, sum, { net: new Big(net), decimals, precision })
  const { quantity: shown, isInBaseUnits } = counted
  return { quantity: shown, isInBaseUnits, price, rest }
}

/** What the quantity cost on the invoice, not rounded. */
export function chargedFor({ price, discount, ratio }: ChargedLine, quantity: string): Big {
  return new Big(quantity).times(price).times(discountRate(discount)).div(ratio)
}

function discountRate(discount: string): Big {
  return new Big(100).minus(discount).div(100)
}

/** In the unit that was sold, where that comes out even; else in base units; else what is nearest. */
function countUnits({ price, ratio }: ChargedLine, quantity: string, decimals: number | null) {
  const base = new Big(quantity)
  const sold = base.div(ratio)
  const kept = decimals ?? mostDecimals
  if (sold.round(kept).times(ratio).eq(base)) {
    return { quantity: sold.round(kept).toFixed(), price: new Big(price), isInBaseUnits: false }
  }
  const priceOfOne = new Big(price).div(ratio).round(mostDecimals)
  const smallest = new Big(10).pow(-kept)
  const nearest = base.round(kept)
  const shown = nearest.eq(0) ? smallest : nearest
  return { quantity: shown.toFixed(), price: priceOfOne, isInBaseUnits: !new Big(ratio).eq(1) }
}

/** @param perPrice - what a price of one comes to, with quantity and discount. */
function priceFor(
  charged: Big,
  perPrice: Big,
  { net, decimals, precision }: { net: Big; decimals: number; precision: Precision },
): { readonly price: string; readonly rest: string } {
  const limit = precision.price ?? mostDecimals
  const isKept = charged.round(limit).eq(charged)
  if (isKept && perPrice.times(charged).eq(net)) return { price: charged.toFixed(), rest: '0' }
  // Nothing can be asked for what was given away: the sum stands on a line of its own.
  if (perPrice.eq(0)) return { price: charged.round(limit).toFixed(), rest: net.toFixed() }
  const wanted = net.div(perPrice)
  for (let places = Math.min(decimals, limit); places <= limit; places += 1) {
    const price = wanted.round(places)
    if (perPrice.times(price).minus(net).abs().lte(nearness)) {
      return { price: price.toFixed(), rest: '0' }
    }
  }
  const price = untied(wanted.round(limit), perPrice, { limit, decimals })
  const rest = net.minus(perPrice.times(price).round(decimals))
  return { price: price.toFixed(), rest: rest.round(decimals).toFixed() }
}

/** Half a cent goes up or down with the noise of a double: a price next to it does not. */
function untied(
  price: Big,
  perPrice: Big,
  { limit, decimals }: { readonly limit: number; readonly decimals: number },
): Big {
  const parts = perPrice.times(price).times(new Big(10).pow(decimals))
  const isTied = parts.minus(parts.round(0, Big.roundDown)).abs().eq('0.5')
  return isTied ? price.minus(new Big(10).pow(-limit)) : price
}
