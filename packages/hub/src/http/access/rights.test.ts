import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actions, rightsOf, rolesWith } from './rights.ts'

test('an administrator may do everything', () => {
  assert.deepEqual(rightsOf('admin'), actions)
})

test('an auditor reads everything but customers, and changes nothing but what is their own', () => {
  const rights = rightsOf('auditor')
  const known = actions.filter(
    (action) => /\.(own|read)$/.test(action) && action !== 'customer.read',
  )
  assert.deepEqual(rights, known)
})

test('nobody but an administrator makes or ends API keys', () => {
  assert.deepEqual(rolesWith('api_keys.manage'), ['admin'])
})

test('customers are shown to those who deal with them', () => {
  assert.deepEqual(rolesWith('customer.read'), ['admin', 'agent', 'finance'])
})

test('raw messages are shown to those who look for faults in them', () => {
  assert.deepEqual(rolesWith('message_bodies.read'), ['admin', 'integrator', 'auditor'])
})

test('what died is replayed by administrators and integrators', () => {
  assert.deepEqual(rolesWith('deliveries.replay'), ['admin', 'integrator'])
  assert.deepEqual(rolesWith('messages.replay'), ['admin', 'integrator'])
})

test('a machine asks for returns, tells of events and master data, hands over files, reads returns and figures, and nothing else', () => {
  assert.deepEqual(rightsOf('machine'), [
    'self.read',
    'returns.read',
    'returns.create',
    'eligibility.ask',
    'events.post',
    'files.post',
    'master_data.manage',
    'metrics.read',
  ])
})
