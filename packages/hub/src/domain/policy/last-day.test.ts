import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { runs } from '../histories.test.ts'
import { type CompiledPolicy, compilePolicyText } from './compile.ts'
import { writtenInputs } from './inputs.ts'
import { lastDayOf } from './last-day.ts'

function rules(rule: string, timeZone = 'UTC'): CompiledPolicy {
  const text = `
policy: 1
name: some-rules
description: Rules of a test.
scope: {}
timeZone: ${timeZone}
otherwise: allow
settlement: { method: credit_note, trigger: on_inspection }
parameters: { windowDays: 30 }
rules:
  - id: P05
    version: 1
    title: Window
    level: line
    verdict: deny
    if: ${rule}
    unknown: refer
`
  const compiled = compilePolicyText(text, { version: 1 })
  assert.ok(compiled.ok, JSON.stringify(compiled))
  return compiled.policy
}

const window = 'daysBetween(line.deliveredAt, case.requestedAt) > parameters.windowDays'

function lastDay(policy: CompiledPolicy, deliveredAt: string | null): string | null {
  const inputs = writtenInputs.parse({
    case: { requestedAt: '2026-11-02T08:00:00.000Z' },
    lines: [{ lineNo: 1, deliveredAt }],
  })
  const [line] = inputs.lines
  assert.ok(line)
  return lastDayOf(policy, inputs, line)
}

describe('the last day on which a line can be asked for', () => {
  test('is the last one of the window, counted from the delivery', () => {
    assert.equal(lastDay(rules(window), '2026-10-28T08:00:00.000Z'), '2026-11-27')
  })

  test('is a day of the calendar of the rules', () => {
    const policy = rules(window, 'Pacific/Auckland')
    assert.equal(lastDay(policy, '2026-10-28T18:00:00.000Z'), '2026-11-28')
  })

  test('is none where it cannot be asked for now, or a fact is missing', () => {
    assert.equal(lastDay(rules(window), '2026-08-01T08:00:00.000Z'), null)
    assert.equal(lastDay(rules(window), null), null)
  })

  test('counts for what a person has to decide as well, and not for a fee that begins', () => {
    const more = `
  - id: P14
    version: 1
    title: Value
    level: line
    verdict: refer
    if: line.quantity > 0.0
  - id: P17
    version: 1
    title: Fee
    level: line
    verdict: modify
    if: daysBetween(line.deliveredAt, case.requestedAt) > 14
    modify: { trigger: on_inspection }`
    const unknown = '    unknown: refer'
    for (const rule of more.split('  - id').slice(1)) {
      const policy = rules(`${window}\n${unknown}\n  - id${rule.trimEnd()}`)
      assert.equal(lastDay(policy, '2026-10-28T08:00:00.000Z'), '2026-11-27')
    }
  })

  test('is none where no rule counts days', () => {
    assert.equal(lastDay(rules('line.quantity > 5.0'), '2026-10-28T08:00:00.000Z'), null)
  })

  test('is what counting day by day comes to', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 2_000 }), (days) => {
        const delivered = Date.UTC(2026, 10, 2, 8) + days * 86_400_000
        const expected = new Date(delivered + 30 * 86_400_000).toISOString().slice(0, 10)
        assert.equal(lastDay(rules(window), new Date(delivered).toISOString()), expected)
      }),
      runs(40),
    )
  })
})
