import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type Axis, axes, axisStates, commandContracts } from '@backhaul/sdk/canonical'
import fc from 'fast-check'
import type { CaseState } from './case-state.ts'
import { apply, decide, isLate } from './decide.ts'
import { fold } from './fold.ts'
import { headlineOf } from './headline.ts'
import { runs, tally, wildHistory } from './histories.test.ts'
import { ledgerFaults } from './ledger-faults.test.ts'
import { inCanonicalOrder, openingKey } from './order.ts'
import { plausibleHistory } from './plausible.test.ts'
import { sentenceOf } from './sentence.ts'
import type { StampedEvent } from './stamped-event.ts'
import { isStillOwed } from './still-owed.ts'
import { timersOf } from './timers.ts'

/**
 * What the shell does with events as they come: a repeat is dropped, an event without its case is
 * parked until the case is there, a late one makes the history be folded anew, any other is applied
 * on top.
 */
function arrive(events: readonly StampedEvent[]): CaseState | null {
  let state: CaseState | null = null
  let parked: StampedEvent[] = []
  const history: StampedEvent[] = []
  const known = new Set<string>()
  const take = (event: StampedEvent) => {
    history.push(event)
    tally.events += 1
    state = state !== null && isLate(state, event) ? fold(history).state : apply(state, event).state
  }
  for (const event of events) {
    if (known.has(event.id)) continue
    known.add(event.id)
    if (state === null && openingKey(event) === null) {
      assert.equal(decide(null, event).outcome, 'refused')
      parked.push(event)
      continue
    }
    take(event)
    for (const waiting of parked) take(waiting)
    parked = []
  }
  return state
}

/** A history and an order of arrival for it: shuffled, with repeats. */
function shuffled(history: fc.Arbitrary<StampedEvent[]>) {
  return history.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events.slice(0, 4)], {
        minLength: events.length + Math.min(4, events.length),
      }),
    ),
  )
}

function sameState(actual: CaseState | null, expected: CaseState | null) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) assert.deepEqual(actual, expected)
}

test('a plausible history ends the same in whatever order its events arrive, repeats and gaps included', () => {
  fc.assert(
    fc.property(shuffled(plausibleHistory(14)), ([events, arrival]) => {
      tally.histories += 1
      sameState(arrive(arrival), fold(events).state)
    }),
    runs(4_000),
  )
})

test('a wild history ends the same in whatever order its events arrive', () => {
  fc.assert(
    fc.property(shuffled(wildHistory(12)), ([events, arrival]) => {
      tally.histories += 1
      sameState(arrive(arrival), fold(events).state)
    }),
    runs(6_000),
  )
})

test('a gap that is filled late leaves no trace', () => {
  fc.assert(
    fc.property(plausibleHistory(12), fc.nat(), (events, gap) => {
      const missing = events[1 + (gap % Math.max(1, events.length - 1))]
      const arrival = missing ? [...events.filter((event) => event !== missing), missing] : events
      sameState(arrive(arrival), fold(events).state)
    }),
    runs(1_000),
  )
})

/** The states that the tries of this process have come through. */
const visited = new Map<Axis, Set<string>>(axes.map((axis) => [axis, new Set()]))

function visit(state: CaseState) {
  for (const { axes: at } of state.lines) for (const axis of axes) visited.get(axis)?.add(at[axis])
}

/** Applies a history event by event, with everything frozen, and checks what must hold after each. */
function walk(events: readonly StampedEvent[]) {
  let state: CaseState | null = null
  tally.histories += 1
  for (const event of inCanonicalOrder(events)) {
    tally.events += 1
    const { decision, state: next } = apply(state, deepFreeze(event))
    state = deepFreeze(next)
    if (state === null) continue
    assert.deepEqual(ledgerFaults(state), [], `after ${event.type}`)
    if (decision.outcome !== 'applied') continue
    for (const { type, body, key } of decision.owes) {
      commandContracts[type].body.parse(body)
      assert.equal(key.length <= 150, true)
    }
  }
  return state
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}

test('no event ever throws, changes its input, breaks a ledger or owes a malformed command', () => {
  fc.assert(
    fc.property(wildHistory(24), (events) => {
      const state = walk(events)
      if (state) {
        assert.equal(headlineOf(state), state.headline)
        assert.equal(sentenceOf(state).length <= 500, true)
        assert.equal(
          timersOf(state).every(({ dueAt }) => dueAt.length === 24),
          true,
        )
      }
    }),
    runs(7_000),
  )
})

test('a plausible history never throws, changes its input or breaks a ledger', () => {
  fc.assert(
    fc.property(plausibleHistory(24), (events) => {
      walk(events)
    }),
    runs(2_500),
  )
})

test('every state of every axis is reached by some history', () => {
  const some = { numRuns: 4_000, seed: 20261123 }
  for (const events of fc.sample(wildHistory(30), some)) walkUnchecked(events)
  for (const events of fc.sample(plausibleHistory(30), { ...some, numRuns: 800 }))
    walkUnchecked(events)
  const missing = axes.flatMap((axis) =>
    axisStates[axis]
      .filter((state) => !visited.get(axis)?.has(state))
      .map((state) => `${axis}: ${state}`),
  )
  assert.deepEqual(missing, [])
})

function walkUnchecked(events: readonly StampedEvent[]) {
  let state: CaseState | null = null
  for (const event of inCanonicalOrder(events)) {
    ;({ state } = apply(state, event))
    if (state) visit(state)
  }
}

test('folding a history twice, or in its canonical order, changes nothing', () => {
  fc.assert(
    fc.property(wildHistory(14), (events) => {
      const once = fold(events)
      sameState(fold([...events, ...events]).state, once.state)
      sameState(fold(inCanonicalOrder(events)).state, once.state)
      const again = fold(events)
      assert.deepEqual(
        again.owed.map(({ key }) => key),
        once.owed.map(({ key }) => key),
      )
      for (const command of once.owed) if (once.state) isStillOwed(command, once.state, once.owed)
    }),
    runs(1_500),
  )
})

test('the state is plain JSON: it survives being stored', () => {
  fc.assert(
    fc.property(wildHistory(14), (events) => {
      const { state } = fold(events)
      assert.deepEqual(JSON.parse(JSON.stringify(state)), state)
    }),
    runs(300),
  )
})

test('no command is owed twice under one key within a history', () => {
  fc.assert(
    fc.property(plausibleHistory(20), (events) => {
      const keys = fold(events).owed.map(({ key }) => key)
      const twice = keys.filter((key, index) => keys.indexOf(key) !== index)
      assert.deepEqual(twice, [])
    }),
    runs(600),
  )
})

after(() => {
  process.stdout.write(
    `# properties of the core: ${tally.histories} histories, ${tally.events} events applied\n`,
  )
})
