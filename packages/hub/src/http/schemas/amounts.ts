import { fromMinor, type money } from '@backhaul/sdk/canonical'
import type { z } from 'zod'

/** Wire amounts of a case's minor units. */
export function amounts(currency: string) {
  const amount = (minor: number): z.infer<typeof money> => fromMinor(minor, currency)
  return { amount, amountOrNull: (minor: number | null) => (minor === null ? null : amount(minor)) }
}
