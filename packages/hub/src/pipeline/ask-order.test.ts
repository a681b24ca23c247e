import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type OrderLookUp, RetryableError } from '@backhaul/sdk/connector'
import type { ActiveConnection } from '../connect/active-connection.ts'
import type { AttemptKind } from '../connect/breaker.ts'
import { systemClock } from '../platform/clock.ts'
import { createLogger } from '../platform/logger.ts'
import { askOrder, canAskOrder } from './ask-order.ts'

const question = { about: { company: 'main', orderRefs: ['S1'] }, lines: [] }
const answer = { orderRef: 'S1', lines: [], tenders: [] }
type Answer = (lookUp: OrderLookUp<unknown>) => Promise<unknown>

/** A connection that keeps orders, and what its breaker was told. */
function erp(order: Answer | undefined, change: { state?: string; waitMs?: number } = {}) {
  const reports: AttemptKind[] = []
  const { state = 'active', waitMs = 0 } = change
  const connection = {
    id: 'erp',
    title: 'ERP',
    state,
    config: {},
    connector: { looksUp: { order } },
    breaker: { waitMs: () => waitMs, report: (kind: AttemptKind) => reports.push(kind) },
    fetchFor: () => () => Promise.reject(new Error('no network in this test')),
  } as unknown as ActiveConnection
  return { connection, reports }
}

function ask(connection: ActiveConnection | undefined, deadlineMs = 50) {
  const deps = {
    connections: { routeOf: () => connection },
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
    deadlineMs,
  }
  return askOrder(deps, { scope: undefined, question })
}

describe('a question about an order', () => {
  test('is put to nobody where no system keeps orders, or it takes no questions', async () => {
    assert.deepEqual(await ask(undefined), { kind: 'nobody' })
    assert.deepEqual(await ask(erp(undefined).connection), { kind: 'nobody' })
    const connections = { routeOf: () => erp(undefined).connection }
    assert.equal(canAskOrder({ connections }, undefined), false)
  })

  test('is answered, and the breaker knows that the system is there', async () => {
    const { connection, reports } = erp(async () => answer)
    assert.deepEqual(await ask(connection), { kind: 'answered', connectionId: 'erp', answer })
    assert.deepEqual(reports, ['delivered'])
  })

  test('ends with its deadline, for the connector too, whether or not that looks at it', async () => {
    let given: AbortSignal | undefined
    const { connection, reports } = erp(({ signal }) => {
      given = signal
      return new Promise(() => undefined)
    })
    const asked = await ask(connection)
    assert.equal(asked.kind, 'silent')
    assert.equal(given?.aborted, true)
    assert.deepEqual(reports, ['retryable'])
  })

  test('is not put to a system that is paused, broken or known to be down', async () => {
    const unasked = () => assert.fail('it was asked')
    for (const change of [{ state: 'paused' }, { state: 'broken' }, { waitMs: 9_500 }]) {
      const { connection, reports } = erp(unasked, change)
      assert.equal((await ask(connection)).kind, 'silent')
      assert.deepEqual(reports, [])
    }
    const asked = await ask(erp(unasked, { waitMs: 9_500 }).connection)
    assert.equal('retryAfterSeconds' in asked && asked.retryAfterSeconds, 10)
  })

  test('that fails, also at once, is silence; what the system asks us to wait is passed on', async () => {
    const failing: Answer = () => {
      throw new RetryableError({ code: 'RATE_LIMITED', retryAfterMs: 1_200 })
    }
    const asked = await ask(erp(failing).connection)
    assert.equal('retryAfterSeconds' in asked && asked.retryAfterSeconds, 2)
  })

  test('is refused where the answer is none', async () => {
    for (const senseless of [
      {},
      { orderRef: '' },
      'yes',
      null,
      undefined,
      { ...answer, lines: [{}] },
    ]) {
      const { connection } = erp(async () => senseless)
      assert.equal((await ask(connection)).kind, 'refused', JSON.stringify(senseless))
    }
  })
})
