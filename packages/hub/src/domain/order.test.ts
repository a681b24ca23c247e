import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apply, decide, evolve, isLate } from './decide.ts'
import { inCanonicalOrder, orderKey } from './order.ts'
import { asked, Story, stamped } from './story.test.ts'

const request = stamped('b', 'return.requested', { data: asked(), at: 10 })
const earlier = stamped('a', 'return.review_started', { data: {}, at: 2 })
const approval = stamped('c', 'return.approved', {
  data: { lines: [{ lineNo: 1, quantity: '4' }] },
  at: 12,
})

test('of two events at one time the one that causes comes first, then the smaller id', () => {
  const received = stamped('a', 'goods.received', {
    data: { receiptId: 'r', lines: [{ lineNo: 1, quantity: '1' }] },
    at: 12,
  })
  assert.equal(orderKey(approval) < orderKey(received), true)
  assert.equal(orderKey({ ...approval, id: 'd' }) > orderKey(approval), true)
})

test('the opening event stands first, wherever it stands in time, and each id once', () => {
  const ordered = inCanonicalOrder([approval, earlier, request, approval])
  assert.deepEqual(
    ordered.map(({ id }) => id),
    ['b', 'a', 'c'],
  )
})

test('an event is late when another one after it has been applied, not when it is older than the case', () => {
  const story = new Story()
  story.hears(request)
  assert.equal(isLate(story.state, earlier), false)
  story.hears(approval)
  assert.equal(isLate(story.state, earlier), true)
  assert.equal(
    isLate(story.state, stamped('z', 'return.review_started', { data: {}, at: 13 })),
    false,
  )
})

test('events wait outside until their case is there', () => {
  const decision = decide(null, approval)
  assert.deepEqual(
    [decision.outcome, decision.outcome === 'refused' && decision.code],
    ['refused', 'no_case'],
  )
  assert.equal(apply(null, approval).state, null)
})

test('the event that opened a case, or was applied last, is a repeat when it comes again', () => {
  const story = new Story()
  story.hears(request)
  assert.equal(story.hears(request).outcome, 'repeated')
  story.hears(approval)
  assert.equal(decide(story.state, approval).outcome, 'repeated')
})

test('a refused event leaves its place in the history, so that a late one before it is noticed', () => {
  const story = new Story()
  story.hears(request)
  const refused = stamped('d', 'return.extended', {
    data: { validUntil: '2026-12-24T00:00:00Z' },
    at: 20,
  })
  assert.equal(story.hears(refused).outcome, 'refused')
  assert.equal(isLate(story.state, approval), true)
  assert.equal(story.state.applied, 2)
})

test('evolving by a decision gives the state that applying gives', () => {
  const { state } = apply(null, request)
  const decision = decide(state, approval)
  assert.equal(evolve(state, approval, decision), decision.next)
})
