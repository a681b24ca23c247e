import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { CommandType, ConnectionId } from '@backhaul/sdk/canonical'
import { startRing, type TestRing } from '../../../test/support/ring.ts'
import { withTransaction } from '../../store/database.ts'
import type { LeasedDelivery } from '../../store/outbox.ts'
import { type Completion, writeCompletions } from './complete.ts'

const hourMs = 3_600_000
const owedAt = new Date('2026-11-23T06:00:00Z')

let ring: TestRing
before(async () => {
  ring = await startRing()
})
after(() => ring.close())

function deliveryOf(commandType: CommandType, attempt: number): LeasedDelivery {
  return {
    caseId: randomUUID(),
    deliveryNo: 1,
    connectionId: 'erp' as ConnectionId,
    createdAt: owedAt,
    role: 'erp',
    commandType,
    commandKey: commandType,
    caseNo: 'RMA-000001-7',
    caseVersion: 1,
    occurredAt: owedAt.toISOString(),
    traceparent: null,
    body: {},
    attempt,
    fence: 1,
    isUnknown: false,
    replayOf: null,
    event: null,
  }
}

/** A try that did not get through and is made again. @returns how many messages the case gets of it. */
async function postpone(delivery: LeasedDelivery, hours: number): Promise<number> {
  const outcome: Completion['outcome'] = {
    kind: 'retry',
    code: 'TIMEOUT',
    reason: null,
    exception: null,
    status: null,
    retryAfterMs: null,
    disables: false,
  }
  const completions = [{ delivery, outcome, durationMs: 1, delayMs: 60_000 }]
  const now = new Date(owedAt.getTime() + hours * hourMs)
  const lateness = { now, afterMs: 24 * hourMs }
  const { messages } = await withTransaction(ring.pool, (tx) =>
    writeCompletions(tx, { completions, putBacks: [], lateness }),
  )
  return messages
}

test('a case hears once of a delivery that is late while it is tried again', async () => {
  const delivery = deliveryOf('credit.draft', 4)
  assert.equal(await postpone(delivery, 23), 0)
  assert.equal(await postpone({ ...delivery, attempt: 5 }, 25), 1)
  assert.equal(await postpone({ ...delivery, attempt: 6 }, 30), 0)
})

test('a case hears nothing of late deliveries that no customer waits for', async () => {
  assert.equal(await postpone(deliveryOf('ticket.update', 4), 30), 0)
  assert.equal(await postpone(deliveryOf('event.publish', 4), 30), 0)
})
