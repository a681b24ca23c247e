import type { ExceptionCode, Headline } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import { activeLines } from '../headline.ts'
import { isZero, less, plus } from '../ledger/decimal.ts'
import { arrived } from '../ledger/lines.ts'
import { sum } from '../ledger/minor.ts'
import { type MoneyStanding, type MoneyWait, moneyOf } from './money.ts'

/**
 * What can be said of where a return stands: a code and its values, so that a reader can say it in another language
 * and time zone. Quantities are decimal texts in base units, amounts minor units of the return's currency.
 */
export type StandingFact =
  | {
      readonly code: 'goods_received'
      readonly received: string
      /** Null: they came without an authorization. */
      readonly expected: string | null
      /** Of the last receipt. */
      readonly warehouse: string | null
      readonly at: string | null
    }
  | { readonly code: 'goods_surplus'; readonly quantity: string }
  | { readonly code: 'goods_short'; readonly quantity: string }
  | { readonly code: 'stands'; readonly headline: Headline; readonly since: string }
  | { readonly code: 'held'; readonly by: readonly ExceptionCode[]; readonly since: string }
  | { readonly code: 'money_unknown' }
  | {
      readonly code: 'money_not_released'
      readonly minor: number
      readonly waitsFor: readonly MoneyWait[]
    }
  | { readonly code: 'money_released'; readonly minor: number }
  | { readonly code: 'money_settled'; readonly minor: number }
  | { readonly code: 'customer_told_late' }

/** Where a return stands. `since`: when its headline last changed. Pure and total. */
export function factsNow(
  state: CaseState,
  { since }: { readonly since: string },
): readonly StandingFact[] {
  return [
    ...goodsFacts(state),
    { code: 'stands', headline: state.headline, since },
    ...heldFacts(state),
    ...moneyFacts(state, moneyOf(state)),
    ...(state.delay?.notice === 'told' ? [{ code: 'customer_told_late' } as const] : []),
  ]
}

function goodsFacts(state: CaseState): StandingFact[] {
  const lines = activeLines(state).filter(({ returnRequired }) => returnRequired)
  const received = total(lines, arrived)
  const expected = total(lines, ({ quantities }) => quantities.authorized)
  const short = total(lines, ({ quantities }) => quantities.short)
  const surplus = less(received, expected)
  const facts: StandingFact[] = []
  if (!isZero(received)) {
    const last = lastReceipt(state)
    facts.push({
      code: 'goods_received',
      received,
      expected: isZero(expected) ? null : expected,
      warehouse: last?.warehouse ?? state.header.warehouse,
      at: last?.at ?? null,
    })
    if (!isZero(expected) && !isZero(surplus)) {
      facts.push({ code: 'goods_surplus', quantity: surplus })
    }
  }
  if (!isZero(short)) facts.push({ code: 'goods_short', quantity: short })
  return facts
}

function lastReceipt({ receipts }: CaseState): CaseState['receipts'][number] | null {
  const standing = receipts.filter(({ isReversed, reversalOf }) => !isReversed && !reversalOf)
  return standing.reduce<(typeof standing)[number] | null>(
    (last, one) => (last === null || one.at > last.at ? one : last),
    null,
  )
}

function total(lines: readonly LineState[], of: (line: LineState) => string): string {
  return lines.reduce((all, line) => plus(all, of(line)), '0')
}

function heldFacts({ exceptions }: CaseState): StandingFact[] {
  const blocking = Object.values(exceptions).filter(
    ({ status, severity }) => status === 'open' && severity === 'blocking',
  )
  if (blocking.length === 0) return []
  const since = blocking.map(({ openedAt }) => openedAt).reduce((a, b) => (a < b ? a : b))
  return [{ code: 'held', by: [...new Set(blocking.map(({ code }) => code))], since }]
}

function moneyFacts(
  { closedAt }: CaseState,
  { unreleased, uncutMinor, releasedMinor, settledMinor }: MoneyStanding,
): StandingFact[] {
  const facts: StandingFact[] = []
  const open = unreleased.reduce((all, { minor }) => sum(all, minor), 0)
  if (open > 0) {
    const waitsFor = [...new Set(unreleased.map((one) => one.waitsFor))]
    facts.push({ code: 'money_not_released', minor: open, waitsFor })
  } else if (uncutMinor === null && closedAt === null) facts.push({ code: 'money_unknown' })
  const underway = releasedMinor - settledMinor
  if (underway > 0) facts.push({ code: 'money_released', minor: underway })
  if (settledMinor > 0) facts.push({ code: 'money_settled', minor: settledMinor })
  return facts
}
