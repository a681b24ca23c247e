import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeliveryRecord } from '../../store/delivery-queries.ts'
import { owedToConnections } from './case-answers.ts'

const at = new Date('2026-11-24T08:00:00Z')

function waiting(change: Partial<DeliveryRecord>): DeliveryRecord {
  const delivery = {
    connectionId: 'desk',
    deliveryNo: 1,
    commandType: 'ticket.update',
    createdAt: at,
    dueAt: null,
    attempts: 0,
  }
  return { ...delivery, ...change } as DeliveryRecord
}

test('what a connection does not take is one thing, as old as the oldest of it', () => {
  const second = waiting({ deliveryNo: 2, commandType: 'channel.update' })
  const dueAt = new Date('2026-11-24T08:01:00Z')
  const [owed, ...others] = owedToConnections([second, waiting({ attempts: 3, dueAt })])
  assert.deepEqual(others, [])
  assert.deepEqual(
    [owed?.about, owed?.count, owed?.dueAt],
    ['ticket.update', 2, '2026-11-24T08:01:00.000Z'],
  )
})

test('what has not been tried yet is on its way, and owed by nobody', () => {
  assert.deepEqual(owedToConnections([waiting({})]), [])
})
