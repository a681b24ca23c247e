import type { Axis, AxisState, EventType } from '@backhaul/sdk/canonical'
import type { LineState } from './case-state.ts'
import { type Draft, editLine, owe, refuse, repeat, type Verdict } from './draft.ts'
import { type GuardName, guards, refusalOf } from './guards.ts'
import { rowsOn, transitions } from './transitions/index.ts'
import type { Due, Transition } from './transitions/transition.ts'

type Step = 'moved' | 'no_row' | { readonly refusedBy: GuardName }

/**
 * Takes every line that is named along the rows of the draft's event, axis after axis. The verdict is
 * about the event's own axis; what follows on the other axes follows only from a move that is legal.
 *
 * A line from which no row leads is passed over as long as another one moves; a guard that refuses,
 * refuses the event for all lines.
 */
export function moveLines(draft: Draft, lines: readonly LineState[], own: Axis | null): Verdict {
  let moved = 0
  let stuck: LineState | null = null
  for (const line of lines) {
    const step = moveLine(draft, line, { cause: draft.event.type, own })
    if (typeof step === 'object') {
      return refuse('guard', `line ${line.lineNo}: ${refusalOf(step.refusedBy) ?? step.refusedBy}`)
    }
    if (step === 'moved') moved += 1
    else stuck ??= line
  }
  if (moved > 0 || own === null) return null
  return nothingMoved(draft.event.type, own, stuck)
}

/** Nothing could move: because all stand there already, or because no row leads on from where they stand. */
function nothingMoved(cause: EventType, own: Axis, line: LineState | null): Verdict {
  if (line === null) return refuse('no_transition', 'the case has no line that this is about')
  const state = line.axes[own]
  const isThere = targetsOf(cause, own).includes(state)
  if (isThere) return repeat(`${own} is ${state} already`)
  return refuse('no_transition', `${own} cannot go on from ${state} by ${cause}`)
}

/** Takes one line along the rows of `cause`; the answer is about the axis `own`, or any axis. */
export function moveLine(
  draft: Draft,
  line: LineState,
  { cause, own }: { readonly cause: EventType | Due; readonly own: Axis | null },
): Step {
  let result: Step = own === null ? 'moved' : 'no_row'
  for (const { axis, byState } of rowsOn(cause)) {
    const current = draft.state.lines === draft.before.lines ? line : currentOf(draft, line)
    const choice = choose(draft, current, byState.get(current.axes[axis]))
    if (choice === null || 'refusedBy' in choice) {
      if (axis === own) return choice ?? 'no_row'
      continue
    }
    take(draft, current, { axis, row: choice })
    if (axis === own) result = 'moved'
  }
  return result
}

function currentOf(draft: Draft, line: LineState): LineState {
  const guess = draft.state.lines[line.lineNo - 1]
  if (guess?.lineNo === line.lineNo) return guess
  return draft.state.lines.find(({ lineNo }) => lineNo === line.lineNo) ?? line
}

function choose(
  draft: Draft,
  line: LineState,
  rows: readonly Transition[] | undefined,
): Transition | { readonly refusedBy: GuardName } | null {
  let refusedBy: GuardName | null = null
  for (const row of rows ?? []) {
    if (row.guard === undefined) return row
    if (guards[row.guard].test({ state: draft.state, line, event: draft.event })) return row
    if (refusalOf(row.guard) !== undefined) refusedBy = row.guard
  }
  return refusedBy === null ? null : { refusedBy }
}

function take(
  draft: Draft,
  line: LineState,
  { axis, row }: { readonly axis: Axis; readonly row: Transition },
): void {
  const from = line.axes[axis]
  if (from !== row.to) {
    const edited = editLine(draft, line)
    ;(edited.axes as Record<Axis, AxisState>)[axis] = row.to
    edited.since[axis] = draft.event.occurredAt
    draft.moves.push({ lineNo: line.lineNo, axis, from, to: row.to })
  }
  for (const type of row.owes ?? []) owe(draft, type, line.lineNo)
}

const targets = new Map<string, readonly string[]>()

/** The states to which `cause` can bring an axis. */
export function targetsOf(cause: EventType, axis: Axis): readonly string[] {
  const key = `${axis}:${cause}`
  let found = targets.get(key)
  if (found === undefined) {
    const rows: readonly Transition[] = transitions[axis]
    found = [...new Set(rows.filter(({ on }) => on === cause).map(({ to }) => to))]
    targets.set(key, found)
  }
  return found
}

/** Where the transport table takes a parcel on `cause`; null when it takes it nowhere. */
export function parcelMove(
  from: AxisState<'transport'>,
  cause: EventType,
): AxisState<'transport'> | null {
  const row = transitions.transport.find(
    (entry) => entry.on === cause && entry.from.includes(from) && entry.guard === 'comesIn',
  )
  return row?.to ?? null
}
