import { type CaseState, type Listing, listingOf } from '../../domain/index.ts'
import type { HeadlineWrite } from '../../store/batch.ts'
import type { HeldCase } from './work.ts'

/**
 * The row by which lists find a case, where something of it changes. That it was written at all is noted once in
 * five minutes: a case has its events in bursts, and each note costs entries in several indexes.
 */
export function headlineWrites(held: HeldCase, now: Date): HeadlineWrite[] {
  const { caseId, caseSeq, state, before, updatedAt } = held
  if (state === null) return []
  const listing = listingOf(state)
  const touchedAt = touchOf(now)
  const isTouched = updatedAt !== null && touchOf(updatedAt) === touchedAt
  if (isTouched && before !== null && isSame(before, listing)) return []
  return [headlineRow({ caseId, caseSeq, state, listing, touchedAt })]
}

/** The row of a case as it stands. */
export function headlineRow(of: {
  readonly caseId: string
  readonly caseSeq: number
  readonly state: CaseState
  readonly listing: Listing
  readonly touchedAt: string
}): HeadlineWrite {
  const { caseId, caseSeq, listing, touchedAt } = of
  const { channel, company, kind } = of.state.header
  return { caseId, caseSeq, channel, company, kind, ...listing, touchedAt }
}

const touchMs = 5 * 60_000

/** Begin of the five minutes that a time lies in. */
export function touchOf(at: Date): string {
  return new Date(Math.floor(at.getTime() / touchMs) * touchMs).toISOString()
}

function isSame(before: CaseState, now: Listing): boolean {
  const was = listingOf(before)
  return (
    was.headline === now.headline &&
    was.needsReview === now.needsReview &&
    was.waitingOn === now.waitingOn &&
    was.priority === now.priority &&
    was.owner === now.owner &&
    was.slaDueAt === now.slaDueAt
  )
}
