import { dispositionCodes, type EventData } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from './case-state.ts'
import { compare, isZero } from './ledger/decimal.ts'
import { arrived, inspected, isAuthorized, isGivenUp } from './ledger/lines.ts'
import { isPaidInFull, isPaidUp } from './ledger/payments.ts'
import type { StampedEvent } from './stamped-event.ts'

/** What a guard sees: the ledgers with the event in them already, the axes as far as the event has moved them. */
interface GuardView {
  readonly state: CaseState
  readonly line: LineState
  readonly event: StampedEvent
}

interface Guard {
  readonly test: (view: GuardView) => boolean
  /** What the docs say about it. */
  readonly means: string
  /** Without it the guard selects a row; with it, an event whose row it guards is refused with this reason. */
  readonly refusal?: string
}

/** The conditions of the transition tables, by name. */
export const guards = {
  authorizesNothing: {
    means: 'no units are authorized',
    test: ({ line }) => authorizesNone(line),
  },
  authorizesPart: {
    means: 'fewer units are authorized than were requested',
    test: ({ line }) => authorizesPart(line),
  },
  overridesInPart: {
    means: 'a person approves against the rules, fewer units than were requested',
    test: ({ line, event }) => isOverride(event) && authorizesPart(line) && !authorizesNone(line),
  },
  overrides: {
    means: 'a person approves against the rules',
    test: ({ line, event }) => isOverride(event) && !authorizesNone(line),
  },
  nothingUnderway: {
    means: 'nothing has been shipped, received or credited',
    test: ({ line }) => isNotShipped(line) && isZero(arrived(line)) && !hasMoneyMoved(line),
    refusal: 'goods or money are on their way already',
  },
  notShipped: {
    means: 'no carrier has scanned a parcel, and nothing has come in',
    test: ({ line }) => isNotShipped(line) && isZero(arrived(line)),
    refusal: 'the goods are on their way already',
  },
  expiryReached: {
    means: 'the authorization has run out, and nothing has been shipped',
    test: ({ line, event }) =>
      (event.data as EventData<'timer.fired'>).timer === 'expiry' &&
      isNotShipped(line) &&
      isZero(arrived(line)),
  },
  resolvedByExpiring: {
    means: 'a person let the authorization run out',
    test: ({ line, event }) =>
      isResolvedBy(event, { code: 'LG02', action: 'expire' }) && isNotShipped(line),
  },
  opensTheCase: {
    means: 'the event opened the case',
    test: ({ state, event }) => state.opened.id === event.id,
  },
  nothingComesBack: {
    means: 'units are authorized that the customer keeps',
    test: ({ line }) => isAuthorized(line) && !line.returnRequired,
  },
  comesBack: {
    means: 'units are authorized that have to come back',
    test: ({ line }) => isAuthorized(line) && line.returnRequired,
  },
  sellerShips: {
    means: 'units have to come back, and the customer does not pay for it',
    test: ({ line }) =>
      isAuthorized(line) &&
      line.returnRequired &&
      line.freightPayer !== 'customer' &&
      isZero(arrived(line)),
  },
  comesIn: {
    means: 'the parcel brings goods back',
    test: ({ state, event }) => directionOf(state, event) === 'inbound',
  },
  comesInForNothing: {
    means: 'the parcel brings goods back of a line that is rejected, canceled or expired',
    test: ({ state, line, event }) => isGivenUp(line) && directionOf(state, event) === 'inbound',
  },
  isAuthorized: {
    means: 'units are authorized',
    test: ({ line }) => isAuthorized(line),
  },
  isNotAuthorized: {
    means: 'no authorization was given',
    test: ({ line }) => !isAuthorized(line),
  },
  allArrived: {
    means: 'as much has come in as was authorized',
    test: ({ line }) =>
      isAuthorized(line) && compare(arrived(line), line.quantities.authorized) >= 0,
  },
  nothingArrived: {
    means: 'nothing is on the floor any more',
    test: ({ line }) => isZero(arrived(line)),
  },
  hasArrived: {
    means: 'something has come in',
    test: ({ line }) => !isZero(arrived(line)),
    refusal: 'nothing has been received yet',
  },
  nothingInspected: {
    means: 'nothing has been inspected',
    test: ({ line }) => isZero(inspected(line)),
    refusal: 'the goods have been inspected already',
  },
  resolvedByClosingShort: {
    means: 'a person closed the short receipt of the line',
    test: ({ line, event }) =>
      isResolvedBy(event, { code: 'RX04', action: 'close_short' }, `line:${line.lineNo}`),
  },
  needsNoInspection: {
    means: 'units are authorized that nobody has to inspect',
    test: ({ line }) => isAuthorized(line) && !(line.inspectionRequired && line.returnRequired),
  },
  hasUninspected: {
    means: 'authorized goods have come in that are to be inspected',
    test: ({ line }) =>
      isAuthorized(line) &&
      line.inspectionRequired &&
      line.returnRequired &&
      compare(inspected(line), arrived(line)) < 0,
  },
  hasMoreToInspect: {
    means: 'some of what has come in is not inspected yet',
    test: ({ line }) => compare(inspected(line), arrived(line)) < 0,
  },
  allAccepted: {
    means: 'everything that has come in was accepted',
    test: ({ line }) => isZero(line.quantities.rejected) && !isZero(line.quantities.accepted),
  },
  allRejected: {
    means: 'everything that has come in was rejected',
    test: ({ line }) => isZero(line.quantities.accepted) && !isZero(line.quantities.rejected),
  },
  proposesDisposition: {
    means: 'the inspector says what should become of the goods',
    test: ({ line, event }) =>
      (event.data as EventData<'inspection.completed'>).lines.some(
        ({ lineNo, proposed }) => lineNo === line.lineNo && proposed !== undefined,
      ),
  },
  lostItsGoods: {
    means: 'a disposition of the line has been undone because its goods were never there',
    test: ({ state, line }) => !hasDisposition(state, line),
  },
  hasNoDisposition: {
    means: 'no disposition of the line is left',
    test: ({ state, line }) => !hasDisposition(state, line),
  },
  isPaidAlready: {
    means: 'the money for all that is posted is on its way to the customer, or there',
    test: ({ state, line }) => isPaidUp(state, line.lineNo),
  },
  isPaidInFull: {
    means: 'the customer has confirmed all of the posted credit',
    test: ({ state, line }) => isPaidInFull(state, line.lineNo),
  },
  hasOtherPostedCredit: {
    means: 'another posted credit stands for the line',
    test: ({ state, line }) =>
      state.credits.some(
        ({ status, lines }) =>
          status === 'posted' && lines.some(({ lineNo }) => lineNo === line.lineNo),
      ),
  },
  agreesGoods: {
    means: 'a replacement, an exchange or a repair was agreed',
    test: ({ line }) => isAuthorized(line) && isGoodsResolution(line),
  },
  agreesNoGoods: {
    means: 'no goods are agreed any more',
    test: ({ line }) => !isGoodsResolution(line),
  },
  sendsBack: {
    means: 'units are to go back to the customer',
    test: ({ state, line, event }) => followsOn({ state, line, event }, 'send_back'),
  },
  isToRepair: {
    means: 'what is planned is a repair',
    test: ({ state, line }) =>
      state.fulfillments.some(
        ({ kind, status, lines }) =>
          kind === 'repair' &&
          status === 'planned' &&
          lines.some(({ lineNo }) => lineNo === line.lineNo),
      ),
  },
  goesOut: {
    means: 'the parcel goes out to the customer',
    test: ({ state, event }) => directionOf(state, event) === 'outbound',
  },
  goesToVendor: {
    means: 'the parcel goes to a vendor',
    test: ({ state, event }) => directionOf(state, event) === 'to_vendor',
  },
  recoversFromSupplier: {
    means: 'the supplier is expected to make the line good',
    test: ({ line }) => isAuthorized(line) && line.supplierRecovery,
  },
  isSuppliersFault: {
    means: 'inspection found the supplier at fault',
    test: ({ line }) => line.fault === 'supplier',
  },
  returnsToVendor: {
    means: 'units are to go back to their vendor',
    test: ({ state, line, event }) => followsOn({ state, line, event }, 'supplier_claim'),
  },
} as const satisfies Record<string, Guard>

export type GuardName = keyof typeof guards

/** The reason with which a failing guard refuses an event; undefined for a guard that selects. */
export function refusalOf(name: GuardName): string | undefined {
  return (guards[name] as Guard).refusal
}

function authorizesNone({ quantities }: LineState): boolean {
  return isZero(quantities.authorized)
}

function authorizesPart({ quantities }: LineState): boolean {
  return compare(quantities.authorized, quantities.requested) < 0
}

function isOverride({ data }: StampedEvent): boolean {
  return 'override' in data && data.override !== undefined
}

const beforeShipping: ReadonlySet<string> = new Set([
  'none',
  'not_required',
  'awaiting_label',
  'label_issued',
  'voided',
])

function isNotShipped({ axes }: LineState): boolean {
  return beforeShipping.has(axes.transport)
}

const beforeMoney: ReadonlySet<string> = new Set([
  'none',
  'proposed',
  'pending_approval',
  'approved',
  'declined',
  'reversed',
])

function hasMoneyMoved({ axes, quantities }: LineState): boolean {
  return !isZero(quantities.credited) || !beforeMoney.has(axes.settlement)
}

/** The customer gets goods for the line, not money. */
export function isGoodsResolution({ resolution }: LineState): boolean {
  return resolution === 'replacement' || resolution === 'exchange' || resolution === 'repair'
}

function isResolvedBy(
  event: StampedEvent,
  by: { readonly code: string; readonly action: string },
  object?: string,
): boolean {
  const { exceptionKey, action } = event.data as EventData<'exception.resolved'>
  if (action !== by.action) return false
  return object === undefined
    ? exceptionKey.startsWith(`${by.code}:`)
    : exceptionKey === `${by.code}:${object}`
}

function hasDisposition({ dispositions }: CaseState, { lineNo }: LineState): boolean {
  return dispositions.some(
    ({ status, lines }) => status !== 'reversed' && lines.some((entry) => entry.lineNo === lineNo),
  )
}

function followsOn(
  { state, line, event }: GuardView,
  followOn: 'send_back' | 'supplier_claim',
): boolean {
  const { dispositionId } = event.data as EventData<'disposition.approved'>
  const found = state.dispositions.find((entry) => entry.dispositionId === dispositionId)
  return (
    found?.lines.some(
      ({ lineNo, code }) => lineNo === line.lineNo && dispositionCodes[code].followOn === followOn,
    ) ?? false
  )
}

function directionOf(state: CaseState, event: StampedEvent): string {
  const { parcelId, tracking } = parcelRef(event)
  const parcel = state.parcels.find((entry) =>
    parcelId === undefined
      ? tracking !== undefined && entry.tracking === tracking
      : entry.parcelId === parcelId,
  )
  return parcel?.direction ?? 'inbound'
}

function parcelRef({ type, data }: StampedEvent) {
  return type === 'label.issued'
    ? (data as EventData<'label.issued'>).parcel
    : (data as EventData<'parcel.in_transit'>)
}
