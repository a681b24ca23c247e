import {
  type CaseHistory,
  findUnvouchedEvents,
  listCaseHistories,
  listPartitions,
  type UnvouchedEvent,
  withReleasedLocks,
} from '../../store/audit-scan.ts'
import type { Tx } from '../../store/database.ts'
import type { Report } from './finding.ts'

interface Checking {
  readonly keptSince: Date
  readonly report: Report
  /** Told now and then how many events are done. */
  readonly onEvents: (count: number) => void
}

/** Finds events that no entry stands for, and cases that do not end where their history does. */
export async function checkHistory(tx: Tx, checking: Checking): Promise<void> {
  let done = 0
  for (const partition of await listPartitions(tx, 'case_event')) {
    const found = await withReleasedLocks(tx, () => findUnvouchedEvents(tx, partition))
    sayUnvouched(found.unvouched, checking.report)
    done += found.count
    checking.onEvents(done)
  }
  let after = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const page = await withReleasedLocks(tx, () => listCaseHistories(tx, after))
    for (const history of page) checkCase(history, checking)
    const last = page.at(-1)
    if (last === undefined) return
    after = last.caseId
  }
}

/** Of events by case. A case that is gone is said to be so once. */
function sayUnvouched(events: readonly UnvouchedEvent[], report: Report): void {
  for (const [index, { caseId, seq, isAudited, hasCase }] of events.entries()) {
    if (!isAudited) {
      const detail = `No entry stands for event ${seq} of the case.`
      report({ kind: 'event_inserted', chain: null, seq, case: caseId, detail })
    }
    if (!hasCase && events[index - 1]?.caseId !== caseId) {
      const detail = 'The case is gone; its history is there.'
      report({ kind: 'case_missing', chain: null, seq: null, case: caseId, detail })
    }
  }
}

/** A history is the events 1 to the case's version; only the oldest may have been dropped, with their days. */
function checkCase(history: CaseHistory, { keptSince, report }: Checking): void {
  const { caseId, version, createdAt, count } = history
  const mayBeCut = createdAt < keptSince
  const first = mayBeCut ? (history.first ?? version + 1) : 1
  const last = history.last ?? first - 1
  if (last === version && count === version - first + 1) return
  const held = count === 0 ? 'none' : `${count}, the last with the number ${last}`
  const detail = `The case stands at version ${version}, so that it has the events ${first} to ${version}; there are ${held}.`
  report({ kind: 'case_version', chain: null, seq: null, case: caseId, detail })
}
