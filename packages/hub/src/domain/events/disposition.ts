import { dispositionCodes, type EventData } from '@backhaul/sdk/canonical'
import type { DispositionState } from '../case-state.ts'
import { disposedLines, dropLine, putDisposition } from '../dispositions.ts'
import { type Draft, findLine, namedLines, refuse, repeat, type Verdict } from '../draft.ts'
import { raise } from '../exceptions/raise.ts'
import { planSendBack } from '../fulfillments.ts'
import { compare, plus } from '../ledger/decimal.ts'
import { arrived, disposed } from '../ledger/lines.ts'
import { moveLines } from '../move.ts'
import { fingerprint } from '../said.ts'
import type { StampedEvent } from '../stamped-event.ts'

type Lines = DispositionState['lines']

/** `disposition.proposed`: takes the place of what an inspection had proposed for the same lines. */
export function proposeDisposition(
  draft: Draft,
  { data }: StampedEvent<'disposition.proposed'>,
): Verdict {
  const known = find(draft, data.dispositionId)
  const said = fingerprint([data.lines])
  if (known) {
    return known.said === said
      ? repeat('the disposition is proposed already')
      : refuse('conflicting_repeat', 'the disposition was proposed with other lines')
  }
  const lines = disposedLines(data.lines)
  for (const { lineNo } of lines) {
    for (const entry of draft.state.dispositions) {
      if (entry.isDerived && entry.status === 'proposed') dropLine(draft, entry, lineNo)
    }
  }
  const refusal = coverRefusal(draft, data.dispositionId, lines)
  if (refusal) return refusal
  const { dispositionId } = data
  putDisposition(draft, undefined, {
    dispositionId,
    status: 'proposed',
    isDerived: false,
    said,
    lines,
  })
  return moveTheirLines(draft, lines)
}

/** `disposition.approved`: the ERP is to execute it; what goes back to the customer is planned. */
export function approveDisposition(
  draft: Draft,
  { data }: StampedEvent<'disposition.approved'>,
): Verdict {
  const known = find(draft, data.dispositionId)
  if (!known) return refuse('unknown_object', `no disposition ${data.dispositionId}`)
  if (known.status === 'reversed') return refuse('no_transition', 'the disposition is reversed')
  if (known.status !== 'proposed') return repeat(`the disposition is ${known.status} already`)
  putDisposition(draft, known, { ...known, status: 'approved' })
  draft.about = known.dispositionId
  const verdict = moveTheirLines(draft, known.lines)
  draft.about = null
  if (verdict) return verdict
  const back = known.lines.filter(({ code }) => dispositionCodes[code].followOn === 'send_back')
  planSendBack(draft, known.dispositionId, back)
  return null
}

/** `disposition.executed`: the stock effect is booked, as it was approved or otherwise. */
export function executeDisposition(
  draft: Draft,
  { data }: StampedEvent<'disposition.executed'>,
): Verdict {
  const known = find(draft, data.dispositionId)
  const lines = data.lines && data.lines.length > 0 ? disposedLines(data.lines) : known?.lines
  if (!lines) return refuse('unknown_object', `no disposition ${data.dispositionId}`)
  if (known?.status === 'executed') return repeat('the disposition is executed already')
  if (known?.status === 'reversed') return refuse('no_transition', 'the disposition is reversed')
  const refusal = coverRefusal(draft, data.dispositionId, lines)
  if (refusal) return refusal
  putDisposition(draft, known, {
    dispositionId: data.dispositionId,
    status: 'executed',
    isDerived: false,
    said: known?.said ?? '',
    lines,
  })
  if (known && !isSame(known.lines, lines)) {
    const object = `disposition:${data.dispositionId}`
    raise(draft, { code: 'QA03', object, detail: 'executed otherwise than proposed' })
  }
  return moveTheirLines(draft, lines)
}

/** `disposition.reversed`. */
export function reverseDisposition(
  draft: Draft,
  { data }: StampedEvent<'disposition.reversed'>,
): Verdict {
  const known = find(draft, data.dispositionId)
  if (!known) return refuse('unknown_object', `no disposition ${data.dispositionId}`)
  if (known.status === 'reversed') return repeat('the disposition is reversed already')
  putDisposition(draft, known, { ...known, status: 'reversed' })
  return moveTheirLines(draft, known.lines)
}

function find({ state }: Draft, dispositionId: EventData<'disposition.approved'>['dispositionId']) {
  return state.dispositions.find((entry) => entry.dispositionId === dispositionId)
}

function moveTheirLines(draft: Draft, disposedOf: Lines): Verdict {
  const lines = namedLines(
    draft.state,
    disposedOf.map(({ lineNo }) => lineNo),
  )
  if (!lines) return refuse('unknown_line', 'the return has no such line')
  return moveLines(draft, lines, 'disposition')
}

/** No more can be disposed of than has come in. */
function coverRefusal(draft: Draft, dispositionId: string, lines: Lines): Verdict {
  const totals = new Map<number, string>()
  for (const { lineNo, quantity } of lines) {
    totals.set(
      lineNo,
      plus(totals.get(lineNo) ?? disposed(draft.state, lineNo, dispositionId), quantity),
    )
  }
  for (const [lineNo, total] of totals) {
    const line = findLine(draft.state, lineNo)
    if (!line) return refuse('unknown_line', `the return has no line ${lineNo}`)
    if (compare(total, arrived(line)) > 0) {
      return refuse('more_than_received', `line ${lineNo}: more is disposed of than has come in`)
    }
  }
  return null
}

function isSame(a: Lines, b: Lines): boolean {
  const text = (lines: Lines) =>
    lines
      .map(({ lineNo, quantity, code }) => `${lineNo}:${code}:${quantity}`)
      .toSorted()
      .join()
  return text(a) === text(b)
}
