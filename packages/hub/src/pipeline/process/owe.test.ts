import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CanonicalEvent } from '@backhaul/sdk/canonical'
import { approvedStory } from '../../domain/story.test.ts'
import { type OweDeps, owe } from './owe.ts'
import type { HeldCase } from './work.ts'

const erp = {
  id: 'erp-main',
  state: 'active',
  storedState: 'active',
  roles: ['erp'],
  connector: { delivers: { 'receipt.record': {}, 'credit.draft': {} }, deliversMapped: false },
}

function commandsAfter(source: string): string[] {
  const story = approvedStory({ terms: { trigger: 'on_receipt' } })
  const before = story.owed.length
  const receipt = { receiptId: 'transfer-165', lines: [{ lineNo: 1, quantity: '4' }] }
  story.says('goods.received', receipt, { source })
  const held = { state: story.state, deliveries: [], deliverySeq: 0 } as unknown as HeldCase
  const deps = {
    connections: {
      get: () => undefined,
      ownersOf: () => [],
      routeOf: () => erp,
      subscribersOf: () => [],
    },
    mapper: { speaks: () => true },
  } as unknown as OweDeps
  owe(deps, held, {
    event: { type: 'goods.received' } as CanonicalEvent,
    eventKey: 'e',
    occurredAt: '2026-11-23T09:30:00.000Z',
    now: new Date(),
    owed: story.owed.slice(before).filter(({ role }) => role === 'erp'),
    isPublished: false,
    revived: [],
    source,
  })
  return held.deliveries.map(({ commandType }) => commandType)
}

test('a receipt that a warehouse told of is recorded in the ERP; one that the ERP told of is in its books', () => {
  assert.ok(commandsAfter('wms').includes('receipt.record'))
  assert.ok(!commandsAfter('erp-main').includes('receipt.record'))
  assert.ok(commandsAfter('erp-main').includes('credit.draft'))
})
