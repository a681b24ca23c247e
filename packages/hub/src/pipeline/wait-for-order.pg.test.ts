import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { RetryableError, TerminalError } from '@backhaul/sdk'
import type { EventData } from '@backhaul/sdk/canonical'
import { recordedOrder } from '@backhaul/sdk/connector'
import { requested, startRing, type TestRing, until } from '../../test/support/ring.ts'
import { activePolicies, compilePolicyText } from '../domain/index.ts'
import { loadCase } from './load-case.ts'

const path = new URL('../../policies/standard-returns.yaml', import.meta.url)
const compiled = compilePolicyText(readFileSync(path, 'utf8'), { version: 1 })
assert.ok(compiled.ok)
const policies = activePolicies([compiled.policy])

/** An order of ten pumps, delivered three days before anybody asks. */
function order(ref: string): EventData<'order.recorded'> {
  return {
    orderRef: `SO-${ref}`,
    lines: [
      {
        lineNo: 1,
        orderLine: '4711',
        onOrder: true,
        delivered: '10',
        deliveredAt: '2026-11-20T08:00:00Z',
      },
    ],
    tenders: [],
  }
}

async function send(ring: TestRing, ref: string): Promise<string> {
  const event = requested(ref)
  const data = { ...event.data, orderRefs: [`SO-${ref}`] }
  const { caseId } = await ring.send({ ...event, data })
  assert.ok(caseId)
  return caseId
}

async function hear(ring: TestRing): Promise<void> {
  await ring.settled()
  for (;;) {
    const done = (await ring.drain()) + (await ring.decide())
    if (done === 0) return
  }
}

async function standingOf(ring: TestRing, caseId: string) {
  const found = await loadCase(ring.pool, caseId)
  const { header, lines, exceptions } = found?.state ?? {}
  const open = Object.entries(exceptions ?? {}).flatMap(([key, { status }]) =>
    status === 'open' ? [key.split(':')[0]] : [],
  )
  return [header?.orderLookUp, lines?.[0]?.axes.authorization, open]
}

/** Somebody waits for `promise` until the test opens it. */
function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((open) => {
    resolve = open
  })
  return { promise, resolve: () => resolve() }
}

function lookUps(ring: TestRing): number {
  return (
    ring.neighbors['first']?.received.filter(({ type }) => type === 'order.look_up').length ?? 0
  )
}

describe('a return whose order nobody has told of', () => {
  let ring: TestRing
  before(async () => {
    ring = await startRing({ policies, erp: 'first', lookUpWaitMs: 3_600_000 })
  })
  after(() => ring.close())

  test('is decided on what the system of record answers, and not before', async () => {
    const { promise, resolve } = gate()
    const first = ring.neighbors['first']
    assert.ok(first)
    first.answer = async ({ command, idempotencyKey, now }) => {
      if (command.type !== 'order.look_up') return {}
      await promise
      const at = { id: idempotencyKey, caseId: command.caseId, at: now }
      return { events: [recordedOrder(order('a'), at)] }
    }
    const caseId = await send(ring, 'a')
    await until(() => lookUps(ring) === 1)
    assert.equal(await ring.decide(), 0)
    assert.deepEqual(await standingOf(ring, caseId), ['asked', 'requested', []])
    resolve()
    await hear(ring)
    assert.deepEqual(await standingOf(ring, caseId), ['answered', 'approved', []])
    const { rows } = await ring.pool.query(
      'select count(*)::int as count from policy_decision where case_id = $1',
      [caseId],
    )
    assert.equal(rows[0]?.count, 1)
    assert.equal(lookUps(ring), 1)
  })

  test('is referred at once when the question is refused, and shows why', async () => {
    const first = ring.neighbors['first']
    assert.ok(first)
    first.answer = async ({ command }) => {
      if (command.type !== 'order.look_up') return {}
      throw new TerminalError({
        code: 'ORDER_AMBIGUOUS',
        reason: 'Two orders have the reference SO-b.',
        exception: 'CU02',
      })
    }
    const caseId = await send(ring, 'b')
    await hear(ring)
    assert.deepEqual(await standingOf(ring, caseId), ['failed', 'under_review', ['CU02']])
  })

  test('is referred at once when nobody could be asked to the end', async () => {
    const first = ring.neighbors['first']
    assert.ok(first)
    first.answer = async ({ command }) => {
      if (command.type !== 'order.look_up') return {}
      throw new RetryableError({ code: 'UPSTREAM_UNAVAILABLE' })
    }
    const caseId = await send(ring, 'c')
    await until(async () => {
      await ring.deliverer.claim()
      await hear(ring)
      return (await standingOf(ring, caseId))[0] === 'failed'
    })
    assert.deepEqual(await standingOf(ring, caseId), ['failed', 'under_review', ['IT01']])
  })

  test('waits no longer than was set', async () => {
    const patient = await startRing({ policies, erp: 'first', lookUpWaitMs: 100 })
    try {
      const { promise, resolve } = gate()
      const first = patient.neighbors['first']
      assert.ok(first)
      first.answer = async ({ command, idempotencyKey, now }) => {
        if (command.type !== 'order.look_up') return {}
        await promise
        const at = { id: idempotencyKey, caseId: command.caseId, at: now }
        return { events: [recordedOrder(order('d'), at)] }
      }
      const caseId = await send(patient, 'd')
      await until(async () => (await patient.decide()) > 0)
      while ((await patient.drain()) > 0);
      assert.deepEqual(await standingOf(patient, caseId), ['asked', 'under_review', []])
      resolve()
      await hear(patient)
      assert.deepEqual(await standingOf(patient, caseId), ['answered', 'approved', []])
    } finally {
      await patient.close()
    }
  })
})

test('where no system keeps the orders, a return is decided as it comes', async () => {
  const ring = await startRing({ policies })
  try {
    const caseId = await send(ring, 'e')
    assert.equal(await ring.decide(), 1)
    while ((await ring.drain()) > 0);
    assert.equal((await standingOf(ring, caseId))[1], 'under_review')
    assert.equal(lookUps(ring), 0)
  } finally {
    await ring.close()
  }
})
