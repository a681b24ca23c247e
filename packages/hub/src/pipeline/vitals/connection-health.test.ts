import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActiveConnection } from '../../connect/active-connection.ts'
import type { ConnectionStanding } from '../../store/connection-standing.ts'
import { durationBoundsMs, type HourOfTries } from '../../store/connection-tries.ts'
import { healthOf, sumTries } from './connection-health.ts'

const now = new Date('2026-11-24T12:30:00Z')

const quiet: ConnectionStanding = {
  connectionId: 'erp',
  seenAt: null,
  seenBy: null,
  isOpen: null,
  failures: null,
  nextProbeAt: null,
  pausedUntil: null,
  allowanceLeft: null,
  allowanceLimit: null,
  allowanceResetsAt: null,
  lastTriedAt: null,
  lastDeliveredAt: null,
  isCheckFine: true,
  checkCode: null,
  checkReason: null,
  checkedAt: now,
  credentialExpiresAt: null,
  tokenExpiresAt: null,
  tokenFailures: 0,
  waiting: 0,
  waitingSince: null,
  parked: 0,
  lastReceivedAt: null,
  failingPolls: 0,
  pollLagSeconds: null,
  pending: 0,
  dead: 0,
  dueSince: null,
}

function connectionWith(more: Record<string, unknown> = {}): ActiveConnection {
  const breaker = { state: 'closed' }
  return { state: 'active', storedState: 'active', breaker, ...more } as unknown as ActiveConnection
}

/** Tries of an hour; all take up to 100 ms but `slow` of them, which take up to 10 s. */
function hourOf(
  hour: string,
  tries: Partial<HourOfTries> & { readonly slow?: number },
): HourOfTries {
  const { slow = 0, delivered = 0, retried = 0, unknown = 0, dead = 0 } = tries
  const durations = Array.from({ length: durationBoundsMs.length + 1 }, () => 0)
  durations[durationBoundsMs.indexOf(100)] = delivered + retried + unknown + dead - slow
  durations[durationBoundsMs.indexOf(10_000)] = slow
  return { connectionId: 'erp', hour: new Date(hour), delivered, retried, unknown, dead, durations }
}

function judge(standing: Partial<ConnectionStanding>, tries: readonly HourOfTries[] = []) {
  const given = { connection: connectionWith(), standing: { ...quiet, ...standing }, tries, now }
  return healthOf(given)
}

describe('a connection', () => {
  test('is healthy when nothing is known against it', () => {
    assert.deepEqual(judge({}), { state: 'healthy', reasons: [] })
  })

  test('is down when its breaker is open, or nothing of many tries came through', () => {
    assert.deepEqual(judge({ isOpen: true }), { state: 'down', reasons: ['breaker_open'] })
    const failing = [hourOf('2026-11-24T12:00:00Z', { retried: 6 })]
    assert.deepEqual(judge({}, failing), { state: 'down', reasons: ['nothing_delivered'] })
  })

  test('is degraded by failures of now, and not by those of the night', () => {
    const lately = [hourOf('2026-11-24T11:00:00Z', { delivered: 80, retried: 20 })]
    assert.deepEqual(judge({}, lately), { state: 'degraded', reasons: ['tries_fail'] })
    const night = [hourOf('2026-11-24T02:00:00Z', { delivered: 80, retried: 20 })]
    assert.equal(judge({}, night).state, 'healthy')
    const few = [hourOf('2026-11-24T12:00:00Z', { retried: 2 })]
    assert.equal(judge({}, few).state, 'healthy')
  })

  test('is degraded by what waits too long, by failing polls, and by a pause that was asked for', () => {
    const before = new Date(now.getTime() - 20 * 60_000)
    const soon = new Date(now.getTime() + 60_000)
    const standing = { dueSince: before, waitingSince: before, failingPolls: 1, pausedUntil: soon }
    assert.deepEqual(judge(standing), {
      state: 'degraded',
      reasons: ['deliveries_late', 'messages_late', 'polls_fail', 'asked_to_pause'],
    })
  })

  test('wants its credentials renewed when they are refused, or end within two weeks', () => {
    const refused = { isCheckFine: false, checkCode: 'AUTH_REJECTED' }
    assert.deepEqual(judge(refused), { state: 'auth_expiring', reasons: ['credentials_refused'] })
    const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000)
    assert.equal(judge({ credentialExpiresAt: inDays(13) }).state, 'auth_expiring')
    assert.equal(judge({ tokenExpiresAt: inDays(13) }).state, 'auth_expiring')
    assert.equal(judge({ tokenExpiresAt: inDays(15) }).state, 'healthy')
  })

  test('that somebody has stopped is said to be so, whatever else is known', () => {
    const connection = connectionWith({ state: 'paused', storedState: 'paused' })
    const standing = { ...quiet, isOpen: true }
    assert.equal(healthOf({ connection, standing, tries: [], now }).state, 'paused')
  })
})

test('the time that tries took is estimated from their groups', () => {
  const { p50Ms, p95Ms, count, successShare } = sumTries([
    hourOf('2026-11-24T11:00:00Z', { delivered: 90 }),
    hourOf('2026-11-24T12:00:00Z', { delivered: 5, dead: 5, slow: 10 }),
  ])
  assert.deepEqual([count, successShare], [100, 0.95])
  assert.ok(p50Ms !== null && p50Ms > 50 && p50Ms <= 100)
  assert.ok(p95Ms !== null && p95Ms > 5_000 && p95Ms <= 10_000)
  assert.equal(sumTries([]).p95Ms, null)
})
