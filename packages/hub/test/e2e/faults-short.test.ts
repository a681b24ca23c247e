import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFaults } from '../faults/run.ts'

test('what was acknowledged survives kill -9 of hubs and of their database, and has its effects once and in order', async (t) => {
  const report = await runFaults(
    {
      kills: 5,
      pgKills: 1,
      terminations: 10,
      rate: 100,
      hubs: 2,
      seconds: 14,
      seed: 20_261_123,
      hubProgram: null,
      keepDir: null,
      jsonFile: null,
    },
    (line) => t.diagnostic(line),
  )
  assert.deepEqual(report.problems, [])
  assert.deepEqual(report.killed, { hubs: 5, postgres: 1, sessions: 10 })
  assert.equal(report.acknowledged, report.events)
  assert.ok(report.events > 500, `only ${report.events} events`)
})
