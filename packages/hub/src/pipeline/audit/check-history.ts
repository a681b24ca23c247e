import {
  type CaseVersion,
  type HistoryPlace,
  streamCaseVersions,
  streamHistory,
} from '../../store/audit-scan.ts'
import type { Tx } from '../../store/database.ts'
import type { Report } from './finding.ts'

interface Checking {
  readonly keptSince: Date
  readonly report: Report
  /** Told now and then how many events are done. */
  readonly onEvents: (count: number) => void
}

const progressStep = 1_000

/** Finds events that no entry stands for, and cases that do not end where their history does. */
export async function checkHistory(tx: Tx, checking: Checking): Promise<void> {
  const cases = streamCaseVersions(tx)
  let next = await takeNext(cases)
  let done = 0
  for await (const places of byCase(streamHistory(tx))) {
    const [{ caseId }] = places
    for (; next !== null && next.caseId < caseId; next = await takeNext(cases)) {
      checkCase(next, [], checking)
    }
    sayInserted(places, checking.report)
    if (next?.caseId === caseId) {
      checkCase(next, places, checking)
      next = await takeNext(cases)
    } else {
      sayCaseMissing(places, checking.report)
    }
    const before = done
    done += places.length
    if (Math.floor(done / progressStep) > Math.floor(before / progressStep)) checking.onEvents(done)
  }
  for (; next !== null; next = await takeNext(cases)) checkCase(next, [], checking)
  checking.onEvents(done)
}

async function takeNext<T>(rows: AsyncGenerator<T>): Promise<T | null> {
  const { done, value } = await rows.next()
  return done === true ? null : value
}

/** The events of one case, of which there is at least one. */
type Places = readonly [HistoryPlace, ...HistoryPlace[]]

async function* byCase(events: AsyncGenerator<HistoryPlace>): AsyncGenerator<Places> {
  let places: [HistoryPlace, ...HistoryPlace[]] | null = null
  for await (const event of events) {
    if (places === null) places = [event]
    else if (places[0].caseId === event.caseId) places.push(event)
    else {
      yield places
      places = [event]
    }
  }
  if (places !== null) yield places
}

function sayInserted(places: Places, report: Report): void {
  for (const { caseId, seq, isAudited } of places) {
    if (isAudited) continue
    const detail = `No entry stands for event ${seq} of the case.`
    report({ kind: 'event_inserted', chain: null, seq, case: caseId, detail })
  }
}

function sayCaseMissing(places: Places, report: Report): void {
  const [{ caseId }] = places
  const detail = `The case is gone; its history of ${places.length} events is there.`
  report({ kind: 'case_missing', chain: null, seq: null, case: caseId, detail })
}

/** A history is the events 1 to the case's version; only the oldest may have been dropped, with their days. */
function checkCase(
  { caseId, version, createdAt }: CaseVersion,
  places: readonly HistoryPlace[],
  { keptSince, report }: Checking,
): void {
  const seqs = [...new Set(places.map(({ seq }) => seq))]
  const first = createdAt < keptSince ? (seqs[0] ?? version + 1) : 1
  const last = seqs.at(-1) ?? first - 1
  if (last === version && seqs.every((seq, index) => seq === first + index)) return
  const held = seqs.length === 0 ? 'none' : `${seqs.length}, the last with the number ${last}`
  const detail = `The case stands at version ${version}, so that it has the events ${first} to ${version}; there are ${held}.`
  report({ kind: 'case_version', chain: null, seq: null, case: caseId, detail })
}
