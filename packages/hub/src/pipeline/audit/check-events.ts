import {
  type AuditedEvent,
  findAuditedEvents,
  type StoredAuditEntry,
} from '../../store/audit-scan.ts'
import type { Tx } from '../../store/database.ts'
import { contentHashOf } from '../process/content-hash.ts'
import { hashedTime, type Report } from './finding.ts'

/** An entry that stands for an event of a case. */
interface Vouching {
  readonly entry: StoredAuditEntry
  readonly seq: number
  readonly at: string
}

/**
 * Holds the events that entries stand for against what the entries vouch for. Of events older than
 * `keptSince` it is no fault that they are gone.
 *
 * @returns how many events were looked at.
 */
export async function checkEvents(
  tx: Tx,
  entries: readonly StoredAuditEntry[],
  { keptSince, report }: { readonly keptSince: Date; readonly report: Report },
): Promise<number> {
  const vouching = entries.flatMap(vouchingEntry)
  const wanted = vouching.map(({ entry, seq, at }) => ({ caseId: entry.objectId, seq, at }))
  const found = new Map((await findAuditedEvents(tx, wanted)).map((event) => [event.index, event]))
  for (const [index, { entry, seq, at }] of vouching.entries()) {
    const event = found.get(index)
    const place = { chain: entry.chainId, seq, case: entry.objectId }
    if (event === undefined) {
      if (new Date(at) < keptSince) continue
      const detail = `Entry ${entry.seq} stands for event ${seq} of the case, which is gone.`
      report({ kind: 'event_missing', ...place, detail })
    } else if (contentOf(entry.objectId, seq, event) !== entry.contentHash) {
      const detail = `Event ${seq} of the case is not what entry ${entry.seq} vouches for.`
      report({ kind: 'event_edited', ...place, detail })
    }
  }
  return found.size
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function vouchingEntry(entry: StoredAuditEntry): Vouching[] {
  const { contentHash, caseSeq, objectType, objectId } = entry
  if (contentHash === null || caseSeq === null || objectType !== 'case' || !uuid.test(objectId))
    return []
  return [{ entry, seq: caseSeq, at: hashedTime(entry.recordedAtUs) }]
}

function contentOf(caseId: string, seq: number, event: AuditedEvent): string {
  return contentHashOf({
    ...event,
    caseId,
    seq,
    recordedAt: hashedTime(event.recordedAtUs),
    occurredAt: hashedTime(event.occurredAtUs),
  })
}
