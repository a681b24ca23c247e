import type { EventType, Money } from '@backhaul/sdk/canonical'
import type { CaseState, SupplierClaimState } from '../case-state.ts'
import { type Draft, namedLines, refuse, repeat, replaced, type Verdict } from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { minorOf } from '../ledger/minor.ts'
import { toleranceMinor } from '../ledger/payments.ts'
import { moveLines } from '../move.ts'
import type { StampedEvent } from '../stamped-event.ts'

const statusBy = {
  'supplier_claim.identified': 'candidate',
  'supplier_claim.submitted': 'claimed',
  'supplier_claim.authorized': 'authorized',
  'supplier_claim.denied': 'denied',
  'supplier_claim.shipped': 'shipped',
  'supplier_claim.credited': 'credited',
  'supplier_claim.disputed': 'disputed',
  'supplier_claim.written_off': 'written_off',
} as const satisfies Partial<Record<EventType, SupplierClaimState['status']>>

export type SupplierClaimEvent = StampedEvent<keyof typeof statusBy>

/** A step of what the supplier makes good. Its own money, apart from the customer's. */
export function stepSupplierClaim(draft: Draft, event: SupplierClaimEvent): Verdict {
  const { data, type } = event
  const status = statusBy[type]
  const known = draft.state.supplierClaims.find(({ claimId }) => claimId === data.claimId)
  if (known?.status === status) return repeat(`the claim is ${status} already`)
  const lineNos = data.lineNos ?? known?.lineNos ?? claimable(draft.state)
  const lines = namedLines(draft.state, lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  const amounts = amountsOf(draft, event)
  if (amounts === null) return refuse('invalid_money', 'not in the currency of the case')
  const next: SupplierClaimState = {
    ...(known ?? newClaim(data.claimId)),
    ...amounts,
    ...namesOf(event),
    lineNos: lines.map(({ lineNo }) => lineNo),
    status,
    ...(status === 'shipped' ? { shippedAt: event.occurredAt } : {}),
  }
  const verdict = moveLines(draft, lines, 'supplierRecovery')
  if (verdict) return verdict
  draft.state.supplierClaims = replaced(draft.state.supplierClaims, known, next)
  if (isUnsatisfied(next)) raise(draft, { code: 'PU01', object: `supplier_claim:${data.claimId}` })
  return null
}

/** Lines that are being claimed already, or else all. */
function claimable({ lines }: CaseState): readonly number[] {
  const candidates = lines.filter(({ axes }) => axes.supplierRecovery !== 'none')
  return (candidates.length > 0 ? candidates : lines).map(({ lineNo }) => lineNo)
}

function newClaim(claimId: string): SupplierClaimState {
  return {
    claimId,
    status: 'candidate',
    lineNos: [],
    vendor: null,
    basis: null,
    claimedMinor: null,
    agreedMinor: null,
    creditedMinor: null,
    submitBy: null,
    shippedAt: null,
    isAsked: false,
  }
}

type Amounts = Partial<Pick<SupplierClaimState, 'claimedMinor' | 'agreedMinor' | 'creditedMinor'>>

/** The amounts that the event names; null when one of them is not in the currency of the case. */
function amountsOf({ state }: Draft, { data }: SupplierClaimEvent): Amounts | null {
  const given: [keyof Amounts, Money | undefined][] = [
    ['claimedMinor', 'claimed' in data ? data.claimed : undefined],
    ['agreedMinor', 'agreed' in data ? data.agreed : undefined],
    ['creditedMinor', 'credited' in data ? data.credited : undefined],
  ]
  const amounts: { -readonly [K in keyof Amounts]: Amounts[K] } = {}
  for (const [name, money] of given) {
    if (money === undefined) continue
    const minor = minorOf(money, state.header.currency)
    if (minor === null) return null
    amounts[name] = minor
  }
  return amounts
}

function namesOf({ data }: SupplierClaimEvent): Partial<SupplierClaimState> {
  if (!('vendor' in data)) return {}
  const { vendor, basis, submitBy } = data
  return { vendor, basis, submitBy: submitBy ? new Date(submitBy).toISOString() : null }
}

function isUnsatisfied({ status, agreedMinor, claimedMinor, creditedMinor }: SupplierClaimState) {
  if (status === 'denied') return true
  const expected = agreedMinor ?? claimedMinor
  return (
    status === 'credited' &&
    expected !== null &&
    creditedMinor !== null &&
    creditedMinor < expected - toleranceMinor
  )
}
