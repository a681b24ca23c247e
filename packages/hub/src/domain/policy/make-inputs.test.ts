import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { EventData } from '@backhaul/sdk/canonical'
import fc from 'fast-check'
import { runs } from '../histories.test.ts'
import { asked, askedLine, Story } from '../story.test.ts'
import { factsOf } from './facts.ts'
import type { LineInput } from './inputs.ts'
import { makeInputs } from './make-inputs.ts'
import type { KnownReturn } from './other-returns.ts'

type Recorded = Partial<EventData<'order.recorded'>['lines'][number]>

let count = 0

/** A return of an order line, as the rules look at it: requested, and told of what `recorded` says. */
function known(story: Story, recorded?: Recorded): KnownReturn {
  count += 1
  const events = story.events.map(({ id, type, data }) => ({ eventKey: id, type, data }))
  const line = { lineNo: 1, orderLine: '4711', ...recorded }
  const told = { orderRef: 'S1', lines: [line], tenders: [] }
  const all = recorded ? [...events, { eventKey: 'r', type: 'order.recorded', data: told }] : events
  return {
    caseId: `case-${count}`,
    caseNo: `RMA-${count}`,
    caseSeq: count,
    state: story.state,
    facts: factsOf(all, 'e1'),
    decided: new Map(),
  }
}

function requested(quantity: string, lines = [quantity]): Story {
  return new Story().tell((story) =>
    story.says('return.requested', {
      ...asked(),
      orderRefs: ['S1'],
      lines: lines.map((one, index) =>
        askedLine(index + 1, {
          quantity: one,
          product: { sku: 'PUMP' },
          origin: { orderLine: '4711' },
        }),
      ),
    }),
  )
}

/** Another return of the same order line, of which `received` of `authorized` have come. */
function another(authorized: number, received: number, isClosedShort = false): KnownReturn {
  const story = requested(String(authorized))
  story.says('return.approved', { lines: [{ lineNo: 1, quantity: String(authorized) }] })
  if (received > 0) {
    const lines = [{ lineNo: 1, quantity: String(received) }]
    story.says('goods.received', { receiptId: 'R-1', lines })
  }
  if (isClosedShort) story.says('goods.closed_short', {})
  return known(story)
}

function inputOf(own: KnownReturn, others: readonly KnownReturn[], lineNo = 1): LineInput {
  const source = {
    own,
    others,
    findProduct: () => null,
    decidedAt: '2026-11-02T09:00:00.000Z',
  }
  const { lines } = makeInputs(source, own.state.lines)
  const line = lines.find((one) => one.lineNo === lineNo)
  assert.ok(line)
  return line
}

describe('what may come back of an order line', () => {
  test('is what was delivered, less what the system of record says came back or comes back', () => {
    const own = known(requested('4'), { delivered: '10', returned: '3', returning: '2' })
    const line = inputOf(own, [])
    assert.deepEqual(
      [line.returnableQuantity, line.returnedQuantity, line.openQuantity, line.claimedQuantity],
      ['5', '3', '2', '5'],
    )
  })

  test('counts once what came back by another return, and was booked by the system of record', () => {
    const own = known(requested('4'), { delivered: '10', returned: '3', returning: '0' })
    assert.equal(inputOf(own, [another(3, 3)]).returnableQuantity, '7')
  })

  test('counts what came back by another return, and was not booked yet', () => {
    const own = known(requested('4'), { delivered: '10', returned: '0' })
    assert.equal(inputOf(own, [another(3, 3)]).returnableQuantity, '7')
  })

  test('is less by what other returns may still send', () => {
    const own = known(requested('4'), { delivered: '10', returned: '2', returning: '1' })
    assert.equal(inputOf(own, [another(5, 2)]).returnableQuantity, '4')
  })

  test('is not less by what another return will not send any more', () => {
    const own = known(requested('4'), { delivered: '10', returned: '2', returning: '0' })
    assert.equal(inputOf(own, [another(5, 2, true)]).returnableQuantity, '8')
  })

  test('is shared by the lines of one return', () => {
    const own = known(requested('', ['3', '3']), { delivered: '4' })
    const first = own.facts.recorded.get(1)
    assert.ok(first)
    const recorded = new Map([1, 2].map((lineNo) => [lineNo, { ...first, lineNo }]))
    const second = { ...own, facts: { ...own.facts, recorded } }
    assert.equal(inputOf(second, [], 1).returnableQuantity, '4')
    assert.equal(inputOf(second, [], 2).returnableQuantity, '1')
  })

  test('is not known while nobody has told of a delivery or an invoice', () => {
    assert.equal(inputOf(known(requested('4')), []).returnableQuantity, null)
  })

  test('is never more than the system of record would take, and never below nothing', () => {
    const few = fc.nat(12)
    fc.assert(
      fc.property(few, few, few, fc.array(fc.tuple(few, few), { maxLength: 3 }), (...given) => {
        const [delivered, returned, returning, returns] = given
        const own = known(requested('4'), {
          delivered: String(delivered),
          returned: String(returned),
          returning: String(returning),
        })
        const others = returns.map(([units, came]) => another(units + 1, Math.min(came, units + 1)))
        const returnable = Number(inputOf(own, others).returnableQuantity)
        const hubBack = returns.reduce((sum, [units, came]) => sum + Math.min(came, units + 1), 0)
        const hubAll = returns.reduce((sum, [units]) => sum + units + 1, 0)
        const taken = Math.max(returned, hubBack) + returning + (hubAll - hubBack)
        assert.equal(returnable, Math.max(0, delivered - taken))
      }),
      runs(300),
    )
  })
})

test('a product that is out of use over there is seen by the rules', () => {
  assert.equal(inputOf(known(requested('1'), { isArchived: true }), []).archived, true)
  assert.equal(inputOf(known(requested('1'), {}), []).archived, null)
})

describe('an order', () => {
  const ordered = { partyId: '47', commercialPartyId: '46' }
  const ownership = (customer: { partyId: string; commercialPartyId?: string }) => {
    const story = new Story().tell((one) =>
      one.says('return.requested', { ...asked(), customer, orderRefs: ['S1'] }),
    )
    const own = known(story)
    const facts = { ...own.facts, order: { orderedBy: ordered } }
    const decidedAt = '2026-11-23T08:00:00Z'
    const source = { own: { ...own, facts }, others: [], decidedAt, findProduct: () => null }
    return makeInputs(source, own.state.lines).order.belongsToCustomer
  }

  test('is of who asks for the return, or of the company behind, or of somebody else', () => {
    assert.equal(ownership({ partyId: '47' }), true)
    assert.equal(ownership({ partyId: '48', commercialPartyId: '46' }), true)
    assert.equal(ownership({ partyId: '48' }), false)
  })

  test('says nothing about a customer whom a shop names in its own way', () => {
    assert.equal(ownership({ partyId: 'shop:47' }), null)
    assert.equal(ownership({ partyId: 'shop:47', commercialPartyId: '46' }), true)
    assert.equal(ownership({ partyId: 'shop:47', commercialPartyId: '45' }), false)
  })
})
