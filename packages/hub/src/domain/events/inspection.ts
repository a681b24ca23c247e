import { type EventData, type Reason, reasonCodes } from '@backhaul/sdk/canonical'
import type { DispositionState, LineState } from '../case-state.ts'
import { disposedLines, dropLine, putDisposition } from '../dispositions.ts'
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
import { compare, isZero, less, normal, plus, smaller } from '../ledger/decimal.ts'
import { arrived, disposed, inspected } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import { derivedId, fingerprint } from '../said.ts'
import type { StampedEvent } from '../stamped-event.ts'
import { forgetInspection } from './receipt-reversal.ts'

type Completed = EventData<'inspection.completed'>
type Result = Completed['lines'][number]

/** `inspection.started`. */
export function startInspection(
  draft: Draft,
  { data }: StampedEvent<'inspection.started'>,
): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  return moveLines(draft, lines, 'inspection')
}

/** `inspection.completed`: what was found, for all of what has come in or for a part of it. */
export function completeInspection(
  draft: Draft,
  { data }: StampedEvent<'inspection.completed'>,
): Verdict {
  const { inspections } = draft.state
  const said = fingerprint([data.lines])
  const known = inspections.find(({ inspectionId }) => inspectionId === data.inspectionId)
  if (known) {
    return known.said === said
      ? repeat('the inspection is counted already')
      : refuse('conflicting_repeat', 'the inspection was reported with other results')
  }
  for (const result of data.lines) {
    const refusal = addResult(draft, result)
    if (refusal) return refusal
  }
  draft.state.inspections = [
    ...inspections,
    {
      inspectionId: data.inspectionId,
      said,
      lines: data.lines.map(({ lineNo, accepted, rejected }) => ({
        lineNo,
        accepted: normal(accepted),
        rejected: normal(rejected),
      })),
    },
  ]
  const lines = namedLines(
    draft.state,
    data.lines.map(({ lineNo }) => lineNo),
  )
  proposeDispositions(draft, data)
  checkFindings(draft, data)
  return lines === null ? null : moveLines(draft, lines, 'inspection')
}

function addResult(draft: Draft, result: Result): Verdict {
  const line = findLine(draft.state, result.lineNo)
  if (!line) return refuse('unknown_line', `the return has no line ${result.lineNo}`)
  const edited = editLine(draft, line)
  const { quantities } = edited
  // Goods that needed no inspection had been accepted as they came; what was found now counts.
  if (edited.axes.inspection === 'not_required') quantities.accepted = '0'
  quantities.accepted = plus(quantities.accepted, result.accepted)
  quantities.rejected = plus(quantities.rejected, result.rejected)
  if (result.fault) edited.fault = result.fault === 'own_warehouse' ? 'seller' : result.fault
  if (compare(inspected(edited), arrived(edited)) <= 0) return null
  return refuse('more_than_received', `line ${result.lineNo}: more was inspected than has come in`)
}

/** Turns the inspector's proposals into one disposition, for units that have none yet. */
function proposeDispositions(draft: Draft, data: Completed): void {
  const lines: DispositionState['lines'][number][] = []
  for (const { lineNo, proposed, accepted, rejected } of data.lines) {
    const line = findLine(draft.state, lineNo)
    if (!line || proposed === undefined) continue
    // An inspector may tell of one line in several parts: each takes of what the others have left.
    const mine = lines.filter((one) => one.lineNo === lineNo)
    const taken = mine.reduce((sum, one) => plus(sum, one.quantity), disposed(draft.state, lineNo))
    const quantity = smaller(plus(accepted, rejected), less(arrived(line), taken))
    if (!isZero(quantity)) lines.push({ lineNo, quantity, code: proposed })
  }
  if (lines.length === 0) return
  const dispositionId = derivedId('inspection', data.inspectionId)
  if (draft.state.dispositions.some((entry) => entry.dispositionId === dispositionId)) return
  putDisposition(draft, undefined, {
    dispositionId,
    status: 'proposed',
    isDerived: true,
    said: '',
    lines: disposedLines(lines),
  })
}

const faultReasons: ReadonlySet<Reason> = new Set([
  'defective_store_inspection',
  'defective_packaging',
  'defective_consumer',
  'poor_workmanship',
  'damaged_in_transit',
  'missing_parts',
  'warranty_failure',
])

function checkFindings(draft: Draft, data: Completed): void {
  const object = `inspection:${data.inspectionId}`
  const contradicting = data.lines.filter(({ lineNo, finding }) =>
    isContradicting(findLine(draft.state, lineNo), finding),
  )
  const [first] = contradicting
  if (first) {
    const line = findLine(draft.state, first.lineNo)
    const reason = line?.reason ? reasonCodes[line.reason].title : ''
    raise(draft, { code: 'QA02', object, detail: `line ${first.lineNo}: not found: ${reason}` })
  }
  if (data.lines.some(({ missingParts }) => missingParts)) raise(draft, { code: 'RX08', object })
}

function isContradicting(line: LineState | undefined, finding: Result['finding']): boolean {
  if (finding !== 'not_defective' && finding !== 'item_as_ordered') return false
  if (!line?.reason) return false
  return (
    faultReasons.has(line.reason) ||
    (finding === 'item_as_ordered' && line.reason === 'wrong_goods')
  )
}

/** `inspection.reopened`: the results no longer count; the goods are looked at again. */
export function reopenInspection(
  draft: Draft,
  { data }: StampedEvent<'inspection.reopened'>,
): Verdict {
  const lines = namedLines(draft.state, data.lineNos)
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  const reopened = lines.filter(({ axes }) => isReopenable(axes.inspection))
  for (const { lineNo } of reopened) {
    forgetInspection(draft, lineNo)
    for (const entry of draft.state.dispositions) {
      if (entry.isDerived && entry.status === 'proposed') dropLine(draft, entry, lineNo)
    }
  }
  return moveLines(draft, lines, 'inspection')
}

function isReopenable(state: LineState['axes']['inspection']): boolean {
  return state === 'in_progress' || state === 'passed' || state === 'failed' || state === 'mixed'
}
