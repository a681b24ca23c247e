import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { requested, scanned, startRing, type TestRing, until } from '../../../test/support/ring.ts'
import { createLogger } from '../../platform/logger.ts'
import type { Pool, Tx } from '../../store/database.ts'
import { clearLoose, raiseLoose } from '../../store/loose-exceptions.ts'
import { ChangeWatch } from './change-watch.ts'
import type { Changes, Notice } from './notice.ts'

/** It looks by itself so seldom that only the test decides when. */
const never = 3_600_000
const log = createLogger({ level: 'silent' })

const looseException = {
  key: 'MD01:source:reason:odd',
  code: 'MD01',
  object: 'vocabulary:reason',
  severity: 'warning',
  queue: 'MD',
  detail: 'A word.',
  slaMinutes: null,
} as const

interface Heard {
  readonly notices: Notice[]
  readonly stop: () => void
  /** Numbers of returns by version, as they were told. */
  readonly returns: () => string[]
  readonly position: () => string
}

describe('whoever follows the changes', () => {
  let ring: TestRing
  const watches: ChangeWatch[] = []
  before(async () => {
    ring = await startRing({ doors: 2 })
  })
  after(() => ring.close())
  afterEach(() => {
    for (const watch of watches.splice(0)) watch.close()
  })

  function startWatch(pool: Pool = ring.pool): ChangeWatch {
    const connections = { get: () => undefined }
    const watch = new ChangeWatch({ pool, connections, log, everyMs: never })
    watches.push(watch)
    return watch
  }

  async function follow(watch: ChangeWatch, from?: string): Promise<Heard> {
    const notices: Notice[] = []
    const tell = (notice: Notice): void => void notices.push(notice)
    const stop = await watch.follow({ tell, end: () => undefined }, from)
    const changes = (): Changes[] =>
      notices.flatMap((notice) => (notice.kind === 'changes' ? [notice.changes] : []))
    return {
      notices,
      stop,
      returns: () =>
        changes().flatMap(({ returns }) => returns.map((one) => `${one.id} ${one.version}`)),
      position: () => notices.at(-1)?.position ?? '',
    }
  }

  /** A transaction of another process, open until it is told to end. */
  async function openTransaction(): Promise<{ tx: Tx; commit: () => Promise<void> }> {
    const tx = await ring.pool.connect()
    await tx.query('begin')
    return {
      tx,
      async commit() {
        await tx.query('commit')
        tx.release()
      },
    }
  }

  async function isWaitedFor(): Promise<boolean> {
    const { rows } = await ring.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows.length > 0
  }

  test('hears of a return with its number, headline and version, and of nothing before that', async () => {
    await ring.send(requested('before'))
    const watch = startWatch()
    const heard = await follow(watch)
    assert.deepEqual(
      heard.notices.map(({ kind }) => kind),
      ['ready'],
    )
    await watch.look()
    assert.equal(heard.notices.length, 1)
    const { caseId, caseNo } = await ring.send(requested('after'))
    await watch.look()
    const [, notice] = heard.notices
    assert.equal(notice?.kind, 'changes')
    const [told] = notice?.kind === 'changes' ? notice.changes.returns : []
    assert.deepEqual(
      [told?.id, told?.caseNo, told?.headline, told?.version],
      [caseId, caseNo, 'requested', 1],
    )
    await watch.look()
    assert.equal(heard.notices.length, 2, 'what was told is not told again')
  })

  test('hears of what is committed late, although it was recorded before what was heard already', async () => {
    const late = await ring.send(requested('held'))
    const watch = startWatch()
    const heard = await follow(watch)
    const lock = await openTransaction()
    await lock.tx.query('select from return_case where case_id = $1 for update', [late.caseId])
    const scan = ring.send(scanned('held', 1))
    await until(isWaitedFor)
    const other = await ring.send(requested('overtakes'))
    await watch.look()
    assert.deepEqual(heard.returns(), [`${other.caseId} 1`])
    await lock.commit()
    await scan
    await watch.look()
    assert.deepEqual(heard.returns(), [`${other.caseId} 1`, `${late.caseId} 2`])
    const { rows } = await ring.pool.query<{ isOlder: boolean }>(
      `select (select max(recorded_at) from case_event where case_id = $1)
         < (select max(recorded_at) from case_event where case_id = $2) as "isOlder"`,
      [late.caseId, other.caseId],
    )
    assert.equal(rows[0]?.isOlder, true, 'by its time it comes first')
  })

  test('hears of an exception of no return that is committed late, once for each state', async () => {
    const watch = startWatch()
    const heard = await follow(watch)
    const held = await openTransaction()
    await raiseLoose(held.tx, [looseException])
    await watch.look()
    await ring.send(requested('meanwhile'))
    await watch.look()
    await held.commit()
    await watch.look()
    await watch.look()
    const clearing = await openTransaction()
    await clearLoose(clearing.tx, [looseException.key])
    await clearing.commit()
    await watch.look()
    const told = heard.notices.flatMap((notice) =>
      notice.kind === 'changes' ? notice.changes.exceptions : [],
    )
    assert.deepEqual(
      told.map(({ status }) => status),
      ['open', 'resolved'],
    )
    assert.equal(told[0]?.caseNo, null)
  })

  test('goes on where it was, on another process', async () => {
    const first = await follow(startWatch())
    first.stop()
    const { caseId } = await ring.send(requested('away'))
    await ring.send(scanned('away', 1))
    const again = await follow(startWatch(), first.position())
    assert.deepEqual(again.returns(), [`${caseId} 2`])
    const third = await follow(startWatch(), again.position())
    assert.deepEqual(third.returns(), [])
  })

  test('goes on where it was after a process has come that was not there', async () => {
    const first = await follow(startWatch())
    first.stop()
    const other = await startRing({ url: ring.pool.options.connectionString ?? '' })
    const { caseId } = await other.send(requested('elsewhere'))
    await other.close()
    const again = await follow(startWatch(), first.position())
    assert.deepEqual(again.returns(), [`${caseId} 1`])
  })

  test('reads everything anew from a place that nobody knows, or that is too long ago', async () => {
    const watch = startWatch()
    const { position } = await follow(watch)
    const old = position().replace(/^1_[^_]+/, `1_${(Date.now() - 90_000_000).toString(36)}`)
    for (const [from, reason] of [
      ['nonsense', 'unknown_position'],
      ['1_zz_zz', 'unknown_position'],
      [old, 'too_far_behind'],
    ] as const) {
      const [notice] = (await follow(watch, from)).notices
      assert.deepEqual([notice?.kind, notice?.kind === 'reset' && notice.reason], ['reset', reason])
      assert.equal(notice?.position, position())
    }
  })

  test('hears of a chain that was taken for ended', async (t) => {
    t.after(() => ring.pool.query('update audit_chain set opened_at = now()'))
    await ring.pool.query(`update audit_chain set opened_at = '2026-11-01'`)
    const watch = startWatch()
    const heard = await follow(watch)
    const { caseId } = await ring.send(requested('old-chain'))
    for (let look = 0; look < 15; look += 1) await watch.look()
    assert.deepEqual(heard.returns(), [`${caseId} 1`])
    await ring.send(scanned('old-chain', 1))
    await watch.look()
    assert.equal(heard.returns().length, 2, 'and from then on at once')
  })

  test('costs one look, however many follow, and none when all are gone', async () => {
    const asked: string[] = []
    const counting = {
      query: (given: { name?: string }, values: unknown[]) => {
        asked.push(given.name ?? 'start')
        return ring.pool.query(given as string, values)
      },
    } as unknown as Pool
    const watch = startWatch(counting)
    const heard = await Promise.all(Array.from({ length: 50 }, () => follow(watch)))
    await ring.send(requested('many'))
    await watch.look()
    assert.ok(heard.every(({ returns }) => returns().length === 1))
    assert.deepEqual(asked, ['start', 'find-moves', 'find-moves', 'list-changed'])
    for (const { stop } of heard) stop()
    assert.equal(watch.position, null)
  })
})
