import type { Disposition } from '@backhaul/sdk/canonical'
import type { DispositionState, LineQuantity } from './case-state.ts'
import { type Draft, editLine, findLine, replaced } from './draft.ts'
import { raise } from './exceptions/raise.ts'
import { compare, less, normal, plus } from './ledger/decimal.ts'
import { arrived, disposed } from './ledger/lines.ts'

type DisposedLine = DispositionState['lines'][number]

const writeOffs: ReadonlySet<Disposition> = new Set([
  'scrap',
  'recycle',
  'donate',
  'hazmat_disposal',
])

/** One entry for each line and code, however the source split them. */
export function disposedLines(
  lines: readonly (LineQuantity & { readonly code: Disposition })[],
): readonly DisposedLine[] {
  const merged: DisposedLine[] = []
  for (const { lineNo, quantity, code } of lines) {
    const index = merged.findIndex((entry) => entry.lineNo === lineNo && entry.code === code)
    const known = merged[index]
    if (known) merged[index] = { ...known, quantity: plus(known.quantity, quantity) }
    else merged.push({ lineNo, quantity: normal(quantity), code })
  }
  return merged
}

/** Puts a disposition in place of `known`, and the units that are written off into the ledger. */
export function putDisposition(
  draft: Draft,
  known: DispositionState | undefined,
  next: DispositionState,
): void {
  if (known?.status === 'executed') writeOff(draft, known.lines, less)
  if (next.status === 'executed') writeOff(draft, next.lines, plus)
  draft.state.dispositions = replaced(draft.state.dispositions, known, next)
}

function writeOff(
  draft: Draft,
  lines: readonly DisposedLine[],
  change: (a: string, b: string) => string,
): void {
  for (const { lineNo, quantity, code } of lines) {
    const line = writeOffs.has(code) ? findLine(draft.state, lineNo) : undefined
    if (!line) continue
    const edited = editLine(draft, line)
    edited.quantities.writtenOff = change(edited.quantities.writtenOff, quantity)
  }
}

/**
 * Takes a line out of its dispositions, the newest first, until they no longer dispose of more than is
 * there. One that the ERP has executed already needs somebody to look at it.
 */
export function dropUncovered(draft: Draft, lineNo: number): void {
  const line = findLine(draft.state, lineNo)
  if (!line) return
  for (const entry of draft.state.dispositions.toReversed()) {
    if (compare(disposed(draft.state, lineNo), arrived(line)) <= 0) return
    if (entry.status !== 'reversed') dropLine(draft, entry, lineNo)
  }
}

/** Takes a line out of one disposition; without any line left it is reversed. */
export function dropLine(draft: Draft, known: DispositionState, lineNo: number): void {
  const lines = known.lines.filter((entry) => entry.lineNo !== lineNo)
  if (lines.length === known.lines.length) return
  if (known.status === 'executed') {
    const object = `disposition:${known.dispositionId}`
    raise(draft, { code: 'QA03', object, detail: 'its goods were never there' })
  }
  const next: DispositionState =
    lines.length === 0 ? { ...known, status: 'reversed' } : { ...known, lines }
  putDisposition(draft, known, next)
}
