import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import { compareReadings } from './compare-readings.ts'
import type { WholeReading } from './read-whole.ts'

const time = '2026-11-23T08:00:00.000Z'

function note(id: string, text: string): CanonicalEvent {
  return { id, source: 'shop', type: 'case.noted', time, data: { note: text } }
}

function says(...events: readonly CanonicalEvent[]): WholeReading {
  return { events, code: null, problems: [], unmapped: [] }
}

const unmapped: WholeReading = {
  events: [],
  code: 'MD01',
  problems: [],
  unmapped: [{ vocabulary: 'reason', value: 'kaputt', company: null }],
}
const broken: WholeReading = { events: [], code: 'IT03', problems: [], unmapped: [] }

describe('two readings of one message', () => {
  test('are the same where they say the same', () => {
    const one = says(note('1', 'a'), note('2', 'b'))
    assert.deepEqual(compareReadings(one, structuredClone(one)), { verdict: 'same', changes: [] })
    assert.equal(compareReadings(says(), says()).verdict, 'same')
    assert.equal(compareReadings(broken, broken).verdict, 'unreadable')
  })

  test('differ in fields, by their places', () => {
    const { verdict, changes } = compareReadings(says(note('1', 'a')), says(note('1', 'b')))
    assert.equal(verdict, 'changed')
    assert.deepEqual(changes, [
      {
        kind: 'changed',
        type: 'case.noted',
        eventId: '1',
        fields: [{ pointer: '/data/note', before: 'a', after: 'b' }],
      },
    ])
  })

  test('differ in events that come or go', () => {
    const { changes } = compareReadings(says(note('1', 'a')), says(note('1', 'a'), note('2', 'b')))
    assert.deepEqual(changes, [{ kind: 'added', type: 'case.noted', eventId: '2', fields: [] }])
    const back = compareReadings(says(note('1', 'a')), says())
    assert.deepEqual(back.changes, [
      { kind: 'removed', type: 'case.noted', eventId: '1', fields: [] },
    ])
  })

  test('are of the same event where only its name is another one', () => {
    const { changes } = compareReadings(says(note('1', 'a')), says(note('x', 'a')))
    assert.deepEqual(
      changes.map(({ kind, fields }) => [kind, fields.map(({ pointer }) => pointer)]),
      [['changed', ['/id']]],
    )
  })

  // biome-ignore format: a table
  const cases = [
    [broken, says(), 'newly_readable'],
    [says(), broken, 'newly_unreadable'],
    [says(), unmapped, 'newly_unmapped'],
    [broken, unmapped, 'changed'],
    [unmapped, unmapped, 'unreadable'],
  ] as const
  for (const [before, after, verdict] of cases) {
    test(`are ${verdict} from ${before.code ?? 'events'} to ${after.code ?? 'events'}`, () => {
      assert.equal(compareReadings(before, after).verdict, verdict)
    })
  }
})
