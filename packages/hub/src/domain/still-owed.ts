import type { CommandBody, CommandType } from '@backhaul/sdk/canonical'
import type { CaseState, CreditState } from './case-state.ts'
import { findCredit } from './credits.ts'
import type { OwedCommand } from './decision.ts'
import { findLine } from './draft.ts'
import type { Folded } from './fold.ts'
import { findFulfillment } from './fulfillments.ts'
import { isLive, limitsOf, unitsIn } from './ledger/credits.ts'
import { compare, plus } from './ledger/decimal.ts'
import {
  isAuthorized,
  isGivenUp,
  isWithdrawn,
  settleable,
  waitsForDecision,
} from './ledger/lines.ts'
import { minorOf, sum } from './ledger/minor.ts'
import { toleranceMinor } from './ledger/payments.ts'
import { draftedAs } from './obligations/commands.ts'

/** A command of the case that was handed to the outbox before. */
export interface IssuedCommand {
  readonly type: string
  readonly key: string
  readonly body: unknown
}

type Check<T extends CommandType> = (
  view: {
    readonly state: CaseState
    readonly lineNos: readonly number[]
    readonly issued: readonly IssuedCommand[]
  },
  body: CommandBody<T>,
) => boolean

/**
 * Of everything that a fold came upon, what is to be sent at the end of the history: what was not sent before and
 * still makes sense (a label for a return that has been canceled since does not), with what is left of it. `issued`
 * are the commands that were issued before the history was folded anew: money is not asked for again under another key.
 */
export function stillOwed(
  { owed, state }: Folded,
  issued: readonly IssuedCommand[],
): OwedCommand[] {
  if (state === null) return []
  const known = new Set(issued.map(({ key }) => key))
  return owed
    .filter(({ key }) => !known.has(key))
    .map((command) => asItStands(command, state))
    .filter((command) => isStillOwed(command, state, issued))
}

/** A credit that was planned for more units than are left of it, since others were drafted in between, is asked for what is left. */
function asItStands(command: OwedCommand, state: CaseState): OwedCommand {
  if (command.type !== 'credit.draft') return command
  const body = command.body as CommandBody<'credit.draft'>
  const credit = findCredit(state, body.credit.creditId)
  if (credit?.status !== 'approved') return command
  return { ...command, body: { ...body, ...draftedAs(state, credit) } }
}

/** Commands on which what was issued before decides, too: see `withinIssued`. */
export const moneyCommands: readonly CommandType[] = ['credit.draft', 'credit.post', 'refund.issue']

/**
 * What is owed by an event in its order, without the money that was asked for before. A history that was folded anew
 * can have lost what a neighbor is still at work on, or share a refund out otherwise: the state alone would ask again.
 */
export function withinIssued(
  owed: readonly OwedCommand[],
  state: CaseState,
  issued: readonly IssuedCommand[],
): OwedCommand[] {
  return owed.filter(
    (command) => !moneyCommands.includes(command.type) || isStillOwed(command, state, issued),
  )
}

/** Whether a command that a fold came upon still makes sense in the state at the end of the history. */
export function isStillOwed(
  { type, lineNos, body }: OwedCommand,
  state: CaseState,
  issued: readonly IssuedCommand[] = [],
): boolean {
  const check = checks[type] as Check<CommandType>
  return check({ state, lineNos, issued }, body)
}

const checks: { readonly [T in CommandType]: Check<T> } = {
  'order.look_up': ({ state, lineNos }) =>
    state.header.orderLookUp === 'asked' && someLine(state, lineNos, waitsForDecision),
  'return.record': ({ state, lineNos }) => someLine(state, lineNos, isAuthorized),
  'return.cancel': ({ state, lineNos }) => someLine(state, lineNos, isWithdrawn),
  'label.create': ({ state }, { parcelId }) => parcelStatus(state, parcelId) === 'awaiting_label',
  'label.void': ({ state, lineNos }, { parcelId }) =>
    parcelStatus(state, parcelId) === 'label_issued' && someLine(state, lineNos, isGivenUp),
  'receipt.expect': ({ state, lineNos }) =>
    someLine(
      state,
      lineNos,
      ({ axes }) => axes.receipt === 'expected' || axes.receipt === 'partially_received',
    ),
  'receipt.cancel': ({ state, lineNos }) =>
    someLine(state, lineNos, ({ axes }) => axes.receipt === 'not_required'),
  'receipt.record': ({ state }, { receiptId }) => isStanding(state, receiptId),
  'receipt.reverse': ({ state }, { receiptId }) => !isStanding(state, receiptId),
  'receipt.close_short': ({ state, lineNos }) =>
    someLine(state, lineNos, ({ axes }) => axes.receipt === 'closed_short'),
  'note.record': () => true,
  'inspection.request': ({ state, lineNos }) =>
    someLine(
      state,
      lineNos,
      ({ axes }) => axes.inspection === 'pending' || axes.inspection === 'reinspect',
    ),
  'disposition.execute': ({ state }, { dispositionId }) =>
    state.dispositions.some(
      (entry) => entry.dispositionId === dispositionId && entry.status === 'approved',
    ),
  'credit.draft': ({ state, issued }, { credit }) =>
    findCredit(state, credit.creditId)?.status === 'approved' &&
    !isDraftedBeyondDue(state, credit, issued),
  'credit.post': ({ state, issued }, { creditId }) => {
    const credit = findCredit(state, creditId)
    return credit?.status === 'drafted' && !isPostedBeyondCap(state, credit, issued)
  },
  'refund.issue': ({ state, issued }, body) =>
    state.refunds.some(
      ({ refundId, status }) => refundId === body.refundId && status === 'asked',
    ) && !isPaidBeyondCredit(state, body, issued),
  'replacement.order': ({ state }, { fulfillmentId }) => isPlanned(state, fulfillmentId),
  'repair.order': ({ state }, { fulfillmentId }) => isPlanned(state, fulfillmentId),
  'goods.send_back': ({ state }, { fulfillmentId }) => isPlanned(state, fulfillmentId),
  'supplier_claim.submit': ({ state }, body) =>
    state.supplierClaims.some(
      ({ claimId, status }) => claimId === body.claimId && status === 'candidate',
    ),
  'ticket.update': ({ state }, { headline }) => state.headline === headline,
  'channel.update': ({ state }, { headline }) => state.headline === headline,
  'customer.notify': ({ state }, { headline }) => state.headline === headline,
  'event.publish': () => true,
}

type Line = CaseState['lines'][number]

function someLine(
  state: CaseState,
  lineNos: readonly number[],
  test: (line: Line) => boolean,
): boolean {
  return lineNos.some((lineNo) => {
    const line = findLine(state, lineNo)
    return line !== undefined && test(line)
  })
}

function parcelStatus({ parcels }: CaseState, id: string): string | undefined {
  return parcels.find(({ parcelId }) => parcelId === id)?.status
}

function isStanding({ receipts }: CaseState, id: string): boolean {
  return receipts.some(({ receiptId, isReversed }) => receiptId === id && !isReversed)
}

function isPlanned(state: CaseState, fulfillmentId: string): boolean {
  return findFulfillment(state, fulfillmentId)?.status === 'planned'
}

type WireCredit = CommandBody<'credit.draft'>['credit']

/** Together with what was sent to be drafted, it would be more units than are due. What was drafted answers in the history, and the rest is planned anew. */
function isDraftedBeyondDue(
  state: CaseState,
  credit: WireCredit,
  issued: readonly IssuedCommand[],
): boolean {
  const others = issued
    .flatMap(({ type, body }) =>
      type === 'credit.draft' ? [(body as CommandBody<'credit.draft'>).credit] : [],
    )
    .filter(({ creditId }) => creditId !== credit.creditId && !isDead(state, creditId))
  return credit.lines.some(({ lineNo, quantity }) => {
    const line = findLine(state, lineNo)
    const total = plus(quantity, unitsIn(others, lineNo))
    return line === undefined || compare(total, settleable(state, line)) > 0
  })
}

/**
 * Together with what was sent to be posted, it would be more units than can be credited. A draft that is heard of long
 * after it was asked for can have been lost from a history that was folded anew in between, and planned a second time.
 */
function isPostedBeyondCap(
  state: CaseState,
  credit: CreditState,
  issued: readonly IssuedCommand[],
): boolean {
  const asked = new Set<string>()
  for (const { type, body } of issued) {
    if (type === 'credit.post') asked.add((body as CommandBody<'credit.post'>).creditId)
  }
  const others = state.credits.filter(
    (other) => other !== credit && asked.has(other.creditId) && isLive(other),
  )
  return credit.lines.some(({ lineNo, quantity }) => {
    const line = findLine(state, lineNo)
    const total = plus(quantity, unitsIn(others, lineNo))
    return line !== undefined && compare(total, limitsOf(line).quantity) > 0
  })
}

function isDead(state: CaseState, creditId: string): boolean {
  const credit = findCredit(state, creditId)
  return credit !== undefined && !isLive(credit)
}

function isPaidBeyondCredit(
  state: CaseState,
  { refundId: own, creditId, amount }: CommandBody<'refund.issue'>,
  issued: readonly IssuedCommand[],
): boolean {
  const { currency } = state.header
  let total = minorOf(amount, currency) ?? 0
  for (const { type, body } of issued) {
    if (type !== 'refund.issue') continue
    const other = body as CommandBody<'refund.issue'>
    const isFailed = state.refunds.some(
      ({ refundId, status }) => refundId === other.refundId && status === 'failed',
    )
    if (other.creditId === creditId && other.refundId !== own && !isFailed)
      total = sum(total, minorOf(other.amount, currency) ?? 0)
  }
  return total > (findCredit(state, creditId)?.totalMinor ?? 0) + toleranceMinor
}
