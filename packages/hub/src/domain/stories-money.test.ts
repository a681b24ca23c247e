import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CommandBody } from '@backhaul/sdk/canonical'
import type { CaseState } from './case-state.ts'
import { fold } from './fold.ts'
import {
  approvedStory,
  asked,
  askedLine,
  bodyOf,
  creditOf,
  eur,
  minute,
  Story,
  stamped,
} from './story.test.ts'
import { timersOf } from './timers.ts'

/** Everything came in and passed. */
function inspectedStory(terms: object = {}, request: Record<string, unknown> = {}): Story {
  const story = approvedStory({ terms, request })
  story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
  story.says('inspection.completed', {
    inspectionId: 'I-1',
    lines: [{ lineNo: 1, accepted: '4', rejected: '0' }],
  })
  return story
}

/** The credit that the ERP was last told to draft. */
function draftBody(story: Story): CommandBody<'credit.draft'>['credit'] {
  const command = story.commands('credit.draft').at(-1)
  assert.ok(command, 'command is missing')
  return (command.body as CommandBody<'credit.draft'>).credit
}
const refund = (amount: string, change: object = {}) => ({
  refundId: 'credit-1-0-card-1',
  creditId: 'credit-1-0',
  paymentId: 'card-1',
  method: 'card_refund',
  amount: eur(amount),
  ...change,
})

describe('a refund after inspection', () => {
  test('is drafted, posted, paid out and settled, each step owed once the one before is done', () => {
    const story = inspectedStory()
    assert.equal(story.state.headline, 'approved')
    const credit = draftBody(story)
    assert.deepEqual(credit.total, eur('119.00'))
    assert.deepEqual(credit.lines, [
      { lineNo: 1, quantity: '4', net: eur('100.00'), tax: eur('19.00') },
    ])
    story.says('credit.drafted', { credit })
    assert.deepEqual(
      story.commands('credit.post').map(({ key }) => key),
      ['credit.post:credit-1-0'],
    )
    story.says('credit.posted', { credit })
    assert.equal(story.line().quantities.credited, '4')
    const [issue] = story.commands('refund.issue')
    const { about: _about, ...issued } = bodyOf(issue, 'refund.issue')
    assert.deepEqual(issued, refund('119.00'))
    story.says('refund.released', refund('119.00'), { source: 'psp' })
    assert.equal(story.line().axes.settlement, 'released')
    story.says('refund.settled', refund('119.00'), { source: 'psp' })
    assert.equal(story.line().axes.settlement, 'settled')
    assert.deepEqual(story.open, [])
    assert.equal(story.commands('refund.issue').length, 1)
    assert.deepEqual(timersOf(story.state), [])
  })

  test('of two lines that came of one invoice line is worth no more than that, however it is rounded', () => {
    const invoiced = { invoiceLine: 'INV-7', quantity: '4', net: eur('10.03'), tax: eur('1.91') }
    const origin = { orderLine: 'S-7', deliveredAt: minute(-60), invoiced }
    const lines = [1, 2].map((lineNo) => askedLine(lineNo, { quantity: '2', origin }))
    const story = new Story()
    story.says('return.requested', { ...asked(), lines })
    const units = [1, 2].map((lineNo) => ({ lineNo, quantity: '2' }))
    const settlement = { method: 'credit_note' as const, trigger: 'on_receipt' as const }
    story.says('return.approved', { lines: units, settlement })
    story.says('goods.received', { receiptId: 'R-1', lines: units })
    const credit = draftBody(story)
    // Half of it each, rounded up, would be 10.04 and 1.92.
    assert.deepEqual(
      credit.lines.map(({ net, tax }) => [net.amount, tax.amount]),
      [
        ['5.02', '0.96'],
        ['5.01', '0.95'],
      ],
    )
    story.says('credit.posted', { credit })
    assert.deepEqual(story.open, [])
  })

  test('of two lines that came of one invoice line is held when it is above that', () => {
    const invoiced = { invoiceLine: 'INV-7', quantity: '4', net: eur('10.03'), tax: eur('1.91') }
    const origin = { orderLine: 'S-7', deliveredAt: minute(-60), invoiced }
    const lines = [1, 2].map((lineNo) => askedLine(lineNo, { quantity: '2', origin }))
    const story = new Story()
    story.says('return.requested', { ...asked(), lines })
    const units = [1, 2].map((lineNo) => ({ lineNo, quantity: '2' }))
    story.says('return.approved', { lines: units, settlement: { trigger: 'on_receipt' } })
    story.says('goods.received', { receiptId: 'R-1', lines: units })
    const halves = units.map((unit) => ({ ...unit, net: eur('5.02'), tax: eur('0.96') }))
    const credit = { creditId: 'C-7', lines: halves, total: eur('11.96'), method: 'credit_note' }
    story.says('credit.posted', { credit })
    assert.deepEqual(story.open, ['FN04:credit:C-7'])
    assert.equal(story.line().quantities.credited, '0')
  })

  test('by credit note is done as soon as it is posted, and nothing is paid out', () => {
    const story = inspectedStory({ method: 'credit_note' })
    story.says('credit.posted', { credit: draftBody(story) })
    assert.deepEqual(story.commands('refund.issue'), [])
    assert.equal(story.state.closedAt, story.events.at(-1)?.occurredAt)
    assert.equal(story.state.headline, 'closed')
  })

  test('credits in parts add up to the invoice, the last one taking the remainder', () => {
    const request = {
      lines: [
        askedLine(1, {
          quantity: '3',
          origin: {
            invoiced: { invoiceLine: 'i', quantity: '3', net: eur('100.00'), tax: eur('6.34') },
          },
        }),
      ],
    }
    const story = new Story()
    story.says('return.requested', asked(request))
    story.says('return.approved', {
      lines: [{ lineNo: 1, quantity: '3' }],
      settlement: { method: 'credit_note', trigger: 'on_receipt' },
    })
    const totals: string[] = []
    for (const receiptId of ['R-1', 'R-2', 'R-3']) {
      story.says('goods.received', { receiptId, lines: [{ lineNo: 1, quantity: '1' }] })
      const credit = draftBody(story)
      totals.push(credit.total.amount)
      story.says('credit.posted', { credit })
    }
    assert.deepEqual(totals, ['35.44', '35.44', '35.46'])
    assert.equal(story.line().postedMinor, 10_634)
  })

  test('waits for the goods that its terms name', () => {
    const moments = { on_approval: 2, on_first_scan: 3, on_receipt: 4, on_inspection: 5 } as const
    for (const [trigger, moment] of Object.entries(moments)) {
      const story = approvedStory({ terms: { trigger } })
      const drafted = () => story.commands('credit.draft').length > 0 && story.events.length
      let first = drafted()
      story.says('parcel.in_transit', { parcelId: 'in-1' })
      first ||= drafted()
      story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
      first ||= drafted()
      story.says('inspection.completed', {
        inspectionId: 'I-1',
        lines: [{ lineNo: 1, accepted: '4', rejected: '0' }],
      })
      first ||= drafted()
      assert.equal(first, moment, trigger)
    }
  })

  test('waits while a blocking exception is open, and goes on by itself', () => {
    const story = approvedStory()
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '5' }] })
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '5', rejected: '0' }],
    })
    assert.deepEqual(story.commands('credit.draft'), [])
    story.says('exception.resolved', { exceptionKey: 'RX03:line:1', action: 'send_back' })
    assert.equal(draftBody(story).lines[0]?.quantity, '4')
  })

  test('without an inspection covers what has come in, and no more', () => {
    const story = approvedStory({ line: { inspectionRequired: false } })
    assert.equal(story.line().axes.inspection, 'not_required')
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '3' }] })
    assert.deepEqual(story.commands('inspection.request'), [])
    assert.equal(story.line().quantities.accepted, '3')
    assert.equal(draftBody(story).lines[0]?.quantity, '3')
  })

  test('that the ERP drafted before the goods are back is posted when they are', () => {
    const story = approvedStory()
    story.says('credit.drafted', { credit: creditOf('ERP-1', 4) })
    assert.deepEqual(story.commands('credit.post'), [])
    assert.deepEqual(story.open, [])
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    assert.deepEqual(story.commands('credit.post'), [])
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '4', rejected: '0' }],
    })
    assert.deepEqual(
      story.commands('credit.post').map(({ key }) => key),
      ['credit.post:ERP-1'],
    )
    assert.deepEqual(story.commands('credit.draft'), [])
  })

  test('covers accepted units only', () => {
    const story = approvedStory()
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '3', rejected: '1' }],
    })
    assert.equal(draftBody(story).total.amount, '89.25')
  })
})

describe('fees', () => {
  const fees = [{ kind: 'restocking', net: eur('10.00'), tax: eur('1.90') }]

  test('lower the credit, with their own tax', () => {
    assert.equal(draftBody(inspectedStory({ fees })).total.amount, '107.10')
  })

  test('are not charged when the return is not the customer’s doing', () => {
    const request = { lines: [askedLine(1, { reason: { code: 'wrong_goods' } })] }
    const credit = draftBody(inspectedStory({ fees }, request))
    assert.deepEqual(credit.fees, [])
    assert.equal(credit.total.amount, '119.00')
  })

  test('never take more than the goods are worth', () => {
    const large = [{ kind: 'restocking', net: eur('300.00'), tax: eur('57.00') }]
    const credit = draftBody(inspectedStory({ fees: large }))
    assert.equal(credit.total.amount, '0.00')
    assert.deepEqual(credit.fees, [{ kind: 'restocking', net: eur('100.00'), tax: eur('19.00') }])
  })

  test('are charged once in a case', () => {
    const story = approvedStory({ terms: { trigger: 'on_receipt', fees } })
    for (const receiptId of ['R-1', 'R-2']) {
      story.says('goods.received', { receiptId, lines: [{ lineNo: 1, quantity: '2' }] })
      story.says('credit.posted', { credit: draftBody(story) })
    }
    const charged = story
      .commands('credit.draft')
      .map(({ body }) => (body as CommandBody<'credit.draft'>).credit.fees.length)
    assert.deepEqual(charged, [1, 0])
  })
})

describe('several payments', () => {
  const tenders = [
    { paymentId: 'card-1', method: 'card', captured: eur('80.00') },
    { paymentId: 'gift-1', method: 'gift_card', captured: eur('30.00'), refunded: eur('10.00') },
    { paymentId: 'market', method: 'marketplace', captured: eur('500.00') },
  ]

  test('get their money back in reverse order, each up to what it can still give', () => {
    const story = inspectedStory({}, { tenders })
    story.says('credit.posted', { credit: draftBody(story) })
    const bodies = story
      .commands('refund.issue')
      .map(({ body }) => body as CommandBody<'refund.issue'>)
    assert.deepEqual(
      bodies.map(({ paymentId, amount }) => [paymentId, amount.amount]),
      [
        ['gift-1', '20.00'],
        ['card-1', '80.00'],
      ],
    )
    assert.deepEqual(story.open, ['FN05:credit:credit-1-0'])
  })

  test('a refund above what was captured does not enter the ledger', () => {
    const story = inspectedStory()
    story.says('refund.settled', refund('119.01', { refundId: 'X-1', creditId: undefined }), {
      source: 'psp',
    })
    assert.deepEqual(story.open, ['FN04:refund:X-1'])
    assert.equal(story.state.tenders[0]?.refundedMinor, 0)
    assert.equal(story.state.refunds.length, 0)
  })

  test('a second refund for money that is gone is held as a double', () => {
    const story = inspectedStory()
    story.says('refund.settled', refund('100.00', { refundId: 'X-1', creditId: undefined }), {
      source: 'psp',
    })
    story.says('refund.settled', refund('100.00', { refundId: 'X-2', creditId: undefined }), {
      source: 'shop',
    })
    assert.equal(story.open.includes('FN03:refund:X-2'), true)
    assert.equal(story.state.tenders[0]?.refundedMinor, 10_000)
  })

  test('a credit that has been paid out is not paid out a second time, whatever was captured', () => {
    const story = inspectedStory(
      {},
      { tenders: [{ paymentId: 'card-1', method: 'card', captured: eur('900.00') }] },
    )
    story.says('credit.posted', { credit: draftBody(story) })
    story.says('refund.settled', refund('119.00'), { source: 'psp' })
    story.says('refund.settled', refund('119.00', { refundId: 'X-2' }), { source: 'shop' })
    assert.deepEqual(story.open, ['FN03:refund:X-2'])
    story.says('refund.settled', refund('119.02', { refundId: 'X-3' }), { source: 'shop' })
    assert.deepEqual(story.open, ['FN03:refund:X-2', 'FN04:refund:X-3'])
    assert.equal(story.state.tenders[0]?.refundedMinor, 11_900)
  })

  test('what other cases have left of a payment bounds this one', () => {
    const story = inspectedStory()
    story.says('refund.settled', refund('60.00', { refundId: 'X-1', creditId: undefined }), {
      source: 'psp',
      room: { payments: { 'card-1': 5_000 } },
    })
    assert.equal(story.open.includes('FN04:refund:X-1'), true)
  })

  test('a refund that fails gives its tender back, and is followed up until another one goes through', () => {
    const story = inspectedStory()
    story.says('credit.posted', { credit: draftBody(story) })
    story.says('refund.released', refund('119.00'), { source: 'psp' })
    story.says('refund.failed', { refundId: 'credit-1-0-card-1' }, { source: 'psp' })
    assert.deepEqual(story.open, ['FN05:refund:credit-1-0-card-1'])
    assert.equal(story.line().axes.settlement, 'failed')
    assert.equal(story.state.tenders[0]?.refundedMinor, 0)
    story.says('refund.settled', refund('119.00', { refundId: 'by-bank' }), { source: 'psp' })
    assert.deepEqual(story.open, [])
    assert.equal(story.line().axes.settlement, 'settled')
  })

  test('a settlement in two steps is partial until all of it is there', () => {
    const story = inspectedStory()
    story.says('credit.posted', { credit: draftBody(story) })
    story.says('refund.settled', refund('100.00', { refundId: 'X-1' }), { source: 'psp' })
    assert.equal(story.line().axes.settlement, 'partially_settled')
    story.says('refund.settled', refund('19.00', { refundId: 'X-2' }), { source: 'psp' })
    assert.equal(story.line().axes.settlement, 'settled')
  })
})

describe('money that moves by itself', () => {
  test('a credit posted before the goods are back is true, and holds the payout until they are', () => {
    const story = approvedStory()
    story.says('credit.posted', { credit: creditOf('C-1', 4) })
    assert.equal(story.line().quantities.credited, '4')
    assert.deepEqual(story.open, ['FN02:line:1'])
    assert.deepEqual(story.commands('refund.issue'), [])
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '4', rejected: '0' }],
    })
    assert.deepEqual(story.open, [])
    assert.equal(story.commands('refund.issue').length, 1)
    assert.deepEqual(story.commands('credit.draft'), [])
  })

  test('a refund before the receipt is a normal state, and is not paid again', () => {
    const story = approvedStory()
    story.says('refund.settled', refund('119.00', { refundId: 'X-1', creditId: undefined }), {
      source: 'psp',
    })
    assert.equal(story.line().axes.settlement, 'settled')
    assert.deepEqual(story.open, ['FN02:line:1'])
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    story.says('inspection.completed', {
      inspectionId: 'I-1',
      lines: [{ lineNo: 1, accepted: '4', rejected: '0' }],
    })
    assert.deepEqual(story.open, [])
    story.says('credit.posted', { credit: draftBody(story) })
    assert.deepEqual(story.commands('refund.issue'), [])
    assert.equal(story.line().axes.settlement, 'settled')
    assert.deepEqual(story.open, [])
  })

  test('the same units credited through two channels count once; the second is evidence', () => {
    const story = inspectedStory()
    story.says('credit.posted', { credit: draftBody(story) })
    story.says('credit.posted', { credit: creditOf('SHOP-7', 4) }, { source: 'shop' })
    assert.deepEqual(story.open, ['FN03:credit:SHOP-7'])
    assert.equal(story.line().postedMinor, 11_900)
    story.says('credit.reversed', { creditId: 'SHOP-7' }, { source: 'shop' })
    assert.deepEqual(story.open, [])
  })

  test('evidence counts as soon as the other credit is reversed', () => {
    const story = inspectedStory({ method: 'credit_note' })
    story.says('credit.posted', { credit: draftBody(story) })
    story.says(
      'credit.posted',
      { credit: creditOf('SHOP-7', 4, { method: 'credit_note' }) },
      { source: 'shop' },
    )
    story.says('credit.reversed', { creditId: 'credit-1-0' })
    assert.deepEqual(story.open, [])
    assert.deepEqual(
      story.state.credits.map(({ creditId, status }) => [creditId, status]),
      [
        ['credit-1-0', 'reversed'],
        ['SHOP-7', 'posted'],
      ],
    )
    assert.equal(story.line().axes.settlement, 'posted')
  })

  test('two credits for a unit each are a double when one unit comes back, though five were invoiced', () => {
    const story = new Story()
    const invoiced = { invoiceLine: 'i', quantity: '5', net: eur('125.00'), tax: eur('23.75') }
    story.says(
      'return.requested',
      asked({ lines: [askedLine(1, { quantity: '1', origin: { invoiced } })] }),
    )
    story.says('return.approved', {
      lines: [{ lineNo: 1, quantity: '1' }],
      settlement: { trigger: 'on_approval' },
    })
    story.says('credit.posted', { credit: creditOf('C-1', 1) })
    story.says('credit.posted', { credit: creditOf('C-2', 1) }, { source: 'market' })
    assert.equal(story.open.includes('FN03:credit:C-2'), true)
    assert.equal(story.line().quantities.credited, '1')
  })

  test('a credit above the invoice is evidence until it is given as goodwill', () => {
    const story = inspectedStory({ method: 'credit_note' })
    story.says('credit.posted', { credit: creditOf('C-9', 5, { method: 'credit_note' }) })
    assert.deepEqual(story.open, ['FN04:credit:C-9'])
    assert.equal(story.line().quantities.credited, '0')
    story.says('exception.resolved', {
      exceptionKey: 'FN04:credit:C-9',
      action: 'approve_goodwill',
    })
    const given = story.state.credits.find(({ creditId }) => creditId === 'C-9')
    assert.deepEqual([given?.goodwillMinor, given?.totalMinor, given?.lines], [14_875, 14_875, []])
    assert.deepEqual(story.open, [])
  })

  test('credits whose units fit, and whose money together does not, count up to the invoice line', () => {
    const story = inspectedStory({ method: 'credit_note' })
    const half = (creditId: string, net: string) =>
      creditOf(creditId, 2, {
        lines: [{ lineNo: 1, quantity: '2', net: eur(net), tax: eur('9.50') }],
        total: eur('59.50'),
      })
    story.says('credit.posted', { credit: half('C-1', '50.00') })
    story.says('credit.posted', { credit: half('C-2', '50.01') })
    assert.equal(story.open.includes('FN03:credit:C-2'), true)
    assert.equal(story.line().postedMinor, 5_950)
  })

  test('totals that their lines do not explain count up to the invoice', () => {
    const story = inspectedStory({ method: 'credit_note' })
    const inflated = (creditId: string) => creditOf(creditId, 2, { total: eur('100.00') })
    story.says('credit.posted', { credit: inflated('C-1') })
    assert.deepEqual(story.open, ['FN01:credit:C-1'])
    story.says('credit.posted', { credit: inflated('C-2') })
    assert.deepEqual(story.open, ['FN01:credit:C-1', 'FN03:credit:C-2'])
  })

  test('a credit that the ERP makes by itself takes the place of the one that was planned', () => {
    const story = inspectedStory({ method: 'credit_note' })
    story.says('credit.posted', { credit: creditOf('ERP-1', 3, { method: 'credit_note' }) })
    assert.deepEqual(
      story.state.credits.map(({ lines }) => lines[0]?.quantity),
      ['1', '3'],
    )
    assert.equal(story.commands('credit.draft').length, 1)
    story.says('credit.posted', { credit: creditOf('ERP-2', 1, { method: 'credit_note' }) })
    assert.equal(story.state.credits[0]?.status, 'declined')
    assert.equal(story.state.headline, 'closed')
    story.says('credit.drafted', { credit: creditOf('credit-1-0', 4, { method: 'credit_note' }) })
    assert.deepEqual(story.open, ['FN03:credit:credit-1-0'])
    assert.deepEqual(story.commands('credit.post'), [])
  })

  test('what other returns have left of an invoice line bounds this one', () => {
    for (const left of [
      { quantity: '3', minor: 11_900 },
      { quantity: '4', minor: 11_899 },
    ]) {
      const story = inspectedStory({ method: 'credit_note' })
      const room = { lines: { 1: left } }
      story.says('credit.posted', { credit: creditOf('C-1', 4) }, { room })
      assert.deepEqual(story.open, ['FN03:credit:C-1'])
      assert.equal(story.line().quantities.credited, '0')
    }
  })

  test('no more is planned than other returns have left', () => {
    const story = approvedStory()
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    const room = { lines: { 1: { quantity: '3', minor: 11_900 } } }
    story.says(
      'inspection.completed',
      { inspectionId: 'I-1', lines: [{ lineNo: 1, accepted: '4', rejected: '0' }] },
      { room },
    )
    assert.equal(draftBody(story).lines[0]?.quantity, '3')
  })

  test('a draft for units that have been credited is not posted', () => {
    const story = inspectedStory()
    story.says('credit.posted', { credit: creditOf('C-1', 4) })
    story.says('credit.drafted', { credit: creditOf('credit-1-0', 4) })
    assert.deepEqual(story.open, ['FN03:credit:credit-1-0'])
    assert.deepEqual(story.commands('credit.post'), [])
  })

  test('a second draft for the same units is stopped before either is posted', () => {
    const story = inspectedStory()
    story.says('exception.raised', { code: 'CU02' })
    story.says('credit.drafted', { credit: draftBody(story) })
    story.says('credit.drafted', { credit: creditOf('C-2', 4) })
    assert.deepEqual(story.open, ['CU02:case', 'FN03:credit:C-2'])
    story.says('exception.resolved', { exceptionKey: 'CU02:case', action: 'relink' })
    story.says('exception.resolved', { exceptionKey: 'FN03:credit:C-2', action: 'block' })
    assert.deepEqual(
      story.commands('credit.post').map(({ key }) => key),
      ['credit.post:credit-1-0'],
    )
  })

  test('posted otherwise than approved is an exception beyond a cent', () => {
    for (const [total, open] of [
      ['119.01', []],
      ['118.98', ['FN01:credit:credit-1-0']],
    ] as const) {
      const story = inspectedStory()
      const lines = [
        {
          lineNo: 1,
          quantity: '4',
          net: eur(total === '119.01' ? '100.00' : '99.98'),
          tax: eur('19.00'),
        },
      ]
      story.says('credit.posted', {
        credit: { ...draftBody(story), lines, total: eur(total === '119.01' ? '119.00' : total) },
      })
      assert.deepEqual(story.open, open)
    }
  })

  const openKeys = ({ exceptions }: CaseState) =>
    Object.entries(exceptions).flatMap(([key, { status }]) => (status === 'open' ? [key] : []))

  /** One unit is inspected and credited; that the others were inspected before that, the hub hears afterwards. */
  function lateInspection(total: string) {
    const story = approvedStory()
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '4' }] })
    const inspected = (inspectionId: string, accepted: string) => ({
      inspectionId,
      lines: [{ lineNo: 1, accepted, rejected: '0' }],
    })
    story.says('inspection.completed', inspected('I-1', '1'), { at: 10 })
    const credit = { ...draftBody(story), total: eur(total) }
    const net = eur((Number(total) - 4.75).toFixed(2))
    const posted = { ...credit, lines: credit.lines.map((line) => ({ ...line, net })) }
    story.says('credit.posted', { credit: posted }, { at: 20 })
    const late = stamped('late', 'inspection.completed', { data: inspected('I-2', '3'), at: 5 })
    const events = [...story.events, late]
    const { state } = fold(events.toSorted((a, b) => a.occurredAt.localeCompare(b.occurredAt)))
    assert.ok(state)
    return state
  }

  test('a credit of fewer units than the history now explains is as much as was approved for them', () => {
    const state = lateInspection('29.75')
    assert.deepEqual(openKeys(state), [])
    const credits = state.credits.map(({ status, lines }) => [status, lines[0]?.quantity])
    assert.deepEqual(credits, [
      ['posted', '1'],
      ['approved', '3'],
    ])
    assert.deepEqual(openKeys(lateInspection('29.70')), ['FN01:credit:credit-1-0'])
  })

  test('a credit in another currency is evidence, not money', () => {
    const story = inspectedStory()
    const usd = (amount: string) => ({ amount, currency: 'USD' })
    const lines = [{ lineNo: 1, quantity: '4', net: usd('100.00'), tax: usd('19.00') }]
    story.says('credit.posted', { credit: creditOf('C-1', 4, { lines, total: usd('119.00') }) })
    assert.deepEqual(story.open, ['FN01:credit:C-1'])
    assert.equal(story.line().postedMinor, 0)
  })

  test('a posting that the ERP refuses holds the case until it goes through', () => {
    const story = inspectedStory()
    story.says('credit.drafted', { credit: draftBody(story) })
    story.says('credit.failed', { creditId: 'credit-1-0', code: 'PERIOD_LOCKED' })
    assert.deepEqual(story.open, ['FN07:credit:credit-1-0'])
    assert.equal(story.line().axes.settlement, 'failed')
    story.says('credit.posted', { credit: draftBody(story) })
    assert.deepEqual(story.open, [])
  })

  test('goods taken back after the credit are finance’s matter', () => {
    const story = inspectedStory()
    story.says('credit.posted', { credit: draftBody(story) })
    story.says('goods.receipt_reversed', { receiptId: 'V-1', reversalOf: 'R-1' })
    assert.deepEqual(story.open, ['RX10:line:1'])
    story.says('goods.received', { receiptId: 'R-2', lines: [{ lineNo: 1, quantity: '4' }] })
    assert.equal(!story.open.includes('RX10:line:1'), true)
  })

  test('a reversed credit is not credited anew by the hub', () => {
    const story = inspectedStory()
    story.says('credit.posted', { credit: draftBody(story) })
    story.says('credit.reversed', { creditId: 'credit-1-0' })
    assert.equal(story.line().axes.settlement, 'reversed')
    assert.equal(story.line().quantities.credited, '0')
    assert.equal(story.commands('credit.draft').length, 1)
  })
})

test('a part that was reversed is not credited anew beside the part that stands', () => {
  const story = approvedStory({ terms: { method: 'credit_note', trigger: 'on_receipt' } })
  for (const receiptId of ['R-1', 'R-2']) {
    story.says('goods.received', { receiptId, lines: [{ lineNo: 1, quantity: '2' }] })
    story.says('credit.posted', { credit: draftBody(story) })
  }
  story.says('credit.reversed', { creditId: 'credit-1-0' })
  assert.equal(story.line().axes.settlement, 'posted')
  assert.equal(story.line().quantities.credited, '2')
  assert.equal(story.commands('credit.draft').length, 2)
})

describe('credits that people decide', () => {
  test('come to nothing when the return is canceled before they are drafted', () => {
    const story = approvedStory({ terms: { trigger: 'on_approval' } })
    assert.equal(story.line().axes.settlement, 'approved')
    story.says('return.canceled', {})
    assert.equal(story.line().axes.settlement, 'declined')
    assert.equal(story.state.credits[0]?.status, 'declined')
    story.says('credit.drafted', { credit: creditOf('credit-1-0', 4) })
    assert.deepEqual(story.open, ['FN04:credit:credit-1-0'])
    assert.deepEqual(story.commands('credit.post'), [])
  })

  test('are proposed, sent for approval and approved, and only then owed', () => {
    const story = approvedStory({
      request: { lines: [askedLine(1, { origin: {} })] },
      terms: { trigger: 'on_approval' },
    })
    story.says('credit.proposed', { credit: creditOf('C-1', 4) })
    story.says('credit.approval_requested', { creditId: 'C-1' })
    assert.equal(story.line().axes.settlement, 'pending_approval')
    assert.deepEqual(story.commands('credit.draft'), [])
    story.says('credit.approved', { credit: creditOf('C-1', 4) })
    assert.equal(story.commands('credit.draft').length, 1)
  })

  test('cannot be approved before their trigger, above their cap or on hold', () => {
    const early = approvedStory({ request: { lines: [askedLine(1, { origin: {} })] } })
    const first = early.says('credit.approved', { credit: creditOf('C-1', 4) })
    assert.equal(first.outcome === 'refused' && first.code, 'trigger_not_met')
    const story = inspectedStory()
    story.says('credit.declined', { creditId: 'credit-1-0' })
    assert.equal(story.line().axes.settlement, 'declined')
    const lines = [{ lineNo: 1, quantity: '4', net: eur('200.00'), tax: eur('0.00') }]
    const above = story.says('credit.approved', {
      credit: creditOf('C-2', 4, { lines, total: eur('200.00') }),
    })
    assert.equal(above.outcome === 'refused' && above.code, 'above_cap')
    story.says('exception.raised', { code: 'CU02' })
    const held = story.says('credit.approved', { credit: creditOf('C-3', 4) })
    assert.equal(held.outcome === 'refused' && held.code, 'on_hold')
  })
})

describe('what was invoiced', () => {
  test('is told by the ERP later, and the credit that waited for it is cut', () => {
    const story = inspectedStory({}, { lines: [askedLine(1, { origin: {} })] })
    assert.deepEqual(story.commands('credit.draft'), [])
    const invoiced = { invoiceLine: 'i', quantity: '4', net: eur('80.00'), tax: eur('15.20') }
    story.says('order.recorded', { orderRef: 'SO-1', lines: [{ lineNo: 1, invoiced }] })
    assert.equal(draftBody(story).total.amount, '95.20')
  })

  test('is not changed by a source that does not own settlement', () => {
    const story = approvedStory()
    const invoiced = { invoiceLine: 'i', quantity: '400', net: eur('9000.00'), tax: eur('0.00') }
    story.says(
      'order.recorded',
      { orderRef: 'SO-1', lines: [{ lineNo: 1, invoiced }] },
      { source: 'shop', owns: 'A' },
    )
    assert.equal(story.line().invoiced?.quantity, '4')
  })

  test('a payment smaller than what has been refunded is evidence too', () => {
    const story = inspectedStory()
    story.says('credit.posted', { credit: draftBody(story) })
    story.says('refund.settled', refund('119.00'), { source: 'psp' })
    const smaller = { paymentId: 'card-1', method: 'card', captured: eur('100.00') }
    story.says('order.recorded', { orderRef: 'SO-1', lines: [], tenders: [smaller] })
    assert.deepEqual(story.open, ['FN04:payment:card-1'])
    assert.equal(story.state.tenders[0]?.capturedMinor, 11_900)
  })

  test('smaller than what has been credited is evidence, and the ledger stays', () => {
    const story = inspectedStory({ method: 'credit_note' })
    story.says('credit.posted', { credit: draftBody(story) })
    const invoiced = { invoiceLine: 'i', quantity: '3', net: eur('75.00'), tax: eur('14.25') }
    story.says('order.recorded', { orderRef: 'SO-1', lines: [{ lineNo: 1, invoiced }] })
    assert.deepEqual(story.open, ['FN04:line:1'])
    assert.equal(story.line().invoiced?.quantity, '4')
  })

  test('a payment that becomes known takes up what was refunded before', () => {
    const story = approvedStory({ request: { tenders: [] } })
    story.says('refund.settled', refund('50.00', { refundId: 'X-1', creditId: undefined }), {
      source: 'psp',
    })
    const small = { paymentId: 'card-1', method: 'card', captured: eur('119.00') }
    story.says('order.recorded', { orderRef: 'SO-1', lines: [], tenders: [small] })
    assert.equal(story.state.tenders[0]?.refundedMinor, 5_000)
  })
})

describe('a marketplace', () => {
  const fact = {
    ...refund('59.50', { refundId: 'MP-1', creditId: undefined, paymentId: undefined }),
    method: 'marketplace_refund',
  }

  test('that refunded without a return opens a case, and the goods are chased', () => {
    const story = new Story()
    story.says(
      'credit.posted',
      { credit: creditOf('MP-1', 2, { method: 'marketplace_refund' }) },
      { source: 'market', owns: '' },
    )
    assert.equal(story.line().axes.authorization, 'approved')
    assert.equal(story.line().axes.receipt, 'expected')
    assert.equal(story.open.includes('FN09:case'), true)
    assert.equal(story.state.header.channel, 'marketplace')
    story.says('goods.received', { receiptId: 'R-1', lines: [{ lineNo: 1, quantity: '2' }] })
    assert.equal(!story.open.includes('FN09:case'), true)
  })

  test('that refunded without naming lines opens a case without lines', () => {
    const story = new Story()
    story.says('refund.settled', fact, { source: 'market', owns: '' })
    assert.deepEqual(story.state.lines, [])
    assert.equal(story.state.headline, 'refunded')
    assert.deepEqual(story.open, ['FN09:case'])
  })

  test('is believed about its own payouts, and its money is not paid again', () => {
    const story = new Story()
    story.says('return.requested', asked({ channel: 'marketplace' }), {
      source: 'market',
      owns: '',
    })
    story.says('return.approved', {
      lines: [{ lineNo: 1, quantity: '4' }],
      settlement: { method: 'marketplace_refund', trigger: 'on_approval' },
    })
    story.says('refund.settled', { ...fact, amount: eur('119.00') }, { source: 'market', owns: '' })
    assert.equal(story.line().axes.settlement, 'settled')
    story.says('credit.posted', { credit: draftBody(story) })
    assert.deepEqual(story.commands('refund.issue'), [])
  })

  test('pays by itself: a credit by its hand is booked, and no payment is asked for', () => {
    const story = inspectedStory({ method: 'marketplace_refund' })
    story.says('credit.posted', { credit: draftBody(story) })
    assert.equal(story.line().axes.settlement, 'posted')
    assert.deepEqual(story.commands('refund.issue'), [])
    assert.deepEqual(timersOf(story.state), [])
  })

  test('gives way to the request that arrives after its refund', () => {
    const credit = creditOf('MP-1', 2, { method: 'marketplace_refund' })
    const events = [
      stamped('m', 'credit.posted', { data: { credit }, at: 1, source: 'market' }),
      stamped('q', 'return.requested', { data: asked(), at: 3, source: 'market' }),
    ]
    const { state } = fold(events)
    assert.equal(state?.opened.id, 'q')
    assert.equal(state?.exceptions['FN09:case'], undefined)
    assert.equal(state?.lines[0]?.quantities.credited, '2')
  })
})
