import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { apply } from './decide.ts'
import { fold } from './fold.ts'
import { isStillOwed } from './still-owed.ts'
import {
  approvedStory,
  asked,
  askedLine,
  bodyOf,
  creditOf,
  eur,
  Story,
  stamped,
} from './story.test.ts'

const shop = { source: 'shop', owns: '' }

/** A request about an order of which nobody has told anything yet. */
function untraced(change: object = {}): Story {
  const lines = [askedLine(1, { origin: undefined })]
  return new Story().tell((story) =>
    story.says(
      'return.requested',
      asked({ orderRefs: ['S00042'], lines, tenders: [], ...change }),
      shop,
    ),
  )
}

const recorded = {
  orderRef: 'S00042',
  lines: [
    {
      lineNo: 1,
      orderLine: '4711',
      product: { erpId: '62', sku: 'PUMP-1' },
      deliveredAt: '2026-10-28T08:00:00Z',
      delivered: '4',
      invoiced: { invoiceLine: '881', quantity: '4', net: eur('100.00'), tax: eur('19.00') },
    },
  ],
}

describe('the system of record', () => {
  test('is asked about the order of a request that does not bring all that is needed', () => {
    const story = untraced()
    const [command] = story.commands('order.look_up')
    assert.equal(command?.role, 'erp')
    const { about, lines } = bodyOf(command, 'order.look_up')
    assert.deepEqual(about, {
      company: 'main',
      orderRefs: ['S00042'],
      customer: { partyId: 'customer-1' },
      currency: 'EUR',
    })
    assert.deepEqual(
      lines.map(({ lineNo, quantity }) => [lineNo, quantity]),
      [[1, '4']],
    )
    assert.equal(story.state.header.orderLookUp, 'asked')
  })

  test('is asked about those lines only of which something is missing', () => {
    const whole = askedLine(1).origin
    const story = untraced({
      lines: [
        askedLine(1, { origin: { ...whole, deliveredAt: '2026-10-28T08:00:00Z' } }),
        askedLine(2, { origin: whole }),
      ],
    })
    const { lines } = bodyOf(story.commands('order.look_up')[0], 'order.look_up')
    assert.deepEqual(
      lines.map(({ lineNo }) => lineNo),
      [2],
    )
  })

  test('is not asked about a return that names neither an order nor a piece', () => {
    assert.deepEqual(untraced({ orderRefs: [] }).commands('order.look_up'), [])
    const lines = [askedLine(1, { origin: undefined, quantity: '1', serials: ['SN-1'] })]
    const story = untraced({ orderRefs: [], lines })
    const [command] = story.commands('order.look_up')
    assert.deepEqual(bodyOf(command, 'order.look_up').lines[0]?.serials, ['SN-1'])
  })

  test('is asked once, however often the history is folded and the return is asked for', () => {
    const story = untraced()
    const again = asked({ sourceRef: 'desk-1', orderRefs: ['S00042'], tenders: [] })
    story.says('return.requested', again, { source: 'desk', owns: '' })
    assert.equal(story.commands('order.look_up').length, 1)
    const keys = fold(story.events).owed.flatMap(({ type, key }) =>
      type === 'order.look_up' ? [key] : [],
    )
    assert.deepEqual(keys, ['order.look_up:e1'])
  })

  test('is not asked any more when it has answered', () => {
    const story = untraced()
    const [command] = story.commands('order.look_up')
    assert.ok(command && isStillOwed(command, story.state))
    story.says('order.recorded', recorded)
    assert.equal(story.state.header.orderLookUp, 'answered')
    assert.ok(!isStillOwed(command, story.state))
  })

  test('has not answered when somebody else tells of the order', () => {
    const story = untraced()
    story.says('order.recorded', recorded, shop)
    assert.equal(story.state.header.orderLookUp, 'asked')
    assert.equal(story.line().orderLine, '4711')
  })

  test('has failed when the question died, until it answers all the same', () => {
    const story = untraced()
    const died = {
      deliveryId: 'd-1',
      command: 'order.look_up',
      role: 'erp',
      connection: 'erp',
      code: 'ORDER_AMBIGUOUS',
      reason: 'Two orders have the reference S00042.',
      exception: 'CU02',
    }
    story.says('delivery.died', died, { source: 'delivery' })
    assert.equal(story.state.header.orderLookUp, 'failed')
    assert.deepEqual(story.open, ['CU02:delivery:d-1'])
    assert.equal(
      story.state.exceptions['CU02:delivery:d-1']?.detail,
      'Two orders have the reference S00042.',
    )
    story.says('delivery.recovered', { deliveryId: 'd-1', command: 'order.look_up' })
    story.says('order.recorded', recorded)
    assert.deepEqual(story.open, [])
    assert.equal(story.state.header.orderLookUp, 'answered')
  })
})

describe('the order line', () => {
  test('is kept from the request, and corrected by the system that keeps the order alone', () => {
    const story = untraced({
      lines: [askedLine(1, { origin: { orderLine: 'shop-7' } })],
    })
    assert.equal(story.line().orderLine, 'shop-7')
    story.says('order.recorded', recorded, shop)
    assert.equal(story.line().orderLine, 'shop-7')
    story.says('order.recorded', recorded)
    assert.equal(story.line().orderLine, '4711')
  })

  test('comes with the names that the system of record has for the product, but not for another one', () => {
    const story = untraced().tell((one) => one.says('order.recorded', recorded))
    assert.deepEqual(story.line().product, { sku: 'PUMP-1', erpId: '62' })
    const other = { ...recorded, lines: [{ lineNo: 1, product: { erpId: '63', sku: 'PUMP-9' } }] }
    story.says('order.recorded', other)
    assert.deepEqual(story.line().product, { sku: 'PUMP-1', erpId: '62' })
  })

  test('is taken up by a state that was stored before it was kept', () => {
    const { orderLine: _orderLine, expectedLots: _lots, ...old } = untraced().line()
    const before = { ...untraced().state, lines: [old] }
    const { state } = apply(before, stamped('e9', 'order.recorded', { data: recorded, at: 9 }))
    assert.equal(state?.lines[0]?.orderLine, '4711')
    assert.deepEqual(state?.lines[0]?.expectedLots, [])
  })

  test('is on what the system of record is told, with the invoice line and the return around it', () => {
    const story = untraced().tell((one) => one.says('order.recorded', recorded))
    story.says('return.approved', {
      rmaNo: 'RMA-1',
      warehouse: 'WH1',
      lines: [{ lineNo: 1, quantity: '4' }],
    })
    const { about, lines } = bodyOf(story.commands('return.record')[0], 'return.record')
    assert.deepEqual(about, {
      company: 'main',
      orderRefs: ['S00042'],
      customer: { partyId: 'customer-1' },
      currency: 'EUR',
      warehouse: 'WH1',
      rmaNo: 'RMA-1',
    })
    assert.deepEqual(
      lines.map(({ orderLine, invoiceLine }) => [orderLine, invoiceLine]),
      [['4711', '881']],
    )
  })
})

describe('the currency of a return', () => {
  const usd = (amount: string) => ({ amount, currency: 'USD' })
  const invoiced = { invoiceLine: '881', quantity: '4', net: usd('100.00'), tax: usd('0.00') }
  const inDollars = { orderRef: 'S00042', currency: 'USD', lines: [{ lineNo: 1, invoiced }] }

  test('is that of its order, where nobody has said an amount in another one', () => {
    const story = untraced().tell((one) => one.says('order.recorded', inDollars))
    assert.equal(story.state.header.currency, 'USD')
    assert.equal(story.line().invoiced?.netMinor, 10_000)
    assert.deepEqual(story.open, [])
  })

  test('stays, and does not fit, where amounts were said in it, or somebody else tells of the order', () => {
    const paid = { tenders: [{ paymentId: 'card-1', method: 'card', captured: eur('119.00') }] }
    const story = untraced(paid).tell((one) => one.says('order.recorded', inDollars))
    assert.equal(story.state.header.currency, 'EUR')
    assert.deepEqual(story.open, ['FN10:line:1'])
    const other = untraced().tell((one) => one.says('order.recorded', inDollars, shop))
    assert.equal(other.state.header.currency, 'EUR')
  })
})

describe('what the system of record is told', () => {
  const serials = ['A', 'B', 'C', 'D']

  test('of pieces: those that are still to come, and those that came', () => {
    const lines = [askedLine(1, { serials, lots: ['L-1'] })]
    const story = approvedStory({ request: { lines } })
    const [record] = bodyOf(story.commands('return.record')[0], 'return.record').lines
    assert.deepEqual([record?.serials, record?.lots], [serials, ['L-1']])
    const came = { lineNo: 1, quantity: '1', serials: ['B'], lots: ['L-1'] }
    story.says('goods.received', { receiptId: 'R-1', lines: [came] })
    const [received] = bodyOf(story.commands('receipt.record')[0], 'receipt.record').lines
    assert.deepEqual([received?.serials, received?.lots], [['B'], ['L-1']])
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '4' }] })
    const [, expected] = story.commands('receipt.expect')
    assert.deepEqual(bodyOf(expected, 'receipt.expect').lines[0]?.serials, ['A', 'C', 'D'])
  })

  test('names no pieces where it is not certain which of them are meant', () => {
    const lines = [askedLine(1, { serials })]
    const story = approvedStory({ request: { lines }, line: { quantity: '2' } })
    const [record] = bodyOf(story.commands('return.record')[0], 'return.record').lines
    assert.equal(record?.serials, undefined)
    story.says('goods.received', {
      receiptId: 'R-1',
      lines: [{ lineNo: 1, quantity: '2', serials: ['A', 'B'] }],
    })
    const dispose = (dispositionId: string, quantity: string) => {
      story.says('disposition.proposed', {
        dispositionId,
        lines: [{ lineNo: 1, quantity, code: 'scrap' }],
      })
      story.says('disposition.approved', { dispositionId })
    }
    dispose('D-1', '1')
    const [part] = bodyOf(story.commands('disposition.execute')[0], 'disposition.execute').lines
    assert.equal(part?.serials, undefined)
    story.says('disposition.reversed', { dispositionId: 'D-1' })
    dispose('D-2', '2')
    const [all] = bodyOf(story.commands('disposition.execute')[1], 'disposition.execute').lines
    assert.deepEqual(all, {
      lineNo: 1,
      quantity: '2',
      code: 'scrap',
      product: { sku: 'PUMP-1' },
      unit: 'EA',
      serials: ['A', 'B'],
    })
  })

  test('of a reversed receipt: its lines, as they had been told', () => {
    const story = approvedStory()
    const lines = [{ lineNo: 1, quantity: '3', serials: ['A'] }]
    story.says('goods.received', { receiptId: 'R-1', lines })
    story.says('goods.receipt_reversed', { receiptId: 'R-2', reversalOf: 'R-1' })
    const body = bodyOf(story.commands('receipt.reverse')[0], 'receipt.reverse')
    assert.equal(body.receiptId, 'R-1')
    assert.deepEqual(
      body.lines?.map(({ lineNo, quantity, serials: told }) => [lineNo, quantity, told]),
      [[1, '3', ['A']]],
    )
  })

  test('of a credit: the goods behind its lines, also where no unit is credited', () => {
    const story = approvedStory({ terms: { trigger: 'on_receipt' } })
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    const draft = bodyOf(story.commands('credit.draft')[0], 'credit.draft')
    assert.deepEqual(
      draft.lines?.map(({ lineNo, quantity, invoiceLine }) => [lineNo, quantity, invoiceLine]),
      [[1, '4', 'inv-1']],
    )
    const price = { lineNo: 1, quantity: '0', net: eur('1.00'), tax: eur('0.19') }
    const credit = creditOf('price-1', 0, { lines: [price], total: eur('1.19') })
    story.says('credit.approved', { credit })
    const [, second] = story.commands('credit.draft')
    assert.deepEqual(
      bodyOf(second, 'credit.draft').lines?.map(({ quantity }) => quantity),
      ['0'],
    )
  })

  test('that what has not come will not come', () => {
    const story = approvedStory()
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '3' }] })
    story.says('goods.closed_short', {})
    const [closed] = story.commands('receipt.close_short')
    assert.deepEqual(bodyOf(closed, 'receipt.close_short').lineNos, [1])
  })

  test('that what has not come will not come, when a person says so', () => {
    const story = approvedStory()
    const lines = [{ lineNo: 1, quantity: '3' }]
    story.says('goods.received', { receiptId: 'R-1', complete: true, lines })
    assert.deepEqual(story.open, ['RX04:line:1'])
    story.says('exception.resolved', { exceptionKey: 'RX04:line:1', action: 'close_short' })
    assert.equal(story.commands('receipt.close_short').length, 1)
  })

  test('a note, once there is a return over there that it can stand beside', () => {
    const story = untraced()
    story.says('case.noted', { note: 'too early' })
    assert.deepEqual(story.commands('note.record'), [])
    story.says('return.approved', { lines: [{ lineNo: 1, quantity: '4' }] })
    story.says('case.noted', { note: 'both boxes together' })
    const { noteId, text, about } = bodyOf(story.commands('note.record')[0], 'note.record')
    assert.deepEqual([noteId, text], ['e4', 'both boxes together'])
    assert.equal(about?.orderRefs[0], 'S00042')
  })
})

describe('a command that was not taken', () => {
  const died = {
    deliveryId: 'd-1',
    command: 'credit.post',
    role: 'erp',
    connection: 'erp',
    code: 'PERIOD_LOCKED',
  }
  const saying = { source: 'delivery' }

  test('is an exception of its own kind, in the words of the system, until it is taken', () => {
    const story = approvedStory()
    const reason = 'The books of October are closed.'
    story.says('delivery.died', { ...died, reason, exception: 'FN07' }, saying)
    assert.deepEqual(story.open, ['FN07:delivery:d-1'])
    const raised = story.state.exceptions['FN07:delivery:d-1']
    assert.deepEqual([raised?.detail, raised?.severity], [reason, 'blocking'])
    story.says('case.flagged', { flags: ['vip'] })
    assert.deepEqual(story.open, ['FN07:delivery:d-1'])
    story.says('delivery.recovered', { deliveryId: 'd-1', command: 'credit.post' }, saying)
    assert.deepEqual(story.open, [])
  })

  test('stays an exception also of a kind that the core ends by itself elsewhere', () => {
    for (const exception of ['FN03', 'FN04', 'IT04', 'RX04']) {
      const story = approvedStory()
      story.says('delivery.died', { ...died, exception }, saying)
      story.says('case.flagged', { flags: ['vip'] })
      assert.deepEqual(story.open, [`${exception}:delivery:d-1`])
    }
  })

  test('is one exception, also when its replay fails in another way', () => {
    const story = approvedStory()
    story.says('delivery.died', died, saying)
    assert.deepEqual(story.open, ['IT01:delivery:d-1'])
    assert.equal(
      story.state.exceptions['IT01:delivery:d-1']?.detail,
      'credit.post to erp: PERIOD_LOCKED',
    )
    story.says('delivery.died', { ...died, exception: 'FN07', reason: 'Closed.' }, saying)
    assert.deepEqual(story.open, ['FN07:delivery:d-1'])
  })
})
