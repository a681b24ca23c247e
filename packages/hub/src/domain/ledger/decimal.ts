import { Big } from 'big.js'

/**
 * Exact arithmetic on decimal strings of at most 6 places. Nearly all quantities are small whole
 * numbers, so those take the plain path.
 */
export function plus(a: string, b: string): string {
  if (isWhole(a) && isWhole(b)) return String(Number(a) + Number(b))
  return new Big(a).plus(b).toFixed()
}

/** `a - b`, never below zero: a ledger has no negative stock. */
export function less(a: string, b: string): string {
  if (isWhole(a) && isWhole(b)) return String(Math.max(0, Number(a) - Number(b)))
  const difference = new Big(a).minus(b)
  return difference.lt(0) ? '0' : difference.toFixed()
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compare(a: string, b: string): number {
  if (a === b) return 0
  if (isWhole(a) && isWhole(b)) return Number(a) - Number(b)
  return new Big(a).cmp(b)
}

export function isZero(a: string): boolean {
  return a === '0' || compare(a, '0') === 0
}

export function smaller(a: string, b: string): string {
  return compare(a, b) <= 0 ? a : b
}

export function larger(a: string, b: string): string {
  return compare(a, b) >= 0 ? a : b
}

/** Without leading and trailing zeros, so that equal quantities are equal text. */
export function normal(a: string): string {
  if (isWhole(a)) return String(Number(a))
  return new Big(a).toFixed()
}

/** The quantity in millionths, for exact proportions. */
export function millionths(a: string): bigint {
  const point = a.indexOf('.')
  if (point < 0) return BigInt(a) * 1_000_000n
  return BigInt(a.slice(0, point) + a.slice(point + 1, point + 7).padEnd(6, '0'))
}

/** Whole, and short enough that a sum stays exact in a double. */
function isWhole(a: string): boolean {
  return a.length <= 15 && !a.includes('.')
}
