import { TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'

/** Digits that a JSON number keeps exactly. */
const exactDigits = 15

/**
 * A decimal text as the JSON number that QuickBooks wants.
 *
 * @throws {TerminalError} AMOUNT_TOO_LARGE (FN01).
 */
export function toNumber(text: string): number {
  const digits = new Big(text).abs().toFixed().replace('.', '').replace(/^0+/, '')
  if (digits.length <= exactDigits) return Number(text)
  const reason = 'An amount has more digits than QuickBooks takes.'
  throw new TerminalError({ code: 'AMOUNT_TOO_LARGE', exception: 'FN01', reason })
}

/** An amount of an answer, exactly as it was written: the shortest text of the number is what stood there. */
export function toText(value: number): string {
  return new Big(String(value)).toFixed()
}
