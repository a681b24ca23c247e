import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RetryableError } from '@backhaul/sdk'
import { noDial } from '@backhaul/sdk/testing'
import type { Connections } from '../../connect/connections.ts'
import { noDocuments } from '../../mapping/mapper.ts'
import { systemClock } from '../../platform/clock.ts'
import type { LeasedDelivery } from '../../store/outbox.ts'
import { Dispatcher, type HeldInMemory } from './dispatcher.ts'

const connectionId = 'shop'
const now = { isClaimed: false, isBacklog: false }
const backlog = { isClaimed: false, isBacklog: true }

/** A dispatcher with one connection that takes one delivery at a time, each until the test lets it end. */
function oneAtATime() {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const deliver = ({ command }: { command: { caseId: string } }) => {
    begun.push(command.caseId)
    return new Promise<object>((resolve) => ends.push(() => resolve({})))
  }
  const connection = {
    id: connectionId,
    state: 'active',
    config: {},
    limits: { concurrency: 1, timeoutMs: 1_000 },
    breaker: { state: 'closed', waitMs: () => 0, report: () => undefined },
    rateLimit: { waitMs: () => 0 },
    fetchFor: () => () => Promise.reject(new Error('no network in this test')),
    dialFor: () => ({ dial: noDial, end: () => undefined }),
    connector: { delivers: { 'event.publish': { deliver, idempotency: { kind: 'native_key' } } } },
  }
  const connections = { get: () => connection } as unknown as Connections
  const dispatcher = new Dispatcher({
    connections,
    mapper: noDocuments,
    contactOf: () => undefined,
    clock: systemClock,
    mayBegin: () => true,
    onUnwritten: () => undefined,
  })
  return {
    dispatcher,
    begun,
    /** Ends the delivery that is under way, and waits for the next one to begin. */
    next: async (): Promise<void> => {
      const count = begun.length
      ends.shift()?.()
      while (begun.length === count && dispatcher.heldCount > dispatcher.unwrittenCount) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

function held(caseId: string, deliveryNo = 1): HeldInMemory {
  const delivery = { caseId, deliveryNo, connectionId, commandType: 'event.publish', attempt: 1 }
  return {
    delivery: { ...delivery, event: null, traceparent: null } as LeasedDelivery,
    heldUntilMs: Number.POSITIVE_INFINITY,
  }
}

test('what happens now goes before a backlog, which still has every fourth turn', async () => {
  const { dispatcher, begun, next } = oneAtATime()
  dispatcher.accept(
    ['old-1', 'old-2', 'old-3', 'old-4'].map((id) => held(id)),
    backlog,
  )
  dispatcher.accept(
    ['new-1', 'new-2', 'new-3', 'new-4', 'new-5'].map((id) => held(id)),
    now,
  )
  for (let turn = 1; turn < 9; turn += 1) await next()
  assert.deepEqual(begun, [
    'old-1',
    'new-1',
    'new-2',
    'old-2',
    'new-3',
    'new-4',
    'new-5',
    'old-3',
    'old-4',
  ])
})

test('a case of which something happens now goes forward as a whole, in its order', async () => {
  const { dispatcher, begun, next } = oneAtATime()
  dispatcher.accept([held('first'), held('old-1'), held('old-2'), held('mixed', 1)], backlog)
  dispatcher.accept([held('mixed', 2)], now)
  for (let turn = 1; turn < 5; turn += 1) await next()
  assert.deepEqual(begun, ['first', 'mixed', 'mixed', 'old-1', 'old-2'])
})

test('only what a system did is told to its breaker, and not that the hub kept to its limits', async () => {
  const reported: string[] = []
  const failures = [
    new RetryableError({ code: 'RATE_LIMITED' }),
    new RetryableError({ code: 'RATE_LIMITED', status: 429 }),
  ]
  const deliver = () => Promise.reject(failures.shift() ?? new Error('no more of them'))
  const connection = {
    id: connectionId,
    state: 'active',
    config: {},
    limits: { concurrency: 1, timeoutMs: 1_000 },
    breaker: { state: 'closed', waitMs: () => 0, report: (kind: string) => reported.push(kind) },
    rateLimit: { waitMs: () => 0 },
    retry: { delayMs: () => 1_000 },
    fetchFor: () => () => Promise.reject(new Error('no network in this test')),
    dialFor: () => ({ dial: noDial, end: () => undefined }),
    connector: { delivers: { 'event.publish': { deliver, idempotency: { kind: 'native_key' } } } },
  }
  const tried: (string | undefined)[] = []
  const dispatcher = new Dispatcher({
    connections: { get: () => connection } as unknown as Connections,
    mapper: noDocuments,
    contactOf: () => undefined,
    clock: systemClock,
    mayBegin: () => true,
    onUnwritten: () => undefined,
    onTried: ({ outcome }) => tried.push(outcome.kind),
  })
  dispatcher.accept([held('first'), held('second')], now)
  while (tried.length < 2) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(tried, ['retry', 'retry'])
  assert.deepEqual(reported, ['retryable'])
})
