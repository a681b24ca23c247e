import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import type { OwedCommand } from './decision.ts'
import { isStillOwed } from './still-owed.ts'
import { approvedStory, type Story } from './story.test.ts'

const allIn = { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] }
const allPassed = { inspectionId: 'I-1', lines: [{ lineNo: 1, accepted: '4', rejected: '0' }] }

/** The first command of a type that the story owed. */
function first(story: Story, type: OwedCommand['type']): OwedCommand {
  const [command] = story.commands(type)
  assert.ok(command, type)
  return command
}

test('a label is not asked for once the return is canceled, nor an announcement', () => {
  const story = approvedStory()
  const label = first(story, 'label.create')
  const expected = first(story, 'receipt.expect')
  const record = first(story, 'return.record')
  assert.equal(
    [label, expected, record].every((command) => isStillOwed(command, story.state)),
    true,
  )
  story.says('return.canceled', {})
  assert.equal(![expected, record].some((command) => isStillOwed(command, story.state)), true)
  assert.equal(isStillOwed(first(story, 'return.cancel'), story.state), true)
})

test('old news are not told', () => {
  const story = approvedStory()
  const [requested, authorized] = story.commands('ticket.update')
  assert.deepEqual(
    [requested, authorized].map((news) => news && isStillOwed(news, story.state)),
    [false, true],
  )
})

test('a credit is not drafted again under another name for units that were sent to be drafted', () => {
  const story = approvedStory()
  story.says('goods.received', allIn)
  story.says('inspection.completed', allPassed)
  const draft = first(story, 'credit.draft')
  const body = draft.body as CommandBody<'credit.draft'>
  assert.equal(isStillOwed(draft, story.state), true)
  const issued = [
    {
      type: 'credit.draft',
      key: 'credit.draft:credit-1-2',
      body: { credit: { ...body.credit, creditId: 'credit-1-2' } },
    },
  ]
  assert.equal(!isStillOwed(draft, story.state, issued), true)
})

test('a refund is not issued again through another payment for a credit that was sent to be paid', () => {
  const story = approvedStory()
  story.says('goods.received', allIn)
  story.says('inspection.completed', allPassed)
  story.says('credit.posted', first(story, 'credit.draft').body)
  const refund = first(story, 'refund.issue')
  assert.equal(isStillOwed(refund, story.state), true)
  const issued = [
    {
      type: 'refund.issue',
      key: 'refund.issue:other',
      body: { ...refund.body, refundId: 'other', paymentId: 'gift-1' },
    },
  ]
  assert.equal(!isStillOwed(refund, story.state, issued), true)
})

test('what is done is not asked for', () => {
  const story = approvedStory({ line: { resolution: 'replacement' } })
  story.says('goods.received', allIn)
  const inspect = first(story, 'inspection.request')
  const record = first(story, 'receipt.record')
  story.says('inspection.completed', {
    ...allPassed,
    lines: [{ lineNo: 1, accepted: '4', rejected: '0', proposed: 'scrap' }],
  })
  story.says('disposition.approved', { dispositionId: 'inspection-I-1' })
  const order = first(story, 'replacement.order')
  const execute = first(story, 'disposition.execute')
  assert.equal(
    [record, order, execute].every((command) => isStillOwed(command, story.state)),
    true,
  )
  assert.equal(!isStillOwed(inspect, story.state), true)
  story.says('replacement.ordered', { fulfillmentId: 'replacement-1' })
  story.says('disposition.executed', { dispositionId: 'inspection-I-1' })
  story.says('goods.receipt_reversed', { receiptId: 'V-1', reversalOf: 'R-1' })
  assert.equal(![record, order, execute].some((command) => isStillOwed(command, story.state)), true)
  assert.equal(isStillOwed(first(story, 'receipt.reverse'), story.state), true)
})
