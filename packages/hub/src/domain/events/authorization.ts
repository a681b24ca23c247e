import type { EventData } from '@backhaul/sdk/canonical'
import type { LineState } from '../case-state.ts'
import { declineCredits } from '../credits.ts'
import {
  type Draft,
  editHeader,
  editLine,
  findLine,
  namedLines,
  refuse,
  repeat,
  type Verdict,
} from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { cancelPlans, planGoods } from '../fulfillments.ts'
import { feesOf } from '../ledger/amounts.ts'
import { compare, normal } from '../ledger/decimal.ts'
import { authorizable, isAuthorized, rebalance } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import { planInboundParcel } from '../parcels.ts'
import type { StampedEvent } from '../stamped-event.ts'

type Approved = EventData<'return.approved'>

/** `return.approved`: what may come back, and on which terms. Said again, it amends what was said. */
export function approve(draft: Draft, { data }: StampedEvent<'return.approved'>): Verdict {
  const lines: LineState[] = []
  for (const approved of uniqueLines(data.lines)) {
    const line = findLine(draft.state, approved.lineNo)
    if (!line) return refuse('unknown_line', `the return has no line ${approved.lineNo}`)
    const refusal = quantityRefusal(line, approved.quantity)
    if (refusal) return refusal
    lines.push(authorize(draft, line, approved))
  }
  const isSet = setTerms(draft, data)
  if (!isSet) return refuse('invalid_money', 'a fee is not in the currency of the case')
  const verdict = moveLines(draft, lines, 'authorization')
  if (verdict) return verdict
  followUp(draft, lines)
  return null
}

/** Plans what the approval brings about: the parcel that comes back, the goods that go out. */
function followUp(draft: Draft, lines: readonly LineState[]): void {
  for (const line of lines) {
    const current = findLine(draft.state, line.lineNo)
    if (!current) continue
    const edited = editLine(draft, current)
    // A line that is over was passed by: it has no authorization to have units of.
    if (!isAuthorized(edited)) edited.quantities.authorized = '0'
    rebalance(edited)
  }
  const moved = new Set(draft.moves.map(({ lineNo, axis, to }) => `${lineNo}:${axis}:${to}`))
  const has = (move: string) => lines.filter(({ lineNo }) => moved.has(`${lineNo}:${move}`))
  planInboundParcel(draft, has('transport:awaiting_label'))
  planGoods(draft, has('fulfillment:planned'))
  cancelPlans(draft, has('fulfillment:canceled'))
  draft.areCapsChanged = true
}

function uniqueLines(lines: Approved['lines']): Approved['lines'] {
  const seen = new Set<number>()
  return lines.filter(({ lineNo }) => {
    if (seen.has(lineNo)) return false
    seen.add(lineNo)
    return true
  })
}

/** A first approval cannot pass what was asked for or has come in; a later one may extend it. */
function quantityRefusal(line: LineState, quantity: string): Verdict {
  if (!isAuthorized(line) && compare(quantity, authorizable(line)) > 0) {
    return refuse('more_than_requested', `line ${line.lineNo}: more than was requested`)
  }
  if (compare(quantity, line.quantities.credited) < 0) {
    return refuse('below_credited', `line ${line.lineNo}: less than has been credited`)
  }
  return null
}

function authorize(draft: Draft, line: LineState, approved: Approved['lines'][number]): LineState {
  const edited = editLine(draft, line)
  edited.quantities.authorized = normal(approved.quantity)
  if (approved.resolution) edited.resolution = approved.resolution
  if (approved.returnRequired !== undefined) edited.returnRequired = approved.returnRequired
  if (approved.inspectionRequired !== undefined) {
    edited.inspectionRequired = approved.inspectionRequired
  }
  if (approved.supplierRecovery !== undefined) edited.supplierRecovery = approved.supplierRecovery
  if (approved.expectedSerials) edited.expectedSerials = approved.expectedSerials
  rebalance(edited)
  return edited
}

function setTerms(draft: Draft, data: Approved): boolean {
  const { header } = draft.state
  const { rmaNo, validUntil, warehouse, settlement } = data
  const fees = settlement ? feesOf(settlement.fees, header.currency) : []
  if (fees === null) return false
  editHeader(draft, {
    approvedAt: header.approvedAt ?? draft.event.occurredAt,
    ...(rmaNo ? { rmaNo } : {}),
    ...(validUntil ? { validUntil: utc(validUntil) } : {}),
    ...(warehouse ? { warehouse } : {}),
    ...(settlement
      ? { terms: { method: settlement.method, trigger: settlement.trigger, fees } }
      : {}),
  })
  return true
}

/** Times are compared as text, so all of them are in one form. */
function utc(instant: string): string {
  return new Date(instant).toISOString()
}

type LineStatement = StampedEvent<
  | 'return.review_started'
  | 'return.info_requested'
  | 'return.info_provided'
  | 'return.rejected'
  | 'return.expired'
>

/** A statement about the authorization of lines that carries nothing else. */
export function moveAuthorization(draft: Draft, { data }: LineStatement): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  return moveLines(draft, lines, 'authorization')
}

/** `return.appealed`: the customer does not accept the rejection. */
export function appeal(draft: Draft, { data }: StampedEvent<'return.appealed'>): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  const verdict = moveLines(draft, lines, 'authorization')
  if (verdict) return verdict
  for (const { lineNo, axis } of draft.moves) {
    if (axis === 'authorization') raise(draft, { code: 'CU03', object: `line:${lineNo}` })
  }
  return null
}

/** `return.canceled`: only while nothing has been shipped, received or credited. */
export function cancel(draft: Draft, { data }: StampedEvent<'return.canceled'>): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  const verdict = moveLines(draft, lines, 'authorization')
  if (verdict) return verdict
  for (const { lineNo, to } of draft.moves) {
    const line = to === 'canceled' && lineNo !== null ? findLine(draft.state, lineNo) : undefined
    if (!line || line.axes.authorization !== 'canceled') continue
    const edited = editLine(draft, line)
    edited.quantities.authorized = '0'
    rebalance(edited)
  }
  cancelPlans(draft, lines)
  declineCredits(draft)
  draft.areCapsChanged = true
  return null
}

/** `return.extended`: a new last day; an authorization that had run out stands again. */
export function extend(draft: Draft, { data }: StampedEvent<'return.extended'>): Verdict {
  const { header, lines } = draft.state
  const validUntil = utc(data.validUntil)
  if (header.validUntil === validUntil) return repeat('it is valid until then already')
  const isDecided = lines.some(isAuthorized)
  if (!isDecided) return refuse('no_transition', 'nothing is authorized that could be extended')
  editHeader(draft, { validUntil })
  for (const line of lines) {
    if (line.axes.authorization === 'expired') moveLines(draft, [line], 'authorization')
  }
  return null
}
