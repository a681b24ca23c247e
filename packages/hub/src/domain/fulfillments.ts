import type { CaseState, FulfillmentState, LineQuantity, LineState } from './case-state.ts'
import { type Draft, editLine, findLine, replaced } from './draft.ts'
import { isZero, less, normal, plus, smaller } from './ledger/decimal.ts'
import { arrived } from './ledger/lines.ts'
import { derivedId } from './said.ts'

type Kind = FulfillmentState['kind']

/** Plans what goes out for lines that an approval has agreed goods for: one plan for each kind. */
export function planGoods(draft: Draft, lines: readonly LineState[]): void {
  for (const kind of ['replacement', 'repair'] as const) {
    const ofKind = lines.filter(
      ({ resolution }) => (resolution === 'repair') === (kind === 'repair'),
    )
    const [first] = ofKind
    if (!first) continue
    putFulfillment(draft, undefined, {
      ...newFulfillment(`${kind}-${first.lineNo}`, kind),
      lines: ofKind.map((line) => ({ lineNo: line.lineNo, quantity: outstanding(line) })),
    })
  }
}

/** Plans the way back to the customer of units that an approved disposition sends there. */
export function planSendBack(
  draft: Draft,
  dispositionId: string,
  lines: readonly LineQuantity[],
): void {
  if (lines.length === 0) return
  const fulfillmentId = sendBackId(dispositionId)
  if (findFulfillment(draft.state, fulfillmentId)) return
  putFulfillment(draft, undefined, {
    ...newFulfillment(fulfillmentId, 'send_back'),
    isAsked: true,
    lines: lines.map(({ lineNo, quantity }) => ({ lineNo, quantity })),
  })
}

/** What the hub calls the way back of the units of a disposition. */
export function sendBackId(dispositionId: string): string {
  return derivedId('send-back', dispositionId)
}

export function newFulfillment(fulfillmentId: string, kind: Kind): FulfillmentState {
  return {
    fulfillmentId,
    kind,
    status: 'planned',
    lines: [],
    isAsked: false,
    dueAt: null,
    isCounted: false,
  }
}

export function findFulfillment(state: CaseState, id: string): FulfillmentState | undefined {
  return state.fulfillments.find(({ fulfillmentId }) => fulfillmentId === id)
}

export function putFulfillment(
  draft: Draft,
  known: FulfillmentState | undefined,
  next: FulfillmentState,
): void {
  draft.state.fulfillments = replaced(draft.state.fulfillments, known, next)
}

/** Units of a line that were authorized, and made good neither with goods nor with money yet. */
export function outstanding({ quantities }: LineState): string {
  const { authorized, replaced: swapped, repaired, credited } = quantities
  return less(authorized, plus(plus(swapped, repaired), credited))
}

/** A new approval agrees money for lines for which goods had been planned: the plan is off. */
export function cancelPlans(draft: Draft, lines: readonly LineState[]): void {
  const numbers = new Set(lines.map(({ lineNo }) => lineNo))
  for (const item of draft.state.fulfillments) {
    if (item.status !== 'planned' || !item.lines.some(({ lineNo }) => numbers.has(lineNo))) continue
    const left = item.lines.filter(({ lineNo }) => !numbers.has(lineNo))
    putFulfillment(
      draft,
      item,
      left.length > 0 ? { ...item, lines: left } : { ...item, status: 'canceled' },
    )
  }
}

/** Puts what went out into the ledger, once, and never more than there is to replace, repair or send back. */
export function countFulfillment(draft: Draft, item: FulfillmentState): FulfillmentState {
  if (item.isCounted) return item
  const lines = item.lines.map(({ lineNo, quantity }) => {
    const line = findLine(draft.state, lineNo)
    if (!line) return { lineNo, quantity: '0' }
    const counted = smaller(normal(quantity), countable(line, item.kind))
    if (!isZero(counted)) addTo(draft, line, { kind: item.kind, quantity: counted })
    return { lineNo, quantity: counted }
  })
  return { ...item, lines, isCounted: true }
}

function countable(line: LineState, kind: Kind): string {
  return kind === 'send_back' ? less(arrived(line), line.quantities.sentBack) : outstanding(line)
}

function addTo(
  draft: Draft,
  line: LineState,
  { kind, quantity }: { readonly kind: Kind; readonly quantity: string },
): void {
  const { quantities } = editLine(draft, line)
  if (kind === 'send_back') quantities.sentBack = plus(quantities.sentBack, quantity)
  else if (kind === 'repair') quantities.repaired = plus(quantities.repaired, quantity)
  else quantities.replaced = plus(quantities.replaced, quantity)
}
