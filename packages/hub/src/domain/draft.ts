import type { CommandType } from '@backhaul/sdk/canonical'
import type {
  AxisStates,
  CaseException,
  CaseHeader,
  CaseState,
  ClaimState,
  LineState,
  Quantities,
} from './case-state.ts'
import type { Move, RaisedException, RefusalCode } from './decision.ts'
import type { StampedEvent } from './stamped-event.ts'

type Writable<T> = { -readonly [K in keyof T]: T[K] }

/** A line that may be written: a copy, never the line of the state that the draft began with. */
export type LineDraft = Writable<Omit<LineState, 'axes' | 'since' | 'quantities'>> & {
  readonly axes: Writable<AxisStates>
  readonly since: Writable<LineState['since']>
  readonly quantities: Writable<Quantities>
}

/**
 * The next state in the making: a shallow copy of the last one, of which only what an event touches is
 * copied further. A draft whose event is refused is thrown away as a whole.
 */
export interface Draft {
  readonly before: CaseState
  readonly state: Writable<CaseState>
  /** The event at hand; while a claim is accepted or a status is taken, the statement that it stands for. */
  event: StampedEvent
  /** The object for which the next rows owe their commands, where a line alone does not say it. */
  about: string | null
  readonly moves: Move[]
  readonly claims: ClaimState[]
  readonly raised: RaisedException[]
  readonly cleared: string[]
  readonly owed: Owed[]
  /** Indexes of the lines that are copies already. */
  readonly ownLines: Set<number>
  hasOwnExceptions: boolean
  /** Caps or ledgers moved: what is held as evidence may fit now. */
  areCapsChanged: boolean
}

/** A command that a row owes, for the lines that took the row; `about` names the object where the row does not. */
export interface Owed {
  readonly type: CommandType
  readonly lineNos: number[]
  readonly about: string | null
}

/** Why a handler did not take its event; null when it did. */
export type Verdict =
  | null
  | { readonly outcome: 'repeated'; readonly reason: string }
  | { readonly outcome: 'refused'; readonly code: RefusalCode; readonly reason: string }

export function refuse(code: RefusalCode, reason: string): Verdict {
  return { outcome: 'refused', code, reason }
}

export function repeat(reason: string): Verdict {
  return { outcome: 'repeated', reason }
}

export function openDraft(before: CaseState, event: StampedEvent): Draft {
  return {
    before,
    state: copyState(before),
    event,
    about: null,
    moves: [],
    claims: [],
    raised: [],
    cleared: [],
    owed: [],
    ownLines: new Set(),
    hasOwnExceptions: false,
    areCapsChanged: false,
  }
}

/** The index of a line; lines are mostly numbered 1, 2, 3, so the guess mostly fits. */
function lineIndex(state: CaseState, lineNo: number): number {
  if (state.lines[lineNo - 1]?.lineNo === lineNo) return lineNo - 1
  return state.lines.findIndex((line) => line.lineNo === lineNo)
}

export function findLine(state: CaseState, lineNo: number): LineState | undefined {
  return state.lines[lineIndex(state, lineNo)]
}

/** A writable copy of the line, which the draft then holds. */
export function editLine(draft: Draft, line: LineState): LineDraft {
  const index = lineIndex(draft.state, line.lineNo)
  const current = draft.state.lines[index] ?? line
  if (draft.ownLines.has(index)) return current
  const copy = copyLine(current)
  if (draft.ownLines.size === 0) draft.state.lines = draft.state.lines.slice()
  draft.ownLines.add(index)
  ;(draft.state.lines as LineState[])[index] = copy
  return copy
}

/**
 * Written out field by field, so that every line in memory has one hidden class, whether it was opened, parsed or
 * copied: the core reads lines more than anything else.
 */
function copyLine(line: LineState): LineDraft {
  return {
    lineNo: line.lineNo,
    product: line.product,
    unit: line.unit,
    reason: line.reason,
    fault: line.fault,
    resolution: line.resolution,
    returnRequired: line.returnRequired,
    inspectionRequired: line.inspectionRequired,
    supplierRecovery: line.supplierRecovery,
    freightPayer: line.freightPayer,
    expectedSerials: line.expectedSerials,
    expectedLots: line.expectedLots ?? [],
    orderLine: line.orderLine ?? null,
    ...(line.sourceLineRef === undefined ? {} : { sourceLineRef: line.sourceLineRef }),
    deliveredAt: line.deliveredAt,
    invoiced: line.invoiced,
    axes: copyAxes(line.axes),
    since: { ...line.since },
    quantities: copyQuantities(line.quantities),
    postedMinor: line.postedMinor,
    isUnpacked: line.isUnpacked,
  }
}

function copyAxes(axes: AxisStates): AxisStates {
  return {
    authorization: axes.authorization,
    transport: axes.transport,
    receipt: axes.receipt,
    inspection: axes.inspection,
    disposition: axes.disposition,
    settlement: axes.settlement,
    fulfillment: axes.fulfillment,
    supplierRecovery: axes.supplierRecovery,
  }
}

function copyQuantities(quantities: Quantities): Quantities {
  return {
    requested: quantities.requested,
    authorized: quantities.authorized,
    shipped: quantities.shipped,
    received: quantities.received,
    surplus: quantities.surplus,
    accepted: quantities.accepted,
    rejected: quantities.rejected,
    credited: quantities.credited,
    replaced: quantities.replaced,
    repaired: quantities.repaired,
    sentBack: quantities.sentBack,
    short: quantities.short,
    writtenOff: quantities.writtenOff,
  }
}

function copyState(state: CaseState): Writable<CaseState> {
  return {
    schema: state.schema,
    opened: state.opened,
    last: state.last,
    applied: state.applied,
    headline: state.headline,
    closedAt: state.closedAt,
    ...(state.delay === undefined ? {} : { delay: state.delay }),
    header: state.header,
    lines: state.lines,
    parcels: state.parcels,
    receipts: state.receipts,
    inspections: state.inspections,
    dispositions: state.dispositions,
    credits: state.credits,
    refunds: state.refunds,
    tenders: state.tenders,
    fulfillments: state.fulfillments,
    supplierClaims: state.supplierClaims,
    claims: state.claims,
    held: state.held,
    exceptions: state.exceptions,
    fired: state.fired,
  }
}

/** Sets fields of the header. */
export function editHeader(draft: Draft, change: Partial<CaseHeader>): void {
  draft.state.header = { ...draft.state.header, ...change }
}

/** Sets one exception. */
export function putException(draft: Draft, key: string, exception: CaseException): void {
  if (!draft.hasOwnExceptions) {
    draft.state.exceptions = { ...draft.state.exceptions }
    draft.hasOwnExceptions = true
  }
  ;(draft.state.exceptions as Record<string, CaseException>)[key] = exception
}

/** A copy of `list` in which `next` stands for `item`, or at the end when there is no `item`. */
export function replaced<T>(list: readonly T[], item: T | undefined, next: T): readonly T[] {
  if (item === undefined) return [...list, next]
  return list.map((entry) => (entry === item ? next : entry))
}

/** Notes that a command is owed about `draft.about`, once for all lines of the event. */
export function owe(draft: Draft, type: CommandType, lineNo: number | null): void {
  const { about } = draft
  let owed = draft.owed.find((entry) => entry.type === type && entry.about === about)
  if (!owed) draft.owed.push((owed = { type, lineNos: [], about }))
  if (lineNo !== null && !owed.lineNos.includes(lineNo)) owed.lineNos.push(lineNo)
}

/** The lines that a statement names, or all of them; null when it names one that is not there. */
export function namedLines(
  state: CaseState,
  lineNos: readonly number[] | undefined | null,
): readonly LineState[] | null {
  if (!lineNos || lineNos.length === 0) return state.lines
  const lines: LineState[] = []
  for (const lineNo of new Set(lineNos)) {
    const line = findLine(state, lineNo)
    if (!line) return null
    lines.push(line)
  }
  return lines
}
