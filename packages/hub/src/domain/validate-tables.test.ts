import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { axes, headlines } from '@backhaul/sdk/canonical'
import { describeTransitions } from './describe.ts'
import { guards } from './guards.ts'
import { transitions } from './transitions/index.ts'
import type { Transition } from './transitions/transition.ts'
import { problemsOf, validateTables } from './validate-tables.ts'

/** The tables with the rows of one axis changed. */
function withRows(
  axis: keyof typeof transitions,
  change: (rows: readonly Transition[]) => readonly unknown[],
) {
  return { ...transitions, [axis]: change(transitions[axis]) } as Parameters<typeof problemsOf>[0]
}

describe('the tables of the core', () => {
  test('hold as a whole', () => {
    assert.doesNotThrow(validateTables)
  })

  test('are refused when a state cannot be reached', () => {
    const broken = withRows('receipt', (rows) => rows.filter(({ to }) => to !== 'closed_short'))
    assert.equal(
      problemsOf(broken).includes('receipt: closed_short cannot be reached from none.'),
      true,
    )
  })

  test('are refused when a guard has no definition, or guards nothing', () => {
    const broken = withRows('authorization', (rows) =>
      rows.map((row) => (row.guard === 'notShipped' ? { ...row, guard: 'notSent' } : row)),
    )
    const problems = problemsOf(broken)
    assert.equal(problems.includes('The guard notSent is not defined.'), true)
    assert.equal(problems.includes('The guard notShipped guards no row.'), true)
  })

  test('are refused when a command is unknown, or owed by nothing', () => {
    const broken = withRows('settlement', (rows) =>
      rows.map((row) =>
        row.owes?.includes('refund.issue') ? { ...row, owes: ['refund.send'] } : row,
      ),
    )
    const problems = problemsOf(broken)
    assert.equal(problems.includes('refund.send is owed, and is no command.'), true)
    assert.equal(problems.includes('refund.issue is never owed.'), true)
  })

  test('are refused when a row can never be taken', () => {
    const [first] = transitions.transport
    assert.ok(first, 'first is missing')
    const broken = withRows('transport', (rows) => [...rows, first])
    assert.deepEqual(problemsOf(broken), [
      'transport: none on return.approved has two rows for the guard nothingComesBack.',
    ])
    const behind = withRows('inspection', (rows) => [
      ...rows,
      { from: ['none'], on: 'inspection.completed', to: 'passed', guard: 'allAccepted' },
    ])
    assert.equal(
      problemsOf(behind)[0],
      'inspection: none on inspection.completed to passed stands behind a row without a guard.',
    )
  })

  test('are refused when an event or a state is not known, or an event moves nothing', () => {
    const broken = withRows('fulfillment', (rows) =>
      rows
        .filter(({ on }) => on !== 'repair.started')
        .concat([{ from: ['none'], on: 'goods.dropped', to: 'in_orbit' } as never]),
    )
    const problems = problemsOf(broken)
    for (const problem of [
      'fulfillment: in_orbit (on goods.dropped) is no state of the axis.',
      'fulfillment: goods.dropped is no event.',
      'fulfillment: in_repair cannot be reached from none.',
      'repair.started is about fulfillment, and has no row there.',
    ]) {
      assert.ok(problems.includes(problem), problem)
    }
  })
})

describe('the page that is made from the tables', () => {
  const page = describeTransitions()

  test('has a diagram and a table for each axis', () => {
    for (const axis of axes)
      assert.ok(page.includes(`## ${axis}\n\n\`\`\`mermaid\nstateDiagram-v2`), axis)
    assert.equal(page.includes('  in_transit --> lost: parcel.lost'), true)
  })

  test('names every guard, headline and exception rule', () => {
    for (const name of [...Object.keys(guards), ...headlines, 'RX04', 'IT04'])
      assert.ok(page.includes(name), name)
  })
})
