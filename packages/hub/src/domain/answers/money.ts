import type { CaseState, CreditLine, CreditState, LineState } from '../case-state.ts'
import { isMoneyResolution } from '../close.ts'
import { creditFor, isLive, spokenFor, takenOf } from '../ledger/credits.ts'
import { compare, isZero, less, plus, smaller } from '../ledger/decimal.ts'
import {
  arrived,
  entitled,
  inspected,
  isGivenUp,
  settleable,
  waitsForDecision,
} from '../ledger/lines.ts'
import { sum } from '../ledger/minor.ts'
import { isMoving, isPayout, toleranceMinor, unpaid } from '../ledger/payments.ts'
import { feesFor } from '../obligations/plan-credits.ts'

/** What has to happen before the customer has an amount, in the order in which it does. */
export const moneyWaits = [
  'decision',
  'first_scan',
  'goods',
  'inspection',
  'plan',
  'proposal',
  'approval',
  'draft',
  'posting',
  'posting_failed',
  'payout',
  'payout_failed',
] as const
export type MoneyWait = (typeof moneyWaits)[number]

/** An amount that the customer should get and has not got. */
interface UnreleasedAmount {
  readonly minor: number
  readonly waitsFor: MoneyWait
  /** Null: no credit has been cut for it. */
  readonly creditId: string | null
  /** Empty: all of them. */
  readonly lineNos: readonly number[]
  /** Since when it waits for this, where that is known. */
  readonly since: string | null
}

/** Where the money of a return is, in minor units of its currency. */
export interface MoneyStanding {
  /** All that the customer should get; null while the invoice of a line is not known. */
  readonly expectedMinor: number | null
  /** Of that, what no credit has been cut for. */
  readonly uncutMinor: number | null
  /** In credits that are proposed, approved or drafted. */
  readonly approvedMinor: number
  readonly postedMinor: number
  /** On its way to the customer or there; a credit note is there when it is posted. */
  readonly releasedMinor: number
  /** The customer has it. */
  readonly settledMinor: number
  readonly unreleased: readonly UnreleasedAmount[]
}

/** Says where the money is. Pure and total. */
export function moneyOf(state: CaseState): MoneyStanding {
  const uncut = uncutOf(state)
  const credits = state.credits.filter(isLive)
  const posted = credits.filter(({ status }) => status === 'posted')
  const postedMinor = totalOf(posted)
  const approvedMinor = totalOf(credits) - postedMinor
  const notes = totalOf(posted.filter(({ method }) => !isPayout(method)))
  const uncutMinor = uncut && totalOfAmounts(uncut)
  return {
    expectedMinor: uncutMinor === null ? null : sum(uncutMinor, totalOf(credits)),
    uncutMinor,
    approvedMinor,
    postedMinor,
    releasedMinor: sum(notes, refunded(state, isMoving)),
    settledMinor: sum(
      notes,
      refunded(state, ({ status }) => status === 'settled'),
    ),
    unreleased: [
      ...(uncut ?? []),
      ...credits.flatMap((credit) => unreleasedOf(state, credit)),
    ].filter(({ minor }) => minor > 0),
  }
}

function totalOf(credits: readonly CreditState[]): number {
  return credits.reduce((total, { totalMinor }) => sum(total, totalMinor), 0)
}

function totalOfAmounts(amounts: readonly UnreleasedAmount[]): number {
  return amounts.reduce((total, { minor }) => sum(total, minor), 0)
}

function refunded(
  { refunds }: CaseState,
  isCounted: (refund: CaseState['refunds'][number]) => boolean,
): number {
  return refunds.filter(isCounted).reduce((total, { amountMinor }) => sum(total, amountMinor), 0)
}

/** By what it waits for; null while the invoice of a line is not known. */
function uncutOf(state: CaseState): UnreleasedAmount[] | null {
  const cut: { readonly line: LineState; readonly credit: CreditLine }[] = []
  for (const line of state.lines) {
    const quantity = uncutUnits(state, line)
    if (isZero(quantity)) continue
    if (line.invoiced === null) return null
    const taken = takenOf(state, line.lineNo)
    const credit = { lineNo: line.lineNo, ...creditFor(line.invoiced, { taken, quantity }) }
    cut.push({ line, credit })
  }
  let fees = feesFor(
    state,
    cut.map(({ credit }) => credit),
  ).reduce((total, { netMinor, taxMinor }) => sum(total, netMinor + taxMinor), 0)
  const byWait = new Map<MoneyWait, UnreleasedAmount>()
  for (const { line, credit } of cut) {
    const gross = credit.netMinor + credit.taxMinor
    const fee = Math.min(fees, gross)
    fees -= fee
    add(byWait, waitOf(state, line), { line, minor: gross - fee })
  }
  return [...byWait.values()]
}

/** Units of a line that should come to a credit and have not. */
function uncutUnits(state: CaseState, line: LineState): string {
  if (!isMoneyResolution(line)) return '0'
  // What has run out and never came will not be credited any more.
  if (isGivenUp(line) && isZero(arrived(line))) return '0'
  const { rejected, short, replaced, repaired } = line.quantities
  const lost = [rejected, short, replaced, repaired, spokenFor(state, line.lineNo)]
  const left = less(entitled(line), lost.reduce(plus))
  return line.invoiced ? smaller(left, line.invoiced.quantity) : left
}

function add(
  byWait: Map<MoneyWait, UnreleasedAmount>,
  waitsFor: MoneyWait,
  { line, minor }: { readonly line: LineState; readonly minor: number },
): void {
  const known = byWait.get(waitsFor)
  const since = line.since[axisOfWait[waitsFor] ?? 'authorization'] ?? null
  byWait.set(waitsFor, {
    minor: sum(known?.minor ?? 0, minor),
    waitsFor,
    creditId: null,
    lineNos: [...(known?.lineNos ?? []), line.lineNo],
    since: known?.since && since ? earlier(known.since, since) : (known?.since ?? since),
  })
}

const axisOfWait: Readonly<Partial<Record<MoneyWait, keyof LineState['axes']>>> = {
  decision: 'authorization',
  first_scan: 'transport',
  goods: 'receipt',
  inspection: 'inspection',
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b
}

function waitOf(state: CaseState, line: LineState): MoneyWait {
  if (waitsForDecision(line)) return 'decision'
  if (compare(settleable(state, line), spokenFor(state, line.lineNo)) > 0) return 'plan'
  const trigger = state.header.terms?.trigger ?? 'on_inspection'
  if (trigger === 'on_first_scan') return 'first_scan'
  const isHere = compare(arrived(line), inspected(line)) > 0
  return trigger === 'on_inspection' && isHere ? 'inspection' : 'goods'
}

const waitByStatus: Readonly<Partial<Record<CreditState['status'], MoneyWait>>> = {
  proposed: 'proposal',
  pending_approval: 'approval',
  approved: 'draft',
  drafted: 'posting',
  failed: 'posting_failed',
}

function unreleasedOf(state: CaseState, credit: CreditState): UnreleasedAmount[] {
  const { creditId, status, totalMinor, postedAt, heldBy, method } = credit
  const lineNos = credit.lines.map(({ lineNo }) => lineNo)
  const waitsFor = waitByStatus[status]
  if (waitsFor !== undefined) {
    const since = heldBy?.at ?? settlementSince(state, lineNos)
    return [{ minor: totalMinor, waitsFor, creditId, lineNos, since }]
  }
  const minor = status === 'posted' && isPayout(method) ? unpaid(state, credit) : 0
  if (minor <= toleranceMinor) return []
  const isFailed = state.refunds.some(
    (refund) => refund.creditId === creditId && refund.status === 'failed',
  )
  const payout = isFailed ? 'payout_failed' : 'payout'
  return [{ minor, waitsFor: payout, creditId, lineNos, since: postedAt }]
}

function settlementSince(state: CaseState, lineNos: readonly number[]): string | null {
  const times = state.lines
    .filter(({ lineNo }) => lineNos.includes(lineNo))
    .flatMap(({ since }) => since.settlement ?? [])
  return times.length === 0 ? null : times.reduce(earlier)
}
