import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { ConnectionId } from '@backhaul/sdk/canonical'
import {
  type PolledMessage,
  type PollPage,
  type PollPull,
  RetryableError,
} from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { until } from '../../../test/support/ring.ts'
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts'
import { systemClock } from '../../platform/clock.ts'
import { newId } from '../../platform/ids.ts'
import { createLogger } from '../../platform/logger.ts'
import { createPool, type Pool, withTransaction } from '../../store/database.ts'
import { takeReadyMessages } from '../../store/inbox.ts'
import { ensureSources, listSources, wakeSources } from '../../store/source-cursors.ts'
import { takeDue } from '../pages/take-page.ts'
import { createHints } from './hints.ts'
import { createPollReader } from './polls.ts'
import { type PollDeps, readablePolls, takePoll } from './take-poll.ts'

let database: TestDatabase
let pool: Pool
let page: (pull: PollPull<unknown>) => Promise<PollPage>

const log = createLogger({ level: 'silent' })
const erp = 'erp' as ConnectionId
const changes = { connectionId: erp, name: 'changes' }
const inPolls = () => ({ db: pool, kind: 'poll' }) as const

before(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, size: 8, name: 'test', log })
})
after(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(async () => {
  await pool.query(
    'truncate inbox_ready, inbox_message, inbox_dedupe, connection, hub_node cascade',
  )
  await pool.query(
    `insert into connection (connection_id, connector, title, config) values ('erp', 'test', 'ERP', '{}')`,
  )
  await ensureSources(inPolls(), readablePolls(deps()))
})

function deps(more: Partial<PollDeps> = {}): PollDeps {
  const connection = {
    id: erp,
    state: 'active',
    config: {},
    limits: { timeoutMs: 1_000 },
    fetchFor: () => () => Promise.reject(new Error('no network')),
    dialFor: () => ({ dial: noDial, end: () => undefined }),
    connector: {
      polls: {
        changes: { everySeconds: 300, pull: (pull: PollPull<unknown>) => page(pull) },
      },
    },
  }
  const connections = { get: () => connection, list: () => [connection] }
  return {
    pool,
    connections: connections as unknown as PollDeps['connections'],
    clock: systemClock,
    config: {
      http: { webhookBodyLimitBytes: 1_000 },
      polls: { pauses: [], presenceHours: 24 },
    } as unknown as PollDeps['config'],
    record: async () => undefined,
    ...more,
  }
}

function change(number: number, more: Partial<PolledMessage> = {}): PolledMessage {
  return { topic: 'picking', messageId: `change:${number}`, body: { number }, ...more }
}

/** A system with `count` changes, read by their numbers. */
function changesUpTo(count: number) {
  return async ({ cursor, limit }: PollPull<unknown>): Promise<PollPage> => {
    const from = Number(cursor ?? 0)
    const to = Math.min(count, from + limit)
    const messages = Array.from({ length: to - from }, (_, index) => change(from + index + 1))
    return { messages, cursor: String(to), hasMore: to < count }
  }
}

async function hold(more: Partial<PollDeps> = {}, isDueNow = false) {
  const sources = readablePolls(deps())
  const [held] = await takeDue(deps(more), { kind: 'poll', sources, limit: 1, isDueNow })
  return held
}

async function look(more: Partial<PollDeps> = {}) {
  const held = await hold(more, true)
  assert.ok(held)
  return takePoll(deps(more), held)
}

const status = async () => {
  const [found] = await listSources(inPolls())
  assert.ok(found)
  return found
}

/** Numbers of the changes that wait, in the order in which they are applied. */
async function waiting(): Promise<number[]> {
  const { rows } = await pool.query<{ body: Buffer }>(
    'select m.body from inbox_ready join inbox_message m using (connection_id, message_id) order by ready_id',
  )
  return rows.map(({ body }) => (JSON.parse(body.toString()) as { number: number }).number)
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('a poll', () => {
  test('takes its messages in as webhooks would be, with the cursor, and waits for its next time', async () => {
    page = changesUpTo(3)
    const taken = await look()
    assert.equal(taken.kind === 'pulled' && taken.taken.fresh, 3)
    assert.deepEqual(await waiting(), [1, 2, 3])
    const { rows } = await pool.query(
      `select connection_id, topic, external_id, actor from inbox_message order by external_id limit 1`,
    )
    assert.deepEqual(rows, [
      { connection_id: 'erp', topic: 'picking', external_id: 'change:1', actor: 'connection:erp' },
    ])
    const { state, dueAt, totalItems, totalWritten } = await status()
    assert.deepEqual([state, totalItems, totalWritten], ['waiting', 3, 3])
    assert.ok(Number(dueAt) > Date.now() + 290_000)
    assert.equal(await hold(), undefined)
  })

  test('waits as long as the site says', async () => {
    page = changesUpTo(1)
    const pauses = ['erp/other=7', 'erp/changes=30']
    const config = { ...deps().config, polls: { pauses, presenceHours: 24 } }
    await look({ config })
    const { dueAt } = await status()
    assert.ok(Math.abs(Number(dueAt) - Date.now() - 30_000) < 5_000)
  })

  test('drops what was read before, and keeps a known id with another body for a person', async () => {
    page = async () => ({ messages: [change(1), change(2)], cursor: 'a', hasMore: false })
    await look()
    page = async () => ({
      messages: [change(2), change(2), change(1, { body: { number: 9 } }), change(3)],
      cursor: 'b',
      hasMore: false,
    })
    const recorded: string[] = []
    const record: PollDeps['record'] = async (_tx, entries) => {
      recorded.push(...entries.map(({ action }) => action))
    }
    const taken = await look({ record })
    assert.ok(taken.kind === 'pulled')
    const { read, fresh, conflicts } = taken.taken
    assert.deepEqual([read, fresh, conflicts], [4, 1, 1])
    assert.deepEqual(await waiting(), [1, 2, 3])
    assert.deepEqual(recorded, ['message.conflict_kept'])
  })

  test('that was away for 1,000 changes takes all of them in, in their order', async () => {
    page = changesUpTo(1_000)
    let pages = 1
    for (let taken = await look(); taken.kind === 'pulled' && taken.hasMore; taken = await look())
      pages += 1
    assert.equal(pages, 2)
    assert.deepEqual(await waiting(), numbersTo(1_000))
  })

  test('whose process dies between reading and keeping has read nothing, and loses nothing', async () => {
    page = changesUpTo(4)
    const held = await hold()
    assert.ok(held)
    // The transaction is cut off where the cursor would move: what it had taken in goes with it.
    await pool.query(`create function refuse() returns trigger language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`)
    await pool.query(`create trigger refuse before update of cursor on poll_cursor
      for each row when (new.cursor is distinct from old.cursor) execute function refuse()`)
    await assert.rejects(takePoll(deps(), held), { code: 'DATABASE_UNAVAILABLE' })
    await pool.query('drop trigger refuse on poll_cursor; drop function refuse')
    assert.deepEqual(await waiting(), [])
    const taken = await look()
    assert.equal(taken.kind === 'pulled' && taken.taken.fresh, 4)
    assert.deepEqual(await waiting(), [1, 2, 3, 4])
  })

  test('is read by one process at a time; one that lost it keeps nothing', async () => {
    page = changesUpTo(2)
    const first = await hold()
    assert.ok(first)
    assert.equal(await hold({}, true), undefined)
    await pool.query(`update poll_cursor set held_until = now() - interval '1 second'`)
    const second = await hold({}, true)
    assert.ok(second)
    await assert.rejects(takePoll(deps(), first), { code: 'CONFLICT' })
    assert.deepEqual(await waiting(), [])
    assert.equal((await takePoll(deps(), second)).kind, 'pulled')
    assert.deepEqual(await waiting(), [1, 2])
  })

  test('of a process that is gone is free at once', async () => {
    const [alive, gone] = [newId(), newId()]
    await pool.query(
      `insert into hub_node (node_id, name, host, pid, pid_started) values ($1, 'a', 'a', 1, '1')`,
      [alive],
    )
    assert.ok(await hold({ nodeId: alive }))
    assert.equal(await hold(), undefined)
    await pool.query(`update poll_cursor set held_by = $1`, [gone])
    assert.ok(await hold())
  })

  test('keeps its cursor when it fails, and is tried again later; a hint does not hurry it, a person does', async () => {
    page = async () => {
      throw new RetryableError({ code: 'RATE_LIMITED', retryAfterMs: 60_000 })
    }
    assert.deepEqual(await look(), { kind: 'failed', code: 'RATE_LIMITED', reason: null })
    const { state, failures, lastCode, dueAt } = await status()
    assert.deepEqual([state, failures, lastCode], ['failed', 1, 'RATE_LIMITED'])
    assert.ok(Number(dueAt) > Date.now() + 50_000)
    await wakeSources(inPolls(), [changes])
    assert.equal(await hold(), undefined)
    await wakeSources(inPolls(), [changes], { isForced: true })
    assert.ok(await hold())
  })

  test('that is woken while it is read is read once more', async () => {
    page = async () => {
      await wakeSources(inPolls(), [changes])
      return { messages: [], cursor: 'a', hasMore: false }
    }
    await look()
    assert.ok(await hold(), 'is not due, though something has changed meanwhile')
  })

  const faults: Record<string, () => Promise<unknown>> = {
    'POLL_STUCK: its cursor stands still': async () => ({
      messages: [],
      cursor: null,
      hasMore: true,
    }),
    'POLL_MALFORMED: a long cursor': async () => ({
      messages: [],
      cursor: 'x'.repeat(4_001),
      hasMore: false,
    }),
    'POLL_MALFORMED: no topic': async () => pageOf({ topic: '../records#record' }),
    'POLL_MALFORMED: no id': async () => pageOf({ messageId: '' }),
    'POLL_MALFORMED: a body of nothing': async () => pageOf({ body: undefined }),
    'POLL_MALFORMED: a body that is no JSON': async () => pageOf({ body: 10n }),
    'POLL_MALFORMED: a large body': async () => pageOf({ body: 'x'.repeat(1_000) }),
    'POLL_MALFORMED: no list': async () => ({ messages: null, cursor: null, hasMore: false }),
    'CONNECTOR_DEFECT: nothing': async () => undefined,
    'CONNECTOR_DEFECT: an error of its own': () => Promise.reject(new TypeError('no such thing')),
    'TIMEOUT: an answer that never comes': () => new Promise(() => undefined),
  }
  for (const [name, answer] of Object.entries(faults)) {
    const [code = ''] = name.split(':')
    test(`that cannot be read is named ${name}, and takes nothing in`, async () => {
      page = answer as typeof page
      const taken = await look()
      assert.equal(taken.kind === 'failed' && taken.code, code)
      assert.deepEqual(await waiting(), [])
    })
  }
})

function pageOf(message: Partial<Record<keyof PolledMessage, unknown>>): unknown {
  return { messages: [change(1), { ...change(2), ...message }], cursor: 'a', hasMore: false }
}

describe('messages of a poll', () => {
  test('are taken off by one process at a time, so that none overtakes another', async () => {
    page = changesUpTo(6)
    await look()
    const [first, second] = [await pool.connect(), await pool.connect()]
    try {
      await first.query('begin')
      await second.query('begin')
      assert.equal((await takeReadyMessages(first, 2)).length, 2)
      assert.equal((await takeReadyMessages(second, 2)).length, 0)
      await first.query('rollback')
      const taken = await takeReadyMessages(second, 2)
      assert.deepEqual(
        taken.map(({ externalId }) => externalId),
        ['change:1', 'change:2'],
      )
    } finally {
      await first.query('rollback')
      await second.query('rollback')
      first.release()
      second.release()
    }
  })

  test('do not hold up what has no order', async () => {
    page = changesUpTo(3)
    await look()
    await pool.query(
      'update inbox_ready set in_order = false where ready_id = (select max(ready_id) from inbox_ready)',
    )
    await withTransaction(pool, async (first) => {
      await takeReadyMessages(first, 1)
      const others = await withTransaction(pool, (second) => takeReadyMessages(second, 10))
      assert.deepEqual(
        others.map(({ externalId }) => externalId),
        ['change:3'],
      )
    })
  })
})

describe('a reader of polls', () => {
  function reader() {
    const ended: number[] = []
    const made = createPollReader({
      ...deps(),
      log,
      onEnded: () => void ended.push(1),
      onTaken: () => undefined,
    })
    return { ...made, ended }
  }

  test('leaves changes where they are while too much waits to be applied', async () => {
    page = changesUpTo(5)
    await pool.query(
      `insert into inbox_ready (connection_id, message_id, received_at)
       select 'erp', gen_random_uuid(), now() from generate_series(1, 2000)`,
    )
    const { step, stop, ended } = reader()
    await step()
    await stop()
    assert.equal((await status()).totalItems, 0)
    await pool.query(
      'delete from inbox_ready where ready_id = (select min(ready_id) from inbox_ready)',
    )
    const next = reader()
    await next.step()
    await until(() => next.ended.length === 1)
    await next.stop()
    assert.equal(ended.length, 0)
    assert.equal((await status()).totalItems, 5)
  })

  test('that ends gives up what it reads: it is no failure, and free at once', async () => {
    let isAsked = false
    page = ({ signal }) => {
      isAsked = true
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new RetryableError({ code: 'TIMEOUT' })))
      })
    }
    const { step, stop } = reader()
    await step()
    await until(() => isAsked)
    await stop()
    const { state, failures } = await status()
    assert.deepEqual([state, failures], ['waiting', 0])
    assert.ok(await hold())
  })
})

describe('hints', () => {
  test('of a storm make the poll due once at once, and once more behind it', async () => {
    page = changesUpTo(1)
    await look()
    const written: number[] = []
    const hints = createHints({ pool, log, onWritten: () => void written.push(1) })
    for (let count = 0; count < 500; count += 1) hints.wake(changes)
    await until(() => written.length === 1)
    assert.ok(await hold())
    await until(() => written.length === 2)
    await hints.stop()
    assert.equal(written.length, 2)
  })

  test('that came last are written down when the process ends', async () => {
    page = changesUpTo(1)
    await look()
    const hints = createHints({ pool, log, onWritten: () => undefined })
    hints.wake(changes)
    await until(async () => (await hold()) !== undefined)
    await pool.query(`update poll_cursor set held_until = null, due_at = now() + interval '1 hour'`)
    hints.wake(changes)
    await hints.stop()
    assert.ok(await hold())
  })
})
