import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seesCustomer } from './personal-data.ts'

test('a key of a role that may read customers shows them at once', () => {
  assert.equal(seesCustomer({ role: 'agent', session: null }), true)
  assert.equal(seesCustomer({ role: 'warehouse', session: null }), false)
})

test('a person who has signed in sees a customer for a reason only', () => {
  const session = {
    sessionId: 's',
    userId: 'u',
    email: 'ada@example.com',
    name: 'Ada',
    language: null,
    mustChangePassword: false,
    expiresAt: new Date(0),
    csrfToken: 't',
  }
  assert.equal(seesCustomer({ role: 'agent', session }), false)
})
