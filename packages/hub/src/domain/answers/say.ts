import { exceptionCodes, fromMinor } from '@backhaul/sdk/canonical'
import { waitingFor } from '../sentence.ts'
import type { StandingFact } from './facts.ts'

type Sayers = {
  readonly [C in StandingFact['code']]: (
    fact: Extract<StandingFact, { readonly code: C }>,
    currency: string,
  ) => string | null
}

const sayers: Sayers = {
  goods_received: ({ received, expected, warehouse, at }) => {
    const count =
      expected === null ? `${received} without an authorization` : `${received} of ${expected}`
    const place = warehouse === null ? '' : ` at ${warehouse}`
    return `received ${count}${place}${at === null ? '' : ` on ${timeText(at)}`}`
  },
  goods_surplus: ({ quantity }) => `${quantity} more than authorized`,
  goods_short: ({ quantity }) => `${quantity} will not come any more`,
  stands: ({ headline, since }) => `${waitingFor[headline]}, since ${timeText(since)}`,
  held: ({ by }) =>
    `held by ${by.map((code) => `${code} (${exceptionCodes[code].title})`).join(', ')}`,
  money_unknown: () => null,
  money_not_released: ({ minor }, currency) => `${amountText(minor, currency)} not released`,
  money_released: ({ minor }, currency) =>
    `${amountText(minor, currency)} on its way to the customer`,
  money_settled: ({ minor }, currency) => `${amountText(minor, currency)} paid`,
  customer_told_late: () => 'the customer was told of a delay',
}

/**
 * The facts as one English sentence: `Received 3 of 4 at VENLO on 2026-11-24 14:05 UTC; waiting for inspection, since
 * 2026-11-24 14:05 UTC; 120.50 EUR not released.` Names no person.
 */
export function sayFacts(facts: readonly StandingFact[], currency: string): string {
  const parts = facts.flatMap((fact) => say(fact, currency) ?? [])
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function say<C extends StandingFact['code']>(
  fact: Extract<StandingFact, { readonly code: C }>,
  currency: string,
): string | null {
  return sayers[fact.code](fact, currency)
}

function timeText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`
}

function amountText(minor: number, currency: string): string {
  const { amount } = fromMinor(minor, currency)
  return `${amount} ${currency}`
}
