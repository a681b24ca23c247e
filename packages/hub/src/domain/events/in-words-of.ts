import type { EventType } from '@backhaul/sdk/canonical'
import { fromMinor } from '@backhaul/sdk/canonical'
import type { CaseState, CreditState, LineState } from '../case-state.ts'
import { compare, less } from '../ledger/decimal.ts'
import { arrived, inspected } from '../ledger/lines.ts'
import { covers, toleranceMinor, unpaid } from '../ledger/payments.ts'
import { wireCredit } from '../obligations/commands.ts'
import { derivedId } from '../said.ts'

/** A bare status: of which lines, in which state, and by which event it was said. */
interface Bare {
  readonly state: CaseState
  readonly lineNos: readonly number[]
  readonly said: string
  readonly id: string
}

/** The data of the events of a type that a bare status stands for, as far as the case knows them. */
export function inWordsOf(type: EventType, bare: Bare): readonly object[] {
  const words = special[type]
  return words ? words(bare, type) : [{ lineNos: bare.lineNos }]
}

type Words = (bare: Bare, type: EventType) => readonly object[]

const special: Readonly<Partial<Record<EventType, Words>>> = {
  'return.approved': ({ state, lineNos }) => [{ lines: asRequested(state, lineNos) }],
  'label.issued': ({ state, lineNos }) => {
    const known = inboundParcel(state, lineNos)
    const lines = known?.lines ?? asRequested(state, lineNos)
    return [{ parcel: { parcelId: parcelIdOf(known, lineNos), direction: 'inbound', lines } }]
  },
  'label.voided': ({ state, lineNos }) => [
    { parcelId: parcelIdOf(inboundParcel(state, lineNos), lineNos) },
  ],
  'inspection.completed': inspectionWords,
  'disposition.approved': dispositionWords(['proposed']),
  'disposition.executed': dispositionWords(['proposed', 'approved']),
  'disposition.reversed': dispositionWords(['proposed', 'approved', 'executed']),
  'credit.drafted': creditWords(['approved']),
  'credit.posted': creditWords(['approved', 'drafted']),
  'credit.reversed': creditWords(['posted']),
  'credit.declined': creditWords(['proposed', 'pending_approval', 'approved', 'drafted']),
  'refund.released': refundWords,
  'refund.settled': refundWords,
  'replacement.ordered': fulfillmentWords,
  'replacement.shipped': fulfillmentWords,
  'replacement.delivered': fulfillmentWords,
  'replacement.canceled': fulfillmentWords,
  'repair.started': fulfillmentWords,
  'repair.completed': fulfillmentWords,
  'supplier_claim.submitted': supplierWords,
  'supplier_claim.authorized': supplierWords,
  'supplier_claim.denied': supplierWords,
  'supplier_claim.shipped': supplierWords,
  'supplier_claim.disputed': supplierWords,
  'supplier_claim.written_off': supplierWords,
}

function linesOf(state: CaseState, lineNos: readonly number[]): LineState[] {
  return state.lines.filter(({ lineNo }) => lineNos.includes(lineNo))
}

function asRequested(state: CaseState, lineNos: readonly number[]) {
  return linesOf(state, lineNos).map(({ lineNo, quantities }) => ({
    lineNo,
    quantity: quantities.requested,
  }))
}

function has(
  lines: readonly { readonly lineNo: number }[] | null,
  lineNos: readonly number[],
): boolean {
  return lines === null || lines.some(({ lineNo }) => lineNos.includes(lineNo))
}

function inboundParcel({ parcels }: CaseState, lineNos: readonly number[]) {
  return parcels.findLast(({ direction, lines }) => direction === 'inbound' && has(lines, lineNos))
}

function parcelIdOf(
  known: { readonly parcelId: string } | undefined,
  lineNos: readonly number[],
): string {
  return known?.parcelId ?? `reported-${lineNos[0]}`
}

/** A bare `passed` or `failed` is about everything that was not inspected yet. */
function inspectionWords({ state, lineNos, said, id }: Bare): readonly object[] {
  const lines = linesOf(state, lineNos).flatMap((line) => {
    const open = less(arrived(line), inspected(line))
    if (compare(open, '0') <= 0) return []
    const [accepted, rejected] = said === 'passed' ? [open, '0'] : ['0', open]
    return [{ lineNo: line.lineNo, accepted, rejected }]
  })
  return lines.length === 0 ? [] : [{ inspectionId: derivedId('reported', id), lines }]
}

function dispositionWords(from: readonly string[]): Words {
  return ({ state, lineNos }) =>
    state.dispositions
      .filter(({ status, lines }) => from.includes(status) && has(lines, lineNos))
      .map(({ dispositionId }) => ({ dispositionId }))
}

/** The credits that stand where the status leads on from; what is drafted and posted is said whole. */
function creditWords(from: readonly CreditState['status'][]): Words {
  return ({ state, lineNos }, type) =>
    state.credits
      .filter(
        (credit) =>
          from.includes(credit.status) && lineNos.some((lineNo) => covers(credit, lineNo)),
      )
      .map((credit) =>
        type === 'credit.drafted' || type === 'credit.posted'
          ? { credit: wireCredit(state, credit) }
          : { creditId: credit.creditId },
      )
}

/** A bare `released` or `settled` is about what was asked for and released, and what else is unpaid, of posted credits. */
function refundWords({ state, lineNos }: Bare, type: EventType): readonly object[] {
  const { currency } = state.header
  const posted = state.credits.filter(
    (credit) => credit.status === 'posted' && lineNos.some((lineNo) => covers(credit, lineNo)),
  )
  return posted.flatMap((credit) => {
    const open = state.refunds.filter(
      ({ creditId, status }) =>
        creditId === credit.creditId &&
        (status === 'asked' || (status === 'released' && type === 'refund.settled')),
    )
    const words = open.map(({ refundId, creditId, paymentId, amountMinor }) => ({
      refundId,
      creditId,
      ...(paymentId === null ? {} : { paymentId }),
      method: credit.method,
      amount: fromMinor(amountMinor, currency),
    }))
    const asked = open.reduce(
      (sum, { status, amountMinor }) => (status === 'asked' ? sum + amountMinor : sum),
      0,
    )
    const rest = unpaid(state, credit) - asked
    if (rest <= toleranceMinor) return words
    const refundId = derivedId('reported', credit.creditId)
    return [
      ...words,
      {
        refundId,
        creditId: credit.creditId,
        method: credit.method,
        amount: fromMinor(rest, currency),
      },
    ]
  })
}

function fulfillmentWords({ state, lineNos }: Bare): readonly object[] {
  const known = state.fulfillments.findLast(
    ({ status, lines }) => status !== 'canceled' && has(lines, lineNos),
  )
  return [{ fulfillmentId: known?.fulfillmentId ?? `reported-${lineNos[0]}`, lineNos }]
}

function supplierWords({ state, lineNos }: Bare): readonly object[] {
  const known = state.supplierClaims.findLast((claim) =>
    claim.lineNos.some((no) => lineNos.includes(no)),
  )
  return [{ claimId: known?.claimId ?? `reported-${lineNos[0]}`, lineNos }]
}
