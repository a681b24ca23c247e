import type { MasterDataKind } from '@backhaul/sdk/canonical'
import { type Pool, withTransaction } from '../../store/database.ts'
import { markSynced } from '../../store/master-data/rows.ts'
import type { RecordAudit } from '../audit-recorder.ts'
import { readRecords } from './read-records.ts'
import { type Origin, storeRecords, type TakenRecords } from './store-records.ts'

export interface PushDeps {
  readonly pool: Pool
  readonly record: RecordAudit
}

export interface PushedRecords extends Origin {
  readonly kind: MasterDataKind
  /** At most 1,000, not checked yet. */
  readonly items: readonly unknown[]
  /** More of a first load follows: until its end, what is not there yet does not count as unknown. */
  readonly hasMore: boolean
}

/** Takes a batch that somebody sends instead of being asked for it. Safe to repeat. */
export function pushRecords(
  { pool, record }: PushDeps,
  { kind, items, hasMore, ...origin }: PushedRecords,
  by: { readonly actor: string },
): Promise<TakenRecords> {
  const batch = readRecords(kind, items)
  return withTransaction(pool, async (tx) => {
    const taken = await storeRecords(tx, batch, origin)
    if (!hasMore) await markSynced(tx, kind)
    if (taken.written > 0) {
      const { read, written, stale, refused } = taken
      const detail = { source: origin.source, read, written, stale, refused: refused.length }
      const action = 'master_data.pushed'
      await record(tx, [
        { actor: by.actor, action, objectType: 'master_data', objectId: kind, detail },
      ])
    }
    return taken
  })
}
