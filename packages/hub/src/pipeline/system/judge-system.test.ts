import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { HubProcess } from '../../store/processes.ts'
import { judgeSystem, type SystemCheckName, type SystemFacts } from './judge-system.ts'

const now = new Date('2026-11-24T12:00:00Z')

const running: HubProcess = {
  name: 'eu-1',
  pid: 7,
  roles: ['ingest', 'process', 'deliver', 'tick', 'api'],
  startedAt: now,
  heartbeatAt: now,
  isSilent: false,
  memoryBytes: 200_000_000,
  loopDelayMs: 3,
  clockAheadMs: 1,
  diskFreeBytes: 500_000_000_000,
  diskTotalBytes: 1_000_000_000_000,
}

const calm: SystemFacts = {
  now,
  processes: [running],
  connections: 10,
  connectionsAtMost: 100,
  daysAhead: 7,
  pendingMigrations: 0,
  messages: 0,
  oldestMessageSeconds: null,
  oldestDueSeconds: null,
  lateTimers: 0,
  dead: 0,
  parked: 0,
  failingPolls: 0,
  lastAnchorAt: null,
  findings: 0,
}

/** What is not well, by name. */
function judge(more: Partial<SystemFacts>): [SystemCheckName, string, string | null][] {
  return judgeSystem({ ...calm, ...more })
    .filter(({ state }) => state !== 'ok')
    .map(({ name, state, runbook }) => [name, state, runbook])
}

describe('the system', () => {
  test('is well when nothing is late and nobody is missing', () => {
    assert.deepEqual(judge({}), [])
  })

  test('is critical without a process, and without one that delivers', () => {
    assert.deepEqual(judge({ processes: [] }), [['processes', 'critical', null]])
    const silent = { ...running, isSilent: true }
    assert.deepEqual(judge({ processes: [silent] }), [['processes', 'critical', null]])
    assert.deepEqual(judge({ processes: [running, silent] }), [['processes', 'warning', null]])
    const idle = { ...running, roles: ['ingest', 'process', 'tick'] }
    assert.deepEqual(judge({ processes: [idle] }), [['processes', 'critical', null]])
    assert.deepEqual(judge({ processes: [{ ...idle, roles: [] }] }), [], 'it has just begun')
  })

  test('names the page that says what to do', () => {
    const full = { ...running, diskFreeBytes: 100_000_000 }
    const found = judge({ processes: [full], dead: 1, parked: 3, failingPolls: 1, connections: 96 })
    assert.deepEqual(found, [
      ['database_connections', 'critical', 'database-unavailable'],
      ['disk', 'critical', 'disk-full'],
      ['dead_letters', 'warning', 'dead-letters'],
      ['parked_messages', 'warning', 'parked-messages'],
      ['polls', 'warning', 'poll-behind'],
    ])
  })

  test('minds what waits too long, a clock that is off, and days without a place', () => {
    const late = { oldestMessageSeconds: 61, oldestDueSeconds: 4_000, lateTimers: 2, daysAhead: 0 }
    const off = { ...running, clockAheadMs: -3_000, loopDelayMs: 600 }
    assert.deepEqual(
      judge({ ...late, processes: [off] }).map(([name, state]) => `${name} ${state}`),
      [
        'partitions critical',
        'clocks warning',
        'event_loop warning',
        'messages warning',
        'deliveries critical',
        'timers warning',
      ],
    )
    const lastAnchorAt = new Date(now.getTime() - 30 * 3_600_000)
    assert.deepEqual(judge({ lastAnchorAt }), [['audit_anchor', 'warning', 'audit-broken']])
  })
})
