import { TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'

/** Digits that a JSON number keeps exactly. */
const exactDigits = 15

/**
 * A decimal text as the JSON number that Xero wants.
 *
 * @throws {TerminalError} AMOUNT_TOO_LARGE (FN01).
 */
export function toNumber(text: string): number {
  const digits = new Big(text).abs().toFixed().replace('.', '').replace(/^0+/, '')
  if (digits.length <= exactDigits) return Number(text)
  const reason = 'An amount has more digits than Xero takes.'
  throw new TerminalError({ code: 'AMOUNT_TOO_LARGE', exception: 'FN01', reason })
}

/** An amount of an answer, exactly as it was written: the shortest text of the number is what stood there. */
export function toText(value: number): string {
  return new Big(String(value)).toFixed()
}

/** Xero writes times in JSON as `/Date(1573755038314+0000)/`, some without a zone in the ISO form. */
export function readTime(text: string): Date | null {
  const milliseconds = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(text)?.[1]
  if (milliseconds !== undefined) return new Date(Number(milliseconds))
  const timeMs = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(timeMs) ? null : new Date(timeMs)
}
