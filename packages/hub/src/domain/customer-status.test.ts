import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { customerStatusOf } from './customer-status.ts'
import { approvedStory, asked, askedLine, bodyOf, eur, minute, Story } from './story.test.ts'

const seen = (story: Story) => customerStatusOf(story.state, minute(1_000))

function inspected(accepted: string, rejected: string): Story {
  const story = approvedStory({})
  story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
  story.says('inspection.completed', {
    inspectionId: 'I-1',
    lines: [{ lineNo: 1, accepted, rejected }],
  })
  return story
}

describe('a return as its customer sees it', () => {
  test('stands at the request from the first moment', () => {
    const story = new Story()
    story.says('return.requested', asked({ lines: [askedLine()] }))
    const { stage, lines, money } = seen(story)
    assert.deepEqual([stage, lines[0]?.outcome, money], ['requested', 'deciding', []])
  })

  test('is where it would be without the hold that somebody here has to deal with', () => {
    const story = approvedStory({})
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    story.says('exception.raised', { code: 'RX08' })
    const before = seen(story)
    assert.notEqual(before.stage, 'exception_hold')
    assert.equal(before.isHeld, story.state.headline === 'exception_hold')
  })

  test('tells of each line what was accepted of it', () => {
    assert.equal(seen(inspected('4', '0')).lines[0]?.outcome, 'accepted')
    assert.equal(seen(inspected('3', '1')).lines[0]?.outcome, 'partly_accepted')
    assert.equal(seen(inspected('0', '4')).lines[0]?.outcome, 'not_accepted')
  })

  test('tells how much is paid, by which way, and whether it is there', () => {
    const story = inspected('4', '0')
    const command = story.commands('credit.draft').at(-1)
    const { credit } = bodyOf(command, 'credit.draft')
    assert.deepEqual(
      seen(story).money.map(({ amount, status }) => [amount, status]),
      [[eur('119.00'), 'planned']],
    )
    story.says('credit.posted', { credit })
    const [waiting] = seen(story).money
    assert.deepEqual([waiting?.way, waiting?.status], ['card', 'planned'])
    const refund = {
      refundId: 'credit-1-0-card-1',
      creditId: 'credit-1-0',
      paymentId: 'card-1',
      method: 'card_refund',
      amount: eur('119.00'),
    }
    story.says('refund.released', refund)
    assert.equal(seen(story).money[0]?.status, 'sent')
    story.says('refund.settled', refund)
    const done = seen(story)
    assert.deepEqual(done.money, [{ amount: eur('119.00'), way: 'card', status: 'done' }])
    assert.deepEqual([done.stage, done.lines[0]?.outcome], ['refunded', 'paid'])
    assert.ok(done.paidAt)
  })

  test('never shows what the ERP calls a product', () => {
    const story = new Story()
    const line = { ...askedLine(), product: { erpId: 'product.product,42' } }
    story.says('return.requested', asked({ lines: [line] }))
    assert.deepEqual([seen(story).lines[0]?.name, seen(story).lines[0]?.code], [null, null])
  })
})
