import type {
  CaseKind,
  Channel,
  EventData,
  ProductRef,
  Reason,
  Resolution,
} from '@backhaul/sdk/canonical'
import type { OrderAnswer, OrderQuestion } from '@backhaul/sdk/connector'
import {
  apply,
  type CaseState,
  factsOf,
  type KnownReturn,
  type StampedEvent,
} from '../../domain/index.ts'

/** A line that somebody thinks of sending back. */
interface SupposedLine {
  readonly product: ProductRef
  /** In base units; as much as may come back when left out. */
  readonly quantity?: string | undefined
  readonly reason?: Reason | undefined
  readonly resolution?: Resolution | undefined
  readonly serials?: readonly string[] | undefined
  readonly orderLine?: string | undefined
}

/** What somebody wants to know before a return is asked for. */
export interface Supposition {
  readonly company: string
  readonly channel: Channel
  readonly kind: CaseKind
  readonly orderRefs: readonly string[]
  readonly customer?:
    | { readonly partyId: string; readonly commercialPartyId?: string | undefined }
    | undefined
  readonly currency?: string | undefined
  readonly warehouse?: string | undefined
  /** All lines of the order when left out. */
  readonly lines?: readonly SupposedLine[] | undefined
}

/** What is to be asked of the system that keeps the order. */
export function questionOf(supposed: Supposition): OrderQuestion {
  const { company, orderRefs, customer, currency, warehouse, lines = [] } = supposed
  return {
    about: {
      company,
      orderRefs: [...orderRefs],
      ...(customer ? { customer } : {}),
      ...(currency ? { currency } : {}),
      ...(warehouse ? { warehouse } : {}),
    },
    lines: lines.map((line, index) => ({
      lineNo: index + 1,
      product: line.product,
      quantity: line.quantity ?? '1',
      unit: 'EA',
      ...(line.serials ? { serials: [...line.serials] } : {}),
      ...(line.orderLine ? { orderLine: line.orderLine } : {}),
    })),
  }
}

type Asked = EventData<'return.requested'>
type RecordedLine = OrderAnswer['lines'][number]

/** Where nobody has said why, it is the customer's wish: the least that a return may be for. */
const usualReason = 'no_longer_needed'

/**
 * A return as it would stand, had it been asked for now and had the order been told of as it was answered. It is
 * made as every return is, from events, and kept nowhere.
 *
 * @param owns - the axes of which the system that answered is the owner.
 */
export function supposeReturn(given: {
  readonly supposed: Supposition
  readonly answer: OrderAnswer | null
  readonly owns: string
  readonly now: Date
}): KnownReturn {
  const { supposed, answer, owns, now } = given
  const request = requestOf(supposed, answer)
  const opened = event('request', 'return.requested', { data: request, owns: '', now })
  const told =
    answer === null
      ? []
      : [event('answer', 'order.recorded', { data: about(request, answer), owns, now })]
  const state = [opened, ...told].reduce<CaseState | null>(
    (before, one) => apply(before, one).state,
    null,
  ) as CaseState
  const events = [opened, ...told].map(({ id, type, data }) => ({ eventKey: id, type, data }))
  return {
    caseId: '',
    caseNo: '',
    // Every other return was asked for before.
    caseSeq: Number.MAX_SAFE_INTEGER,
    state: supposed.customer ? state : { ...state, header: { ...state.header, customer: null } },
    facts: factsOf(events, opened.id),
    decided: new Map(),
  }
}

/** What is said of the lines that are asked about. */
function about({ lines }: Asked, answer: OrderAnswer): OrderAnswer {
  const known = new Set(lines.map(({ lineNo }) => lineNo))
  return { ...answer, lines: answer.lines.filter(({ lineNo }) => known.has(lineNo)) }
}

function event<T extends 'return.requested' | 'order.recorded'>(
  id: string,
  type: T,
  { data, owns, now }: { data: EventData<T>; owns: string; now: Date },
): StampedEvent {
  return { id, type, occurredAt: now.toISOString(), source: 'api', actor: 'api', owns, data }
}

function requestOf(supposed: Supposition, answer: OrderAnswer | null): Asked {
  const { company, channel, kind, orderRefs, customer, warehouse } = supposed
  const lines =
    supposed.lines?.map((line, index) => askedLine(line, index + 1)) ??
    answer?.lines.flatMap((line) => orderedLine(line)) ??
    []
  return {
    company,
    channel,
    kind,
    sourceRef: 'eligibility',
    customer: customer ?? { partyId: '' },
    orderRefs: [...orderRefs],
    currency: supposed.currency ?? answer?.currency ?? '',
    ...(warehouse ? { warehouse } : {}),
    priority: 'normal',
    flags: [],
    lines,
  }
}

function askedLine(line: SupposedLine, lineNo: number): Asked['lines'][number] {
  const { product, quantity = '0', serials, orderLine } = line
  return {
    ...plainLine(lineNo, product),
    quantity,
    reason: { code: line.reason ?? usualReason },
    requestedResolution: line.resolution ?? 'refund',
    ...(serials ? { serials: [...serials] } : {}),
    ...(orderLine ? { origin: { orderLine } } : {}),
  }
}

/** What is not on the order is no line of it. */
function orderedLine({ lineNo, onOrder, product, baseUnit }: RecordedLine): Asked['lines'] {
  if (onOrder === false) return []
  return [{ ...plainLine(lineNo, product ?? {}), ...(baseUnit ? { baseUnit } : {}) }]
}

function plainLine(lineNo: number, product: ProductRef): Asked['lines'][number] {
  return {
    lineNo,
    product,
    quantity: '0',
    baseUnit: 'EA',
    reason: { code: usualReason },
    requestedResolution: 'refund',
    returnRequired: true,
  }
}
