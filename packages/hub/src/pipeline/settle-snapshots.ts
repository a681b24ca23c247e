import { lockCases } from '../store/cases.ts'
import { type Pool, type Tx, withTransaction } from '../store/database.ts'
import { listCasesBehind } from '../store/retention.ts'
import { takeSnapshots } from '../store/write-batch.ts'
import { currentCases } from './process/case-states.ts'

const casesAtOnce = 200

/**
 * Keeps whole every case that would lose a part of what its state is made of with this partition of
 * `case_event`. @returns how many they were.
 */
export async function settleSnapshots(pool: Pool, partition: string): Promise<number> {
  let settled = 0
  for (;;) {
    const caseIds = await listCasesBehind(pool, { partition, limit: casesAtOnce })
    if (caseIds.length === 0) return settled
    await withTransaction(pool, (tx) => settle(tx, caseIds))
    settled += caseIds.length
  }
}

async function settle(tx: Tx, caseIds: readonly string[]): Promise<void> {
  const rows = await lockCases(tx, caseIds)
  const current = await currentCases(
    tx,
    rows.map((row) => ({ row, known: undefined })),
  )
  await takeSnapshots(
    tx,
    [...current].flatMap(([caseId, one]) => {
      if (one === null) return []
      const { version, state, seen } = one
      return [{ caseId, version, snapshot: { state: JSON.stringify(state), seen } }]
    }),
  )
}
