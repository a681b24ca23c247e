import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CaseState } from '../../domain/index.ts'
import type { Tx } from '../../store/database.ts'
import { CaseCache } from './case-cache.ts'
import { CaseDesk } from './correlate.ts'

const caseId = '01a20000-0000-7000-8000-000000000001'
const state = { headline: 'approved' } as CaseState

/** A database that has the case in version 7 and no snapshot of it, and something that happens while it is asked. */
function databaseWith(meanwhile: () => void): Tx {
  const query = async () => {
    meanwhile()
    return { rows: [{ caseId, version: 7, snapshotVersion: 0, updatedAt: new Date(0) }] }
  }
  return { query } as unknown as Tx
}

test('a case that is forgotten while its row is read keeps the state that was remembered', async () => {
  const cache = new CaseCache()
  cache.remember([{ caseId, version: 7, state, seen: 'abcdefghij', timers: null, ledgers: null }])
  const forget = (): void => {
    const others = Array.from({ length: 10_000 }, (_, index) => `other-${index}`)
    cache.remember(
      others.map((other) => ({
        caseId: other,
        version: 1,
        state,
        seen: '',
        timers: null,
        ledgers: null,
      })),
    )
  }
  const desk = new CaseDesk(databaseWith(forget), cache)
  await desk.load([{ subject: caseId, identifying: [] }])
  const found = desk.find({ subject: caseId, identifying: [] })
  assert.equal(found.kind, 'case')
  assert.deepEqual(found.kind === 'case' && found.held.state, state)
})
