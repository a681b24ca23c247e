import { currencyExponent, type Money, toMinor } from '@backhaul/sdk/canonical'
import { millionths } from './decimal.ts'

/**
 * No single amount of a case may be larger, so that the sum of every line, fee and credit of a case
 * stays an exact integer in a double.
 */
const largestMinor = 1e13

/** Minor units of an amount that is in `currency` and not negative; null for any other. */
export function minorOf(money: Money, currency: string): number | null {
  if (money.currency !== currency || money.amount.startsWith('-')) return null
  const point = money.amount.indexOf('.')
  if (point >= 0 && money.amount.length - point - 1 > currencyExponent(currency)) return null
  const minor = toMinor(money)
  return minor <= largestMinor ? minor : null
}

/** `a + b`, held at the largest exact integer. */
export function sum(a: number, b: number): number {
  return Math.min(a + b, Number.MAX_SAFE_INTEGER)
}

/** `total × part / whole`, rounded half up to a minor unit. `whole` is above zero. */
export function proportion(
  total: number,
  { part, whole }: { part: string; whole: string },
): number {
  const wholeUnits = millionths(whole)
  const doubled = 2n * BigInt(total) * millionths(part) + wholeUnits
  return Number(doubled / (2n * wholeUnits))
}
