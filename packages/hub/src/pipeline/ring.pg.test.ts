import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Delivery, RetryableError, TerminalError, UnknownOutcomeError } from '@backhaul/sdk'
import { requested, scanned, startRing, type TestRing, until } from '../../test/support/ring.ts'
import { withTransaction } from '../store/database.ts'
import { releaseLeases } from '../store/outbox.ts'
import { loadCase } from './load-case.ts'

/** One row of one column. */
async function value<T>(ring: TestRing, sql: string, values: unknown[] = []): Promise<T> {
  const { rows } = await ring.pool.query({ text: sql, values, rowMode: 'array' })
  return rows[0]?.[0] as T
}

function historyOf(ring: TestRing, caseId: string | null): Promise<string[]> {
  return value(ring, `select array_agg(event_id order by seq) from case_event where case_id = $1`, [
    caseId,
  ])
}

describe('a message at the door', () => {
  let ring: TestRing
  before(async () => {
    ring = await startRing()
  })
  after(() => ring.close())

  test('opens a case, and both neighbors are told of it', async () => {
    const result = await ring.send(requested('door-1'))
    assert.equal(result.outcome, 'applied')
    assert.match(result.caseNo ?? '', /^RMA-\d{6}-\d$/)
    await ring.settled()
    for (const { received } of Object.values(ring.neighbors)) {
      assert.equal(received.filter(({ caseId }) => caseId === result.caseId).length, 1)
    }
    assert.equal(await value(ring, 'select count(*) from outbox_ready'), 0)
  })

  test('counts once, however often and however much at once it is sent', async () => {
    const first = await ring.send(requested('door-2'))
    const repeats = await Promise.all(
      Array.from({ length: 100 }, () => ring.send(requested('door-2'))),
    )
    assert.ok(repeats.every(({ isRepeat, caseId }) => isRepeat && caseId === first.caseId))
    assert.deepEqual(await historyOf(ring, first.caseId), ['door-2-requested'])
  })

  test('is kept as a conflict when its id is known with another body, and changes nothing', async () => {
    const first = await ring.send(requested('door-3'))
    const other = requested('door-3', { time: '2026-11-23T08:00:01Z' })
    const conflict = await ring.send(other)
    assert.equal(conflict.outcome, 'parked')
    assert.equal(conflict.code, 'MESSAGE_ID_REUSED')
    await ring.send(other)
    assert.equal(
      await value(ring, `select count(*) from parked_message where code = 'MESSAGE_ID_REUSED'`),
      1,
    )
    assert.deepEqual(await historyOf(ring, first.caseId), ['door-3-requested'])
  })

  test('waits for its case when it comes first, and is applied when the case is there', async () => {
    const early = await ring.send(scanned('door-4', 5))
    assert.equal(early.code, 'NO_CASE')
    const opened = await ring.send(requested('door-4'))
    assert.equal(await ring.drain(), 1)
    assert.deepEqual(await historyOf(ring, opened.caseId), ['door-4-requested', 'door-4-scan-5'])
    assert.equal(
      await value(ring, `select count(*) from parked_message where message_id = $1`, [
        early.messageId,
      ]),
      0,
    )
    assert.equal(
      await value(ring, `select outcome from inbox_message where message_id = $1`, [
        early.messageId,
      ]),
      'applied',
    )
  })

  test('that is no canonical event is parked with the reason', async () => {
    const broken = await ring.send(requested('door-5', { data: { channel: 'ecommerce' } }))
    assert.equal(broken.outcome, 'parked')
    assert.equal(broken.code, 'IT03')
    assert.match(broken.detail ?? '', /^\/data\//)
  })

  test('of the same case, many at once, ends in one history without gaps', async () => {
    const { caseId } = await ring.send(requested('door-6'))
    await Promise.all(
      Array.from({ length: 50 }, (_, minute) => ring.send(scanned('door-6', minute))),
    )
    assert.equal(
      await value(ring, 'select count(distinct seq) from case_event where case_id = $1', [caseId]),
      51,
    )
    assert.equal(
      await value(ring, 'select version from return_case where case_id = $1', [caseId]),
      51,
    )
  })
})

describe('an event that is published', () => {
  test('is the same as text and as an object', async () => {
    const ring = await startRing()
    const commands: Delivery<unknown>['command'][] = []
    try {
      for (const neighbor of Object.values(ring.neighbors)) {
        neighbor.answer = async ({ command }) => {
          commands.push(command)
          return {}
        }
      }
      await ring.send(requested('text-1'))
      await ring.settled()
    } finally {
      await ring.close()
    }
    assert.equal(commands.length, 2)
    for (const { body, bodyText } of commands) assert.equal(bodyText, JSON.stringify(body))
  })
})

describe('two processes on one database', () => {
  let one: TestRing
  let two: TestRing
  before(async () => {
    one = await startRing()
    two = await startRing({ url: one.pool.options.connectionString ?? '' })
  })
  after(async () => {
    await two.close()
    await one.close()
  })

  test('open one case when both hear of it at the same moment', async () => {
    const refs = Array.from({ length: 20 }, (_, index) => `race-${index}`)
    const results = await Promise.all(
      refs.flatMap((ref) => [
        one.send(requested(ref)),
        two.send(requested(ref, { id: `${ref}-again` })),
      ]),
    )
    assert.equal(new Set(results.map(({ caseId }) => caseId)).size, 20)
    assert.equal(
      await value(
        one,
        `select count(*) from external_ref where type = 'return' and value like 'race-%'`,
      ),
      20,
    )
  })

  test('end in the same state whatever the order in which each hears what', async () => {
    const inOrder = await one.send(requested('order-a'))
    for (const minute of [1, 2, 3, 4]) await one.send(scanned('order-a', minute))
    const shuffled = await one.send(requested('order-b'))
    for (const minute of [4, 2]) await two.send(scanned('order-b', minute))
    for (const minute of [3, 1]) await one.send(scanned('order-b', minute))
    const stateOf = async (caseId: string | null) =>
      JSON.stringify((await loadCase(one.pool, caseId ?? ''))?.state)
    const [a, b] = await Promise.all([stateOf(inOrder.caseId), stateOf(shuffled.caseId)])
    assert.equal(withoutNames(b), withoutNames(a))
  })

  test('lose no history when a transaction that began earlier writes to a case later', async () => {
    const { caseId } = await one.send(requested('early-1'))
    // As if the case had been opened by a transaction that began a second after the ones that follow.
    await one.pool.query(
      `update return_case set created_at = created_at + interval '1 second', updated_at = updated_at + interval '1 second' where case_id = $1`,
      [caseId],
    )
    await one.pool.query(
      `update case_event set recorded_at = recorded_at + interval '1 second' where case_id = $1`,
      [caseId],
    )
    await one.send(scanned('early-1', 5))
    const late = await two.send(scanned('early-1', 3))
    assert.equal(late.outcome, 'applied')
    assert.deepEqual(await historyOf(one, caseId), [
      'early-1-requested',
      'early-1-scan-5',
      'early-1-scan-3',
    ])
  })

  test('tell their neighbors of what only a late event made possible, once', async () => {
    const { caseId } = await one.send(requested('revived-1'))
    const data = { refs: [{ system: 'source', type: 'return', value: 'revived-1' }] }
    const inspected = await two.send({
      type: 'inspection.started',
      id: 'revived-1-inspected',
      time: '2026-11-23T12:00:00Z',
      data,
    })
    assert.equal(inspected.outcome, 'refused')
    const lines = [{ lineNo: 1, quantity: '10' }]
    await one.send({
      type: 'return.approved',
      id: 'revived-1-ok',
      time: '2026-11-23T09:00:00Z',
      data: { ...data, lines },
    })
    await one.send({
      type: 'goods.received',
      id: 'revived-1-goods',
      time: '2026-11-23T11:00:00Z',
      data: { ...data, receiptId: 'W-1', lines },
    })
    await one.send(scanned('revived-1', 1))
    const published = await value<string[]>(
      one,
      `select array_agg(e.event_id order by d.delivery_no) from outbox_delivery d
       join case_event e on e.case_id = d.case_id and e.seq = (d.body ->> 'eventSeq')::int
       where d.case_id = $1 and d.connection_id = 'first'`,
      [caseId],
    )
    assert.equal(published.filter((id) => id === 'revived-1-inspected').length, 1)
    await until(async () => {
      await one.deliverer.claim()
      await two.deliverer.claim()
      return (await value(one, 'select count(*) from outbox_ready')) === 0
    })
  })

  test('deliver the commands of a case in their order, whoever owed them', async () => {
    const { caseId } = await one.send(requested('lane-1'))
    for (let minute = 1; minute <= 30; minute += 1)
      await (minute % 2 === 0 ? one : two).send(scanned('lane-1', minute))
    await until(async () => {
      await one.deliverer.claim()
      await two.deliverer.claim()
      return (await value(one, 'select count(*) from outbox_ready')) === 0
    })
    const versions = await value<number[]>(
      one,
      `select array_agg(d.case_version order by a.at, a.delivery_no) from delivery_attempt a join outbox_delivery d using (case_id, delivery_no)
       where a.case_id = $1 and d.connection_id = 'first'`,
      [caseId],
    )
    assert.equal(versions.length, 31)
    const received = [
      ...(one.neighbors['first']?.received ?? []),
      ...(two.neighbors['first']?.received ?? []),
    ]
    assert.equal(received.filter((each) => each.caseId === caseId).length, 31)
    assert.deepEqual(
      versions,
      versions.toSorted((x, y) => x - y),
    )
  })
})

/** Ids differ between two cases with the same history; what they went through must not. */
function withoutNames(state: string): string {
  return state
    .replaceAll(/order-[ab]/g, 'order-x')
    .replaceAll(/"[A-Za-z0-9+/]{10}"/g, '"id"')
    .replaceAll(/\|[A-Za-z0-9+/]{10}"/g, '|id"')
}

describe('a process that only takes in', () => {
  test('stores the message, and another process applies it later', async () => {
    const ring = await startRing({ appliesAtOnce: false })
    const result = await ring.send(requested('later-1'))
    assert.equal(result.outcome, null)
    assert.equal(await value(ring, 'select count(*) from return_case'), 0)
    assert.equal(await ring.drain(), 1)
    assert.equal(await value(ring, 'select count(*) from return_case'), 1)
    const again = await ring.send(requested('later-1'))
    assert.equal(again.isRepeat, true)
    assert.equal(again.outcome, 'applied')
    await ring.close()
  })
})

describe('a delivery', () => {
  let ring: TestRing
  before(async () => {
    ring = await startRing()
  })
  after(() => ring.close())

  const first = () => {
    const { first: neighbor } = ring.neighbors
    assert.ok(neighbor)
    return neighbor
  }
  const allDone = () =>
    until(async () => {
      await ring.deliverer.claim()
      return (await value(ring, 'select count(*) from outbox_ready')) === 0
    })

  test('that fails for a while is tried again with the same key, and what follows waits behind it', async () => {
    const failures = [
      new RetryableError({ code: 'UPSTREAM_UNAVAILABLE' }),
      new RetryableError({ code: 'UPSTREAM_UNAVAILABLE' }),
    ]
    first().answer = async () => {
      const failure = failures.shift()
      if (failure) throw failure
      return {}
    }
    const { caseId } = await ring.send(requested('retry-1'))
    await ring.send(scanned('retry-1', 1))
    await ring.send(scanned('retry-1', 2))
    await allDone()
    const mine = first().received.filter((each) => each.caseId === caseId)
    assert.deepEqual(
      mine.map(({ version }) => version),
      [1, 1, 1, 2, 3],
    )
    assert.equal(new Set(mine.slice(0, 3).map(({ key }) => key)).size, 1)
  })

  test('that is refused for good becomes a dead letter, its case learns of it, and the next one leaves', async () => {
    let isRefused = true
    first().answer = async () => {
      if (!isRefused) return {}
      isRefused = false
      throw new TerminalError({ code: 'REQUEST_REJECTED', status: 400 })
    }
    const { caseId } = await ring.send(requested('dead-1'))
    await ring.settled()
    await ring.send(scanned('dead-1', 1))
    await allDone()
    assert.equal(
      await value(ring, `select code from outbox_dead where case_id = $1`, [caseId]),
      'REQUEST_REJECTED',
    )
    await until(async () => (await ring.drain()) === 0)
    assert.deepEqual(
      (await historyOf(ring, caseId)).filter((id) => id.endsWith('delivery.died')).length,
      1,
    )
    assert.equal(
      await value(ring, `select status from exception where case_id = $1 and code = 'IT01'`, [
        caseId,
      ]),
      'open',
    )
    await allDone()
  })

  test('out of attempts becomes a dead letter', async () => {
    first().answer = async () => {
      throw new UnknownOutcomeError({ code: 'TIMEOUT' })
    }
    const { caseId } = await ring.send(requested('dead-2'))
    await until(async () => {
      await ring.deliverer.claim()
      return (
        (await value(ring, `select count(*) from outbox_dead where case_id = $1`, [caseId])) === 1
      )
    })
    assert.equal(first().received.filter((each) => each.caseId === caseId).length, 3)
    first().answer = async () => ({})
    await until(async () => (await ring.drain()) === 0)
    await allDone()
  })

  test('whose process died is sent by another one, in order', async () => {
    first().answer = () => new Promise(() => undefined)
    const { caseId } = await ring.send(requested('orphan-1'))
    await ring.send(scanned('orphan-1', 1))
    const heir = await startRing({ url: ring.pool.options.connectionString ?? '' })
    await withTransaction(heir.pool, (tx) => releaseLeases(tx, [ring.nodeId]))
    await until(async () => {
      await heir.deliverer.claim()
      return (
        (await value(heir, `select count(*) from outbox_ready where case_id = $1`, [caseId])) === 0
      )
    })
    const versions = heir.neighbors['first']?.received.map(({ version }) => version)
    assert.deepEqual(versions, [1, 2])
    await heir.close()
  })
})
