import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PolledMessage } from '@backhaul/sdk/connector'
import { type ShopStage, stages } from '../shop-stage.test.ts'

const open = stages()
const minuteMs = 60_000

function ask(stage: ShopStage, order: string): void {
  const line = { sku: 'PUMP-12V', quantity: 1 }
  stage.double.people.order({ name: order, lines: [line] })
  stage.double.people.requestReturn({ order, lines: [{ ...line, note: 'It leaks.' }] })
}

function later(stage: ShopStage, minutes: number): void {
  stage.clock.now = new Date(stage.clock.now.getTime() + minutes * minuteMs)
}

function names(messages: readonly PolledMessage[]): string[] {
  return messages.map(({ topic, body }) => {
    const { name, status, state } = body as { name?: string; status?: string; state?: string }
    return [topic, name, status ?? state].filter(Boolean).join(' ')
  })
}

describe('changes of a shop', () => {
  test('tell a return once, and again when it says something else', async () => {
    const stage = await open()
    ask(stage, '#1001')
    const first = await stage.poll('changes')
    assert.deepEqual(names(first.messages), ['return #1001-R1 REQUESTED'])
    later(stage, 5)
    const overlapping = await stage.poll('changes', first.cursor)
    assert.deepEqual(overlapping.messages, first.messages)
    later(stage, 10)
    assert.deepEqual((await stage.poll('changes', overlapping.cursor)).messages, [])
  })

  test('begin with what is under way: of what was over before, nobody has to hear', async () => {
    const stage = await open()
    ask(stage, '#1001')
    ask(stage, '#1002')
    const [, second] = stage.double.books()
    const id = Number(second?.ref.slice(second.ref.lastIndexOf('/') + 1))
    stage.double.people.decide({ id, approves: false })
    stage.double.people.refundByHand({ order: '#1002', minor: 100 })
    const { messages } = await stage.poll('changes')
    assert.deepEqual(names(messages), ['return #1001-R1 REQUESTED'])
  })

  test('tell a refund that staff has made, and again when the money is out', async () => {
    const stage = await open()
    ask(stage, '#1001')
    const { cursor } = await stage.poll('changes')
    later(stage, 5)
    stage.double.people.nextRefund({ status: 'PENDING' })
    stage.double.people.refundByHand({ order: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 1 }] })
    const pending = await stage.poll('changes', cursor)
    assert.deepEqual(names(pending.messages).slice(1), ['refund released'])
    later(stage, 5)
    stage.double.people.settlePending({ status: 'SUCCESS' })
    const settled = await stage.poll('changes', pending.cursor)
    assert.deepEqual(names(settled.messages).slice(1), ['refund settled'])
  })

  test('of a return that do not touch its order are found all the same', async () => {
    const stage = await open({}, { touchesOrders: false })
    ask(stage, '#1001')
    const begun = await stage.poll('changes')
    const round = await stage.poll('open-returns')
    later(stage, 10)
    const { cursor } = await stage.poll('changes', begun.cursor)
    const [first] = stage.double.books()
    const id = Number(first?.ref.slice(first.ref.lastIndexOf('/') + 1))
    stage.double.people.decide({ id, approves: true })
    assert.deepEqual((await stage.poll('changes', cursor)).messages, [])
    const { messages } = await stage.poll('open-returns', round.cursor)
    assert.deepEqual(names(messages), ['return #1001-R1 OPEN'])
  })

  test('are found although the search lags behind', async () => {
    const stage = await open({}, { searchLagMs: minuteMs })
    const { cursor } = await stage.poll('changes')
    ask(stage, '#1001')
    const blind = await stage.poll('changes', cursor)
    assert.deepEqual(blind.messages, [])
    later(stage, 1)
    const { messages } = await stage.poll('changes', blind.cursor)
    assert.deepEqual(names(messages), ['return #1001-R1 REQUESTED'])
  })

  test('come in pages that all are read', async () => {
    const stage = await open()
    for (let number = 1_001; number <= 1_025; number += 1) ask(stage, `#${number}`)
    const { messages } = await stage.poll('changes')
    assert.equal(new Set(names(messages)).size, 25)
  })
})
