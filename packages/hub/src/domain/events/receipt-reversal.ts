import type { ReceiptState } from '../case-state.ts'
import { dropUncovered } from '../dispositions.ts'
import {
  type Draft,
  editLine,
  findLine,
  namedLines,
  refuse,
  repeat,
  type Verdict,
} from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { compare, less, plus } from '../ledger/decimal.ts'
import { arrived, rebalance } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import type { StampedEvent } from '../stamped-event.ts'

/** `goods.receipt_reversed`: a receipt that never was, taken back with all that was built on it. */
export function reverseReceipt(
  draft: Draft,
  { data }: StampedEvent<'goods.receipt_reversed'>,
): Verdict {
  const { receipts } = draft.state
  if (receipts.some(({ receiptId }) => receiptId === data.receiptId)) {
    return repeat('the reversal is counted already')
  }
  const original = receipts.find(({ receiptId }) => receiptId === data.reversalOf)
  if (!original) return refuse('unknown_object', `no receipt ${data.reversalOf}`)
  if (original.isReversed) return repeat('the receipt is reversed already')
  for (const { lineNo, quantity } of original.lines) takeBack(draft, lineNo, quantity)
  const reversal: ReceiptState = {
    ...original,
    receiptId: data.receiptId,
    at: draft.event.occurredAt,
    reversalOf: original.receiptId,
    isReversed: true,
    said: '',
    lines: [],
  }
  draft.state.receipts = [
    ...receipts.map((entry) => (entry === original ? { ...entry, isReversed: true } : entry)),
    reversal,
  ]
  draft.areCapsChanged = true
  const lines = namedLines(
    draft.state,
    original.lines.map(({ lineNo }) => lineNo),
  )
  if (lines === null || original.lines.length === 0) return null
  draft.about = original.receiptId
  const verdict = moveLines(draft, lines, 'receipt')
  draft.about = null
  return verdict
}

function takeBack(draft: Draft, lineNo: number, quantity: string): void {
  const line = findLine(draft.state, lineNo)
  if (!line) return
  const edited = editLine(draft, line)
  edited.quantities.surplus = less(arrived(edited), quantity)
  edited.quantities.received = '0'
  edited.isUnpacked = false
  rebalance(edited)
  undoInspection(draft, edited.lineNo)
  dropUncovered(draft, edited.lineNo)
  if (compare(edited.quantities.credited, arrived(edited)) > 0) {
    raise(draft, { code: 'RX10', object: `line:${lineNo}` })
  }
}

/** An inspection of goods that were never there is void: what is left has to be looked at again. */
function undoInspection(draft: Draft, lineNo: number): void {
  const line = findLine(draft.state, lineNo)
  if (!line) return
  const { accepted, rejected } = line.quantities
  if (compare(plus(accepted, rejected), arrived(line)) <= 0) return
  forgetInspection(draft, lineNo)
}

/** Takes the results of a line out of the ledger. */
export function forgetInspection(draft: Draft, lineNo: number): void {
  const line = findLine(draft.state, lineNo)
  if (!line) return
  const edited = editLine(draft, line)
  edited.quantities.accepted = '0'
  edited.quantities.rejected = '0'
  draft.state.inspections = draft.state.inspections.map((entry) => {
    if (!entry.lines.some((result) => result.lineNo === lineNo)) return entry
    return { ...entry, lines: entry.lines.filter((result) => result.lineNo !== lineNo) }
  })
}
