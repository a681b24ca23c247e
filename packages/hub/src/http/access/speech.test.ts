import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type CanonicalEvent,
  type EventType,
  eventTypes,
  internalEventTypes,
  type UserRole,
} from '@backhaul/sdk/canonical'
import { mayTell } from './speech.ts'

function tells(role: UserRole, type: EventType, data: object = {}): boolean {
  const caller = { keyId: 'k', session: null, role, actor: 'key:k', connectionId: null }
  return mayTell(caller, statement(type, data))
}

function statement(type: EventType, data: object = {}): CanonicalEvent {
  return { id: '1', source: 's', type, time: '', data }
}

const foreign = eventTypes.filter((type) => !internalEventTypes.has(type))

describe('what a key may tell by its role', () => {
  test('an auditor tells nothing', () => {
    assert.deepEqual(
      foreign.filter((type) => tells('auditor', type)),
      [],
    )
  })

  test('a machine and an administrator tell anything', () => {
    for (const role of ['machine', 'admin'] as const) {
      assert.deepEqual(
        foreign.filter((type) => !tells(role, type) && type !== 'status.reported'),
        [],
      )
    }
  })

  test('a warehouse tells of goods and their inspection, not of money or approvals', () => {
    assert.ok(tells('warehouse', 'goods.received'))
    assert.ok(tells('warehouse', 'inspection.completed'))
    assert.ok(tells('warehouse', 'send_back.shipped'))
    assert.ok(tells('warehouse', 'case.noted'))
    assert.ok(!tells('warehouse', 'credit.posted'))
    assert.ok(!tells('warehouse', 'return.approved'))
    assert.ok(!tells('warehouse', 'return.requested'))
  })

  test('finance tells of money and of supplier claims, not of goods', () => {
    assert.ok(tells('finance', 'credit.approved'))
    assert.ok(tells('finance', 'supplier_claim.credited'))
    assert.ok(!tells('finance', 'goods.received'))
  })

  test('an agent approves and rejects, and does not refund', () => {
    assert.ok(tells('agent', 'return.approved'))
    assert.ok(tells('agent', 'return.requested'))
    assert.ok(!tells('agent', 'refund.settled'))
  })

  test('a reported status counts as a statement about its axis', () => {
    assert.ok(tells('finance', 'status.reported', { axis: 'settlement', state: 'posted' }))
    assert.ok(!tells('finance', 'status.reported', { axis: 'receipt', state: 'received' }))
  })

  test('a key that is bound to a connection says what the system says: what it does not own is a claim', () => {
    const caller = {
      keyId: 'k',
      session: null,
      role: 'machine' as const,
      actor: 'key:k',
      connectionId: 'erp',
    }
    assert.ok(mayTell(caller, statement('credit.posted')))
  })
})
