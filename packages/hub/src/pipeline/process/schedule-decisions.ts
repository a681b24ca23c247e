import {
  type ActivePolicies,
  type CaseState,
  serialsOf,
  wantsDecision,
} from '../../domain/index.ts'
import type { Tx } from '../../store/database.ts'
import { putPolicyDue } from '../../store/policy.ts'
import { insertSerialClaims } from '../../store/related-cases.ts'
import { isTold, type OweDeps } from './owe.ts'
import type { HeldCase } from './work.ts'

export interface ScheduleDeps extends OweDeps {
  readonly policies: ActivePolicies
  readonly lookUpWaitMs: number
}

/**
 * Notes which returns of a batch a rule set has to be asked about, and when. Nothing is written where none is active.
 *
 * @returns how many.
 */
export async function scheduleDecisions(
  tx: Tx,
  deps: ScheduleDeps,
  { cases, now }: { readonly cases: readonly HeldCase[]; readonly now: Date },
): Promise<number> {
  const due = cases.flatMap((held): { caseId: string; dueAt: Date }[] => {
    const { caseId, state, events } = held
    const isDue = state !== null && wantsDecision(deps.policies, state, events)
    return isDue ? [{ caseId, dueAt: dueAt(deps, held, now) }] : []
  })
  // In one order, so that two batches cannot wait for each other.
  await putPolicyDue(
    tx,
    due.toSorted((a, b) => (a.caseId < b.caseId ? -1 : 1)),
  )
  return due.length
}

/** At once, or while the system of record has not answered what it was asked of the order, when that took too long. */
function dueAt(deps: ScheduleDeps, { state, createdAt }: HeldCase, now: Date): Date {
  const isAwaited =
    state?.header.orderLookUp === 'asked' && isTold(deps, { state, now }, 'order.look_up')
  if (!isAwaited) return now
  return new Date(Math.max(now.getTime(), createdAt.getTime() + deps.lookUpWaitMs))
}

/** Writes down the serial numbers that are new to their cases, also where nobody asks for them yet. */
export async function claimSerials(tx: Tx, cases: readonly HeldCase[]): Promise<void> {
  await insertSerialClaims(tx, cases.flatMap(newSerials))
}

function newSerials({ caseId, before, state }: HeldCase): { serial: string; caseId: string }[] {
  if (state === null || before === state || haveSameSerials(before, state)) return []
  const known = new Set(before === null ? [] : allSerials(before))
  return [...new Set(allSerials(state))]
    .filter((serial) => !known.has(serial))
    .map((serial) => ({ serial, caseId }))
}

/** The core copies what an event touches, so that what it has not touched is the same object. */
function haveSameSerials(before: CaseState | null, state: CaseState): boolean {
  if (before === null) {
    return state.receipts.length === 0 && state.lines.every((line) => hasNone(line))
  }
  return (
    before.receipts === state.receipts &&
    state.lines.every(
      ({ expectedSerials }, index) => before.lines[index]?.expectedSerials === expectedSerials,
    )
  )
}

function hasNone({ expectedSerials }: CaseState['lines'][number]): boolean {
  return expectedSerials.length === 0
}

function allSerials(state: CaseState): string[] {
  return state.lines.flatMap((line) => serialsOf({ state }, line))
}
