import { type CommandBody, type EventData, fromMinor } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from '../case-state.ts'
import type { Draft } from '../draft.ts'
import { postedTotals } from '../ledger/credits.ts'
import { plus } from '../ledger/decimal.ts'
import { arrived } from '../ledger/lines.ts'
import { sentenceOf } from '../sentence.ts'

type News = Omit<CommandBody<'ticket.update'>, 'about' | 'target'>
type StandingLine = NonNullable<News['lines']>[number]

/** How a case stands, in the words of whoever shows it to people. */
export function standingOf(state: CaseState): Omit<News, 'customerText' | 'news' | 'response'> {
  return {
    headline: state.headline,
    sentence: sentenceOf(state),
    lines: state.lines.map((line) => standingLine(state, line)),
    ...amountsOf(state),
  }
}

/** The same with what made it news. */
export function newsOf({ state, event }: Draft): News {
  return {
    ...standingOf(state),
    news: event.type,
    ...saidBy(event),
    ...parcelsOf({ state, event }),
  }
}

function standingLine(state: CaseState, line: LineState): StandingLine {
  const { lineNo, sourceLineRef, orderLine, product, unit, quantities, axes } = line
  const dispositions = executedOf(state, lineNo)
  return {
    lineNo,
    ...(sourceLineRef === undefined ? {} : { sourceLineRef }),
    ...(orderLine ? { orderLine } : {}),
    ...(product ? { product } : {}),
    unit,
    requested: quantities.requested,
    authorized: quantities.authorized,
    received: arrived(line),
    accepted: quantities.accepted,
    rejected: quantities.rejected,
    credited: quantities.credited,
    axes: { ...axes },
    ...(dispositions.length === 0 ? {} : { dispositions }),
  }
}

/** One entry for each code, over all dispositions that are done. */
function executedOf(
  { dispositions }: CaseState,
  lineNo: number,
): NonNullable<StandingLine['dispositions']> {
  const byCode = new Map<NonNullable<StandingLine['dispositions']>[number]['code'], string>()
  for (const { status, lines } of dispositions) {
    if (status !== 'executed') continue
    for (const line of lines) {
      if (line.lineNo !== lineNo) continue
      byCode.set(line.code, plus(byCode.get(line.code) ?? '0', line.quantity))
    }
  }
  return [...byCode].map(([code, quantity]) => ({ code, quantity }))
}

/** Nothing is said of money before there is any. */
function amountsOf(state: CaseState): Pick<News, 'credited' | 'refunded'> {
  const { currency } = state.header
  const { totalMinor } = postedTotals(state)
  const refundedMinor = state.refunds.reduce(
    (total, { status, amountMinor }) => (status === 'settled' ? total + amountMinor : total),
    0,
  )
  return {
    ...(totalMinor > 0 ? { credited: fromMinor(totalMinor, currency) } : {}),
    ...(refundedMinor > 0 ? { refunded: fromMinor(refundedMinor, currency) } : {}),
  }
}

/** What whoever decided said beside it. */
export function saidBy({ data }: Draft['event']): Pick<News, 'customerText' | 'response'> {
  const { customerText, response } = data as Pick<News, 'customerText' | 'response'>
  return {
    ...(customerText === undefined ? {} : { customerText }),
    ...(response === undefined ? {} : { response }),
  }
}

/** Where a label lies is in the news of it and nowhere else: the case keeps no links. */
function parcelsOf({ state, event }: Pick<Draft, 'state' | 'event'>): Pick<News, 'parcels'> {
  const label = event.type === 'label.issued' ? (event.data as EventData<'label.issued'>) : null
  const parcels = state.parcels
    .filter(({ direction, status }) => direction === 'inbound' && status !== 'voided')
    .map(({ parcelId, carrier, tracking }) => ({
      ...(carrier === null ? {} : { carrier }),
      ...(tracking === null ? {} : { tracking }),
      ...(label?.label?.url && label.parcel.parcelId === parcelId
        ? { labelUrl: label.label.url }
        : {}),
    }))
    .filter(({ tracking, labelUrl }) => tracking !== undefined || labelUrl !== undefined)
    .slice(0, 100)
  return parcels.length === 0 ? {} : { parcels }
}
