import {
  type CommandBody,
  type CommandType,
  commandContracts,
  commandTypes,
  fromMinor,
} from '@backhaul/sdk/canonical'
import type { CaseState, CreditState, LineState } from '../case-state.ts'
import { findCredit } from '../credits.ts'
import type { OwedCommand } from '../decision.ts'
import { type Draft, findLine, type Owed } from '../draft.ts'
import { findFulfillment, sendBackId } from '../fulfillments.ts'
import { less } from '../ledger/decimal.ts'
import { arrived, inspected, isAuthorized, isGivenUp } from '../ledger/lines.ts'
import { fitted } from '../said.ts'
import {
  arrivedLines,
  commandLines,
  creditedGoods,
  disposedGoods,
  expectedLines,
  receivedLines,
} from './command-lines.ts'
import { newsOf, saidBy, standingOf } from './standing.ts'

/** A command's body with what names it among the commands of its type. */
interface Built<T extends CommandType> {
  readonly object: string
  readonly body: CommandBody<T>
}
type Builder<T extends CommandType> = (draft: Draft, owed: Owed) => readonly Built<T>[]

/** Longest command key; the store and the neighbors take 200 characters, with a case id before it. */
const keyLength = 150

/** The commands that a draft owes, with bodies made from its state. */
export function buildCommands(draft: Draft): readonly OwedCommand[] {
  if (draft.owed.length === 0) return []
  return draft.owed.flatMap((owed) => {
    const { type, lineNos } = owed
    const build = builders[type] as Builder<CommandType>
    return build(draft, owed).map(({ object, body }) => ({
      key: fitted(`${type}:${object}`, keyLength),
      type,
      role: commandContracts[type].role,
      lineNos,
      body: tellsAbout.has(type) ? { about: aboutOf(draft.state), ...body } : body,
    }))
  })
}

/** Commands whose receiver is told of the return around them. */
const tellsAbout: ReadonlySet<CommandType> = new Set(
  commandTypes.filter((type) => 'about' in commandContracts[type].body.shape),
)

function aboutOf({ header }: CaseState): NonNullable<CommandBody<'return.record'>['about']> {
  const { company, orderRefs, customer, currency, warehouse, rmaNo } = header
  return {
    company,
    orderRefs: [...orderRefs],
    ...(customer ? { customer: idsOf(customer) } : {}),
    ...(currency === '' ? {} : { currency }),
    ...(warehouse ? { warehouse } : {}),
    ...(rmaNo ? { rmaNo } : {}),
  }
}

function idsOf({ partyId, commercialPartyId }: NonNullable<CaseState['header']['customer']>) {
  return { partyId, ...(commercialPartyId ? { commercialPartyId } : {}) }
}

/** What the system that keeps the orders is asked about a return as it stands; null where nobody could name its goods. */
export function orderQuestionOf(
  state: CaseState,
): Pick<CommandBody<'order.look_up'>, 'about' | 'lines'> | null {
  const lineNos = state.lines.map(({ lineNo }) => lineNo)
  const lines = expectedLines(state, lineNos, (line) => line.quantities.requested)
  return lines.length === 0 ? null : { about: aboutOf(state), lines }
}

const builders: { readonly [T in CommandType]: Builder<T> } = {
  'order.look_up': ({ state, event }, { lineNos }) => {
    const lines = expectedLines(state, lineNos, (line) => line.quantities.requested)
    return lines.length === 0 ? [] : [{ object: event.id, body: { lines } }]
  },
  'return.record': ({ state, event }, { lineNos }) => {
    const lines = expectedLines(state, lineNos, (line) => line.quantities.authorized)
    const { rmaNo, validUntil } = state.header
    const body = { ...(rmaNo ? { rmaNo } : {}), ...(validUntil ? { validUntil } : {}), lines }
    return lines.length === 0 ? [] : [{ object: event.id, body }]
  },
  'return.cancel': ({ event }, { lineNos }) => [{ object: event.id, body: { lineNos } }],
  'label.create': ({ state, before }, { lineNos }) =>
    state.parcels.flatMap((parcel) => {
      const isNew = parcel.status === 'awaiting_label' && !before.parcels.includes(parcel)
      if (!isNew || parcel.lines === null) return []
      const quantities = new Map(parcel.lines.map(({ lineNo, quantity }) => [lineNo, quantity]))
      const lines = commandLines(
        state,
        lineNos.filter((lineNo) => quantities.has(lineNo)),
        ({ lineNo }) => quantities.get(lineNo) ?? '0',
      )
      const { parcelId } = parcel
      const { validUntil } = state.header
      const body = { parcelId, ...(validUntil ? { validUntil } : {}), lines }
      return lines.length === 0 ? [] : [{ object: parcelId, body }]
    }),
  'label.void': ({ state, event }, { lineNos }) =>
    state.parcels
      .filter(
        ({ direction, status, lines }) =>
          direction === 'inbound' &&
          status === 'label_issued' &&
          (lines === null || lines.some(({ lineNo }) => lineNos.includes(lineNo))) &&
          (lines ?? state.lines).every(({ lineNo }) => isLineGivenUp(state, lineNo)),
      )
      .map(({ parcelId }) => ({ object: `${parcelId}:${event.id}`, body: { parcelId } })),
  'receipt.expect': ({ state, event }, { lineNos }) => {
    const lines = expectedLines(state, lineNos, (line) =>
      less(line.quantities.authorized, arrived(line)),
    )
    const { warehouse } = state.header
    const trackings = trackingsOf(state)
    const body = {
      ...(warehouse ? { warehouse } : {}),
      ...(trackings.length === 0 ? {} : { trackings }),
      lines,
    }
    return lines.length === 0 ? [] : [{ object: event.id, body }]
  },
  'receipt.cancel': ({ event }, { lineNos }) => [{ object: event.id, body: { lineNos } }],
  'receipt.record': recordReceipts,
  'receipt.reverse': ({ state }, { about }) => {
    const receipt = state.receipts.find(({ receiptId }) => receiptId === about)
    const isTold = receipt?.lines.some((line) => line.isTold) ?? false
    if (!receipt || !isTold) return []
    const { receiptId } = receipt
    const told = receipt.lines.filter((line) => line.isTold)
    return [{ object: receiptId, body: { receiptId, lines: receivedLines(state, told) } }]
  },
  'receipt.close_short': ({ state, event }, { lineNos }) => {
    const told = lineNos.filter((lineNo) => isTellable(state, lineNo))
    return told.length === 0 ? [] : [{ object: event.id, body: { lineNos: told } }]
  },
  'note.record': ({ event }) => {
    const { note } = event.data
    return note === undefined ? [] : [{ object: event.id, body: { noteId: event.id, text: note } }]
  },
  'inspection.request': ({ state, event }, { lineNos }) => {
    const lines = arrivedLines(state, lineNos, (line) => less(arrived(line), inspected(line)))
    return lines.length === 0 ? [] : [{ object: event.id, body: { lines } }]
  },
  'disposition.execute': ({ state }, { about }) => {
    const found = state.dispositions.find(({ dispositionId }) => dispositionId === about)
    if (!found) return []
    const { dispositionId } = found
    const lines = found.lines.map((disposed) => ({
      ...disposed,
      ...disposedGoods(state, disposed),
    }))
    return [{ object: dispositionId, body: { dispositionId, lines } }]
  },
  'goods.send_back': (draft, { about }) => orderOf(draft, sendBackId(about ?? ''), arrivedLines),
  'replacement.order': (draft, { about }) => orderOf(draft, about ?? '', commandLines),
  'repair.order': (draft, { about }) => orderOf(draft, about ?? '', arrivedLines),
  'credit.draft': ({ state }, { about }) => {
    const credit = findCredit(state, about ?? '')
    if (!credit) return []
    return [{ object: credit.creditId, body: draftedAs(state, credit) }]
  },
  'credit.post': ({ state }, { about }) => {
    if (about === null) return []
    const credit = findCredit(state, about)
    const approved = credit ? { credit: wireCredit(state, credit) } : {}
    return [{ object: about, body: { creditId: about, ...approved } }]
  },
  'refund.issue': ({ state }, { about }) => {
    const refund = state.refunds.find(({ refundId }) => refundId === about)
    if (!refund?.creditId || !refund.method) return []
    const { refundId, creditId, paymentId, method, amountMinor } = refund
    const amount = fromMinor(amountMinor, state.header.currency)
    const body = { refundId, creditId, ...(paymentId ? { paymentId } : {}), method, amount }
    return [{ object: refundId, body }]
  },
  'supplier_claim.submit': (draft, { about, lineNos }) => {
    const claim = draft.state.supplierClaims.find(({ claimId }) => claimId === about)
    const lines = arrivedLines(draft.state, lineNos, arrived)
    if (!claim?.vendor || lines.length === 0) return []
    const { claimId, vendor } = claim
    return [{ object: claimId, body: { claimId, vendor, lines } }]
  },
  'ticket.update': (draft) => [{ object: draft.event.id, body: newsOf(draft) }],
  'channel.update': (draft) => [{ object: draft.event.id, body: newsOf(draft) }],
  'customer.notify': ({ state, event }, { about }) => {
    const template = about ?? state.headline
    const body = { ...noticeOf(state, template), ...saidBy(event) }
    const isOnce = template === 'delayed' || template === 'delay_ended'
    // However often the history is folded anew, and by whatever event: the key is the same.
    return [{ object: isOnce ? template : `${template}:${event.id}`, body }]
  },
  // Every event is published by the shell, which knows the subscribers.
  'event.publish': () => [],
}

/** What a customer is told of a return as it stands, by the name of what says it. */
export function noticeOf(state: CaseState, template: string): CommandBody<'customer.notify'> {
  const language = state.header.customer?.language
  return {
    template,
    about: aboutOf(state),
    ...standingOf(state),
    ...(language ? { language } : {}),
  }
}

/** Parcels that are to come, or have come, to the warehouse. */
function trackingsOf({ parcels }: CaseState): string[] {
  return parcels
    .flatMap(({ direction, status, tracking }) =>
      direction === 'inbound' && status !== 'voided' && tracking !== null ? [tracking] : [],
    )
    .slice(0, 100)
}

function isLineGivenUp(state: CaseState, lineNo: number): boolean {
  const line = findLine(state, lineNo)
  return line !== undefined && isGivenUp(line)
}

/** One command for each receipt with lines of which the system of record has not been told; these are told now. */
function recordReceipts({ state }: Draft): readonly Built<'receipt.record'>[] {
  const built: Built<'receipt.record'>[] = []
  state.receipts = state.receipts.map((receipt) => {
    if (receipt.isReversed) return receipt
    const untold = receipt.lines.filter((line) => !line.isTold && isTellable(state, line.lineNo))
    if (untold.length === 0) return receipt
    const lines = receivedLines(state, untold)
    const { receiptId, warehouse } = receipt
    const object = `${receiptId}:${[...new Set(untold.map(({ lineNo }) => lineNo))].join('+')}`
    built.push({ object, body: { receiptId, ...(warehouse ? { warehouse } : {}), lines } })
    return {
      ...receipt,
      lines: receipt.lines.map((line) =>
        untold.includes(line) ? { ...line, isTold: true } : line,
      ),
    }
  })
  return built
}

function isTellable(state: CaseState, lineNo: number): boolean {
  const line = findLine(state, lineNo)
  return line !== undefined && isAuthorized(line) && line.product !== null
}

function orderOf(draft: Draft, fulfillmentId: string, linesOf: typeof commandLines) {
  const item = findFulfillment(draft.state, fulfillmentId)
  if (!item) return []
  const quantities = new Map(item.lines.map(({ lineNo, quantity }) => [lineNo, quantity]))
  const quantityOf = ({ lineNo }: LineState) => quantities.get(lineNo) ?? '0'
  const lines = linesOf(draft.state, [...quantities.keys()], quantityOf)
  return lines.length === 0 ? [] : [{ object: fulfillmentId, body: { fulfillmentId, lines } }]
}

/** What a credit asks to be drafted, as it stands in `state`. */
export function draftedAs(
  state: CaseState,
  credit: CreditState,
): Pick<CommandBody<'credit.draft'>, 'credit' | 'lines'> {
  return { credit: wireCredit(state, credit), lines: creditedGoods(state, credit) }
}

/** A credit in the words of the wire. */
export function wireCredit(
  { header: { currency } }: CaseState,
  credit: CreditState,
): CommandBody<'credit.draft'>['credit'] {
  const money = (minor: number) => fromMinor(minor, currency)
  return {
    creditId: credit.creditId,
    lines: credit.lines.map(({ lineNo, quantity, netMinor, taxMinor }) => ({
      lineNo,
      quantity,
      net: money(netMinor),
      tax: money(taxMinor),
    })),
    fees: credit.fees.map(({ kind, netMinor, taxMinor }) => ({
      kind,
      net: money(netMinor),
      tax: money(taxMinor),
    })),
    ...(credit.goodwillMinor > 0 ? { goodwill: money(credit.goodwillMinor) } : {}),
    total: money(credit.totalMinor),
    method: credit.method,
  }
}
