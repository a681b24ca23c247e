import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OwedCommand } from './decision.ts'
import { fold } from './fold.ts'
import { approvedStory, minute, type Story, stamped } from './story.test.ts'
import { timersOf } from './timers.ts'

const source = 'delivery'
const hour = 60

function died(story: Story, deliveryId: string, { command = 'label.create', at = 10 } = {}) {
  const to = { role: 'carrier', connection: 'parcels', code: 'TIMEOUT' }
  const lateAt = minute(24 * hour)
  return story.says('delivery.died', { deliveryId, command, ...to, lateAt }, { source, at })
}

function delayed(
  story: Story,
  deliveryId: string,
  { at, command = 'credit.draft' }: { readonly at: number; readonly command?: string },
) {
  const data = { deliveryId, command, role: 'erp', connection: 'erp' }
  return story.says('delivery.delayed', data, { source, at })
}

function recovered(story: Story, deliveryId: string, command = 'label.create') {
  return story.says('delivery.recovered', { deliveryId, command }, { source })
}

/** What the customer was told about a delay. */
function toldIn({ owed }: { readonly owed: readonly OwedCommand[] }): string[] {
  return owed.flatMap(({ type, key }) =>
    type === 'customer.notify' && /:delay/.test(key) ? [key.slice('customer.notify:'.length)] : [],
  )
}

function fire(story: Story, at: number) {
  return story.says('timer.fired', { timer: 'delay', key: 'case' }, { at })
}

describe('a customer whose return is held up by a system', () => {
  test('is told when a dead delivery is late, and once when it has come right', () => {
    const story = approvedStory()
    died(story, 'd-1')
    assert.deepEqual(toldIn(story), [])
    const timer = timersOf(story.state).find(({ kind }) => kind === 'delay')
    assert.deepEqual(timer, { kind: 'delay', key: 'case', dueAt: minute(24 * hour) })
    fire(story, 24 * hour)
    assert.deepEqual(toldIn(story), ['delayed'])
    assert.ok(timersOf(story.state).every(({ kind }) => kind !== 'delay'))
    recovered(story, 'd-1')
    assert.deepEqual(toldIn(story), ['delayed', 'delay_ended'])
  })

  test('hears nothing of what has come right in time, or was dealt with by a person', () => {
    const story = approvedStory()
    died(story, 'd-1')
    recovered(story, 'd-1')
    died(story, 'd-2', { at: 20 })
    story.says('exception.resolved', { exceptionKey: 'IT01:delivery:d-2', action: 'discard' })
    assert.equal(fire(story, 24 * hour).outcome, 'repeated')
    assert.deepEqual(toldIn(story), [])
  })

  test('is told at once of a delivery that is late while it is tried again and again', () => {
    const story = approvedStory()
    delayed(story, 'd-1', { at: 25 * hour })
    delayed(story, 'd-1', { at: 26 * hour })
    assert.deepEqual(toldIn(story), ['delayed'])
    recovered(story, 'd-1', 'credit.draft')
    assert.deepEqual(toldIn(story), ['delayed', 'delay_ended'])
  })

  test('is told of the end when the last of several has come right', () => {
    const story = approvedStory()
    died(story, 'd-1')
    delayed(story, 'd-2', { at: 25 * hour })
    recovered(story, 'd-2')
    assert.deepEqual(toldIn(story), ['delayed'])
    story.says('exception.resolved', { exceptionKey: 'IT01:delivery:d-1', action: 'replay' })
    assert.deepEqual(toldIn(story), ['delayed', 'delay_ended'])
  })

  test('is never told of a second delay', () => {
    const story = approvedStory()
    delayed(story, 'd-1', { at: 25 * hour })
    recovered(story, 'd-1')
    delayed(story, 'd-2', { at: 60 * hour })
    died(story, 'd-3', { at: 61 * hour })
    fire(story, 99 * hour)
    recovered(story, 'd-2')
    recovered(story, 'd-3')
    assert.deepEqual(toldIn(story), ['delayed', 'delay_ended'])
  })

  test('is told under one key, whichever of several delays is heard of late', () => {
    const story = approvedStory()
    delayed(story, 'd-2', { at: 30 * hour })
    const data = { deliveryId: 'd-1', command: 'credit.post', role: 'erp', connection: 'erp' }
    const earlier = stamped('late-1', 'delivery.delayed', { data, source, at: 29 * hour })
    const { owed } = fold([...story.events, earlier])
    assert.deepEqual(toldIn({ owed }), toldIn(story))
  })

  test('does not wait for what only the company needs, and is not told of a return that is over', () => {
    const story = approvedStory()
    assert.equal(
      delayed(story, 'd-1', { at: 25 * hour, command: 'ticket.update' }).outcome,
      'repeated',
    )
    died(story, 'd-2', { command: 'supplier_claim.submit', at: 26 * hour })
    story.says('return.canceled', {}, { at: 27 * hour })
    delayed(story, 'd-3', { at: 28 * hour })
    assert.deepEqual(toldIn(story), [])
  })
})
