import type { FileRecord } from '../../mapping/reading.ts'
import type { AuditWriter } from '../../store/audit.ts'
import type { Tx } from '../../store/database.ts'
import type { InboxMessage } from '../../store/inbox.ts'
import { type Incoming, makeMessage, ofTopic, recordTopic } from '../message.ts'
import { storeForLater, takeIn } from '../take-in.ts'
import { split } from './endings.ts'
import type { Ending, Work } from './work.ts'

export interface SplitFiles {
  readonly endings: ReadonlyMap<Work, Ending>
  /** Messages that wait for the processor now. */
  readonly stored: number
}

/** So many rows go to the database in one statement. */
const recordsPerStatement = 1_000

/**
 * Makes each part of a file a message of its own, in the transaction that ends the file: parts that came
 * before, with an earlier file, are repeats, and each new one is applied, parked and tried again by itself.
 */
export async function splitFiles(
  tx: Tx,
  works: readonly Work[],
  audit: AuditWriter,
): Promise<SplitFiles> {
  const endings = new Map<Work, Ending>()
  let stored = 0
  for (const work of works) {
    if (work.reading.kind !== 'records') continue
    const { records } = work.reading
    const counts = { fresh: 0, repeats: 0, conflicts: 0 }
    for (let start = 0; start < records.length; start += recordsPerStatement) {
      const some = records.slice(start, start + recordsPerStatement)
      const taken = await takeIn(tx, recordMessages(work.message, some), audit)
      await storeForLater(tx, taken)
      const known = [...taken.known.values()]
      counts.fresh += taken.fresh.length
      counts.repeats += known.filter(({ isRepeat }) => isRepeat).length
      counts.conflicts += known.filter(({ isRepeat }) => !isRepeat).length
    }
    stored += counts.fresh
    endings.set(work, split(work, sentenceOf(records.length, counts)))
  }
  return { endings, stored }
}

function recordMessages(file: InboxMessage, records: readonly FileRecord[]): Incoming[] {
  return records.map(({ externalId, body }) => ({
    reading: { kind: 'later' },
    message: makeMessage({
      connectionId: file.connectionId,
      topic: recordTopic(file.topic),
      externalId: ofTopic(recordTopic(file.topic), externalId),
      body,
      actor: file.actor,
      owns: file.owns,
      traceparent: file.traceparent,
    }),
  }))
}

function sentenceOf(
  total: number,
  { fresh, repeats, conflicts }: { fresh: number; repeats: number; conflicts: number },
): string {
  return `A file of ${total} records: ${fresh} new, ${repeats} known, ${conflicts} known with another content.`
}
