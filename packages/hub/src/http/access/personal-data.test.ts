import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seesCustomer } from './personal-data.ts'

test('a key of a role that may read customers shows them at once', () => {
  assert.equal(seesCustomer({ role: 'agent' }), true)
  assert.equal(seesCustomer({ role: 'agent', kind: 'key' }), true)
  assert.equal(seesCustomer({ role: 'warehouse' }), false)
})

test('a person who has signed in sees a customer for a reason only', () => {
  assert.equal(seesCustomer({ role: 'agent', kind: 'session' }), false)
})
