import type {
  Axis,
  AxisState,
  CaseKind,
  Channel,
  ClaimBasis,
  Disposition,
  EventType,
  ExceptionCode,
  ExceptionQueue,
  FeeKind,
  Headline,
  ProductRef,
  Reason,
  Resolution,
  SettlementMethod,
  SettlementTrigger,
  Tender,
} from '@backhaul/sdk/canonical'
import type { CustomerDelay } from './delays.ts'
import type { StampedEvent } from './stamped-event.ts'

/**
 * All that the core remembers of a case. Plain JSON, without personal data, and small: it is read and
 * written once for each event. Times are ISO text, money is integer minor units of `header.currency`,
 * quantities are decimal strings in the line's base unit.
 */
export interface CaseState {
  readonly schema: 1
  readonly opened: OpenedBy
  /** `orderKey` of the last event after the opening one; empty when there was none. */
  readonly last: string
  /** Events of the history so far, those that were refused included. */
  readonly applied: number
  readonly headline: Headline
  /** Since when every axis is at its end and the close guard holds; null while the case is open. */
  readonly closedAt: string | null
  /** Left out where nothing has ever been late for the customer. */
  readonly delay?: CustomerDelay
  readonly header: CaseHeader
  /** By line number, ascending. */
  readonly lines: readonly LineState[]
  readonly parcels: readonly ParcelState[]
  readonly receipts: readonly ReceiptState[]
  readonly inspections: readonly InspectionState[]
  readonly dispositions: readonly DispositionState[]
  readonly credits: readonly CreditState[]
  readonly refunds: readonly RefundState[]
  /** In the order in which the customer paid. */
  readonly tenders: readonly TenderState[]
  readonly fulfillments: readonly FulfillmentState[]
  readonly supplierClaims: readonly SupplierClaimState[]
  readonly claims: readonly ClaimState[]
  readonly held: readonly HeldFact[]
  readonly exceptions: Readonly<Record<string, CaseException>>
  /** Timers that have fired, by `kind:key`, with the time they were due. */
  readonly fired: Readonly<Record<string, string>>
}

interface OpenedBy {
  readonly id: string
  readonly type: EventType
  readonly at: string
  readonly source: string
  /** `openingKey` of the event: a history with a lower one is opened by that. */
  readonly key: string
}

type CaseFlag = 'hazmat' | 'legal_hold' | 'fraud_review' | 'vip'

export interface CaseHeader {
  readonly company: string
  readonly channel: Channel
  readonly kind: CaseKind
  readonly currency: string
  readonly sourceSystem: string
  readonly sourceRef: string
  readonly customer: {
    readonly partyId: string
    readonly commercialPartyId?: string
    readonly language?: string
  } | null
  readonly orderRefs: readonly string[]
  readonly priority: 'low' | 'normal' | 'high' | 'urgent'
  readonly flags: readonly CaseFlag[]
  readonly warehouse: string | null
  readonly rmaNo: string | null
  readonly validUntil: string | null
  readonly approvedAt: string | null
  readonly terms: Terms | null
  /** Whether the system of record was asked about the order, and how it answered. Left out while nobody has asked. */
  readonly orderLookUp?: 'asked' | 'answered' | 'failed'
}

/** Settlement terms with their fees in minor units. */
interface Terms {
  readonly method: SettlementMethod
  readonly trigger: SettlementTrigger
  readonly fees: readonly FeeAmount[]
}

export interface FeeAmount {
  readonly kind: FeeKind
  readonly netMinor: number
  readonly taxMinor: number
}

export interface LineState {
  readonly lineNo: number
  /** Null for goods that nobody could name yet. */
  readonly product: ProductRef | null
  readonly unit: string
  readonly reason: Reason | null
  readonly fault: 'customer' | 'carrier' | 'supplier' | 'seller' | 'none'
  readonly resolution: Resolution
  readonly returnRequired: boolean
  readonly inspectionRequired: boolean
  readonly supplierRecovery: boolean
  readonly freightPayer: 'customer' | 'seller' | 'carrier' | 'supplier'
  readonly expectedSerials: readonly string[]
  /** Lots that were announced. Left out in states of before it was kept, as is `orderLine`. */
  readonly expectedLots?: readonly string[]
  /** Id of the order line, as the system of record calls it. */
  readonly orderLine?: string | null
  /** What the system that asked for the return calls the line. Left out where it said nothing. */
  readonly sourceLineRef?: string
  readonly deliveredAt: string | null
  readonly invoiced: InvoicedAmounts | null
  readonly axes: AxisStates
  /** When each axis came to its state; an axis that never moved is left out. */
  readonly since: Readonly<Partial<Record<Axis, string>>>
  readonly quantities: Quantities
  /** Σ net and tax of posted credits for the line. */
  readonly postedMinor: number
  /** A parcel with this line has been unpacked: what has not come is missing. */
  readonly isUnpacked: boolean
}

export type AxisStates = { readonly [A in Axis]: AxisState<A> }

export interface InvoicedAmounts {
  readonly invoiceLine: string
  readonly quantity: string
  readonly netMinor: number
  readonly taxMinor: number
  /** Said by a system that owns settlement; only such a one may change it again. */
  readonly isFirm: boolean
}

/**
 * The quantity ledger of a line. What has come in is `received` (within the authorization) plus
 * `surplus` (beyond it, or without one).
 */
export interface Quantities {
  readonly requested: string
  readonly authorized: string
  readonly shipped: string
  readonly received: string
  readonly surplus: string
  readonly accepted: string
  readonly rejected: string
  readonly credited: string
  readonly replaced: string
  readonly repaired: string
  readonly sentBack: string
  readonly short: string
  readonly writtenOff: string
}

export interface LineQuantity {
  readonly lineNo: number
  readonly quantity: string
}

export interface ParcelState {
  readonly parcelId: string
  readonly direction: 'inbound' | 'outbound' | 'to_vendor'
  readonly carrier: string | null
  readonly tracking: string | null
  /** Moves by the transport table, as a line does. */
  readonly status: AxisState<'transport'>
  /** Null: the contents are not known; the parcel stands for all lines. */
  readonly lines: readonly LineQuantity[] | null
  /** Its contents are in `shipped`. */
  readonly isCounted: boolean
}

export interface ReceiptState {
  /** Who told of it. Left out in states of before it was kept. */
  readonly source?: string
  readonly receiptId: string
  readonly at: string
  readonly warehouse: string | null
  readonly reversalOf: string | null
  readonly isReversed: boolean
  /** Fingerprint of what the source said, to tell a repeat from a contradiction. */
  readonly said: string
  /** What counted for a line; wrong and unknown items are not in here. */
  readonly lines: readonly ReceiptLine[]
}

interface ReceiptLine extends LineQuantity {
  readonly serials?: readonly string[]
  readonly lots?: readonly string[]
  /** The system of record has been told (`receipt.record`). */
  readonly isTold: boolean
}

export interface InspectionState {
  readonly inspectionId: string
  readonly said: string
  readonly lines: readonly {
    readonly lineNo: number
    readonly accepted: string
    readonly rejected: string
  }[]
}

export interface DispositionState {
  readonly dispositionId: string
  readonly status: 'proposed' | 'approved' | 'executed' | 'reversed'
  /** Made from an inspection's proposal; a statement of a person or system takes its place. */
  readonly isDerived: boolean
  readonly said: string
  readonly lines: readonly (LineQuantity & { readonly code: Disposition })[]
}

type CreditStatus =
  | 'proposed'
  | 'pending_approval'
  | 'approved'
  | 'drafted'
  | 'posted'
  | 'declined'
  | 'failed'
  | 'reversed'

export interface CreditState {
  readonly creditId: string
  readonly status: CreditStatus
  readonly method: SettlementMethod
  readonly lines: readonly CreditLine[]
  readonly fees: readonly FeeAmount[]
  readonly goodwillMinor: number
  readonly totalMinor: number
  /** What had been approved for it; null when it was posted without an approval that we know of. */
  readonly approvedMinor: number | null
  readonly source: string
  /** Who holds the document, and since when we know; left out while nobody does, and in states of before it was kept. */
  readonly heldBy?: { readonly source: string; readonly at: string }
  /** Cut by the hub when its trigger was met. */
  readonly isPlanned: boolean
  readonly isPostAsked: boolean
  readonly isPayoutAsked: boolean
  readonly postedAt: string | null
}

export interface CreditLine {
  readonly lineNo: number
  readonly quantity: string
  readonly netMinor: number
  readonly taxMinor: number
}

export interface RefundState {
  readonly refundId: string
  readonly creditId: string | null
  readonly paymentId: string | null
  readonly method: SettlementMethod | null
  readonly amountMinor: number
  /** `asked`: owed to the payments side, nothing heard yet; does not count as refunded. */
  readonly status: 'asked' | 'released' | 'settled' | 'failed'
  /** Which tenders it takes from. */
  readonly allocation: readonly { readonly paymentId: string; readonly minor: number }[]
  readonly source: string
}

export interface TenderState {
  readonly paymentId: string
  readonly method: Tender['method']
  readonly capturedMinor: number
  /** Refunded outside this case. */
  readonly refundedBeforeMinor: number
  /** Refunded by this case. */
  readonly refundedMinor: number
}

export interface FulfillmentState {
  readonly fulfillmentId: string
  readonly kind: 'replacement' | 'repair' | 'send_back'
  readonly status:
    | 'planned'
    | 'out_of_stock'
    | 'ordered'
    | 'in_repair'
    | 'repaired'
    | 'shipped'
    | 'delivered'
    | 'canceled'
  readonly lines: readonly LineQuantity[]
  /** The order has been owed (`replacement.order`, `repair.order`, `goods.send_back`). */
  readonly isAsked: boolean
  /** When the old goods must be back, for an advance replacement. */
  readonly dueAt: string | null
  /** Its quantities are in the ledger. */
  readonly isCounted: boolean
}

export interface SupplierClaimState {
  readonly claimId: string
  readonly status: Exclude<AxisState<'supplierRecovery'>, 'none'>
  readonly lineNos: readonly number[]
  readonly vendor: string | null
  readonly basis: ClaimBasis | null
  readonly claimedMinor: number | null
  readonly agreedMinor: number | null
  readonly creditedMinor: number | null
  readonly submitBy: string | null
  readonly shippedAt: string | null
  readonly isAsked: boolean
}

/** What a system said about an axis that it does not own. It shows, and moves nothing. */
export interface ClaimState {
  /** Id of the event that said it. */
  readonly claimId: string
  readonly axis: Axis
  readonly type: EventType
  /** The states that would agree with it. */
  readonly says: readonly string[]
  /** Null: all lines. */
  readonly lineNos: readonly number[] | null
  readonly source: string
  readonly at: string
  readonly status: 'open' | 'confirmed' | 'accepted' | 'rejected'
  /** The statement itself, kept while it can still be accepted. */
  readonly event: StampedEvent | null
}

/** A statement about money that would break a cap: evidence, outside the ledger until it fits. */
export interface HeldFact {
  /** `credit:<id>`, `refund:<id>`, `line:<no>` or `payment:<id>`. */
  readonly object: string
  readonly code: 'FN01' | 'FN03' | 'FN04'
  readonly detail: string
  readonly event: StampedEvent
}

export interface CaseException {
  readonly code: ExceptionCode
  readonly object: string
  readonly severity: 'blocking' | 'warning' | 'info'
  readonly queue: ExceptionQueue
  readonly status: 'open' | 'resolved'
  /** The cause is still there; one that a person resolved does not come back until it was gone. */
  readonly isCausePresent: boolean
  /** Somebody said so (`exception.raised`); it ends when somebody says so. */
  readonly isStated: boolean
  /** When the cause came, this time. */
  readonly openedAt: string
  readonly recurrences: number
  readonly owner: string | null
  readonly resolvedAt: string | null
  /** How it was resolved: an action of the code, or `auto` when the cause went away. */
  readonly action: string | null
  readonly detail: string | null
}
