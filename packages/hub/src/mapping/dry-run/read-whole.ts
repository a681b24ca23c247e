import type { CanonicalEvent, EventProblem } from '@backhaul/sdk/canonical'
import type { InboundMapping } from '../document/compile-mapping.ts'
import { type MessageToMap, mapMessage } from '../map-message.ts'
import type { Reading, UnmappedValue, UnreadableCode } from '../reading.ts'

/** What a message comes to, with all the records that it may hold. */
export interface WholeReading {
  readonly events: readonly CanonicalEvent[]
  /** Why it, or one of its records, cannot be read; null where all of it can be. */
  readonly code: UnreadableCode | null
  readonly problems: readonly EventProblem[]
  readonly unmapped: readonly UnmappedValue[]
}

/** A file says with its first records what it would say with all of them. */
const recordLimit = 500
const keptProblems = 20

/** Reads a message by a document, a file with its records. Never throws. */
export function readWhole(mapping: InboundMapping | null, message: MessageToMap): WholeReading {
  if (mapping === null) return { events: [], code: 'NO_MAPPING', problems: [], unmapped: [] }
  const reading = mapMessage(mapping, message)
  if (reading.kind !== 'records') return wholeOf([reading])
  const records = reading.records.slice(0, recordLimit)
  return wholeOf(
    records.map(({ body }) => mapMessage(mapping, { ...message, bytes: body, isRecord: true })),
  )
}

function wholeOf(readings: readonly Reading[]): WholeReading {
  const events: CanonicalEvent[] = []
  const problems: EventProblem[] = []
  const unmapped: UnmappedValue[] = []
  let code: UnreadableCode | null = null
  for (const reading of readings) {
    if (reading.kind === 'events') events.push(...reading.events)
    if (reading.kind !== 'unreadable') continue
    code ??= reading.code
    if (problems.length < keptProblems) problems.push(...reading.problems)
    if (unmapped.length < keptProblems) unmapped.push(...reading.unmapped)
  }
  return {
    events,
    code,
    problems: problems.slice(0, keptProblems),
    unmapped: unmapped.slice(0, keptProblems),
  }
}
