import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../platform/clock.ts'
import type { Pool } from '../store/database.ts'
import { isPolicyDue, listDecidedLines } from '../store/policy.ts'
import { loadCase } from './load-case.ts'

/** What the rules say is there within some hundredths of a second, unless there is much else to do. */
const withinMs = 1_000
const firstPauseMs = 5
const longestPauseMs = 50

/**
 * Waits until the rules have decided on a return that was just asked for, and the return has heard of it; or until
 * it is clear that they will not, or not soon. Holds no database connection while it waits.
 */
export async function awaitDecision(
  { pool, clock }: { readonly pool: Pool; readonly clock: Clock },
  caseId: string,
): Promise<void> {
  const endMs = clock.monotonicMs() + withinMs
  let pauseMs = firstPauseMs
  while (!(await isSettled(pool, caseId)) && clock.monotonicMs() < endMs) {
    await pause(pauseMs)
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  }
}

async function isSettled(pool: Pool, caseId: string): Promise<boolean> {
  if (await isPolicyDue(pool, caseId)) return false
  const decided = await listDecidedLines(pool, [caseId])
  if (decided.length === 0) return true
  const found = await loadCase(pool, caseId)
  const lineNos = new Set(decided.map(({ lineNo }) => lineNo))
  // Whatever is decided of a line takes it further.
  return (found?.state.lines ?? []).every(
    ({ lineNo, axes }) => !lineNos.has(lineNo) || axes.authorization !== 'requested',
  )
}
