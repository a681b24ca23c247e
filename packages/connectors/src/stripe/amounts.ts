import { currencyExponent } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'

/** Stripe counts these in hundredths, though the currency has none. Background knowledge, not tried. */
const hundredths: ReadonlySet<string> = new Set(['ISK', 'UGX'])

function exponentOf(currency: string): number {
  return hundredths.has(currency) ? 2 : currencyExponent(currency)
}

/** Stripe's smallest units, as digits. */
export function toMinor({
  amount,
  currency,
}: {
  readonly amount: string
  readonly currency: string
}): string {
  return new Big(amount).times(new Big(10).pow(exponentOf(currency))).toFixed()
}

export function toDecimal(minor: number, currency: string): string {
  return new Big(String(minor)).div(new Big(10).pow(exponentOf(currency))).toFixed()
}
