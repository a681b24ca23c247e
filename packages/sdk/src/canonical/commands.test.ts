import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { commandContracts, commandEnvelope, commandTypes } from './commands.ts'
import { commandExamples } from './examples.ts'
import { type SystemRole, systemRoles } from './roles.ts'

function envelope(type: string, body: unknown) {
  return {
    type,
    idempotencyKey: 'bh_q8Zt0yQm3cVJx5sWn1LdKfRa',
    caseId: '01920000-0000-7000-8000-000000000001',
    caseNo: 'RMA-000123-7',
    caseVersion: 12,
    occurredAt: '2026-11-23T08:15:00.000Z',
    body,
  }
}

describe('a command', () => {
  for (const type of commandTypes) {
    test(`${type} leaves as it was made`, () => {
      const command = envelope(type, commandExamples[type])
      assert.deepEqual(commandEnvelope(type).parse(command), command)
    })
  }

  test('is owed to a role that a system can play', () => {
    for (const type of commandTypes) {
      const role: SystemRole = commandContracts[type].role
      assert.ok(systemRoles.includes(role), role)
      assert.notEqual(role, 'hub')
    }
  })

  test('of another type does not pass for it', () => {
    const command = envelope('credit.post', commandExamples['credit.post'])
    assert.equal(commandEnvelope('credit.draft').safeParse(command).success, false)
  })

  test('says which case, which version of it, and when', () => {
    const command = envelope('credit.post', commandExamples['credit.post'])
    for (const field of [
      'caseId',
      'caseNo',
      'caseVersion',
      'occurredAt',
      'idempotencyKey',
    ] as const) {
      const { [field]: _left, ...rest } = command
      assert.equal(commandEnvelope('credit.post').safeParse(rest).success, false, field)
    }
    for (const caseVersion of [-1, 1.5, '12', Number.NaN, 2 ** 53]) {
      const changed = { ...command, caseVersion }
      assert.equal(commandEnvelope('credit.post').safeParse(changed).success, false)
    }
  })

  test('never asks for money without an amount', () => {
    const { amount: _amount, ...rest } = commandExamples['refund.issue']
    for (const body of [rest, { ...rest, amount: { amount: '119.001', currency: 'EUR' } }]) {
      const command = envelope('refund.issue', body)
      assert.equal(commandEnvelope('refund.issue').safeParse(command).success, false)
    }
  })
})
