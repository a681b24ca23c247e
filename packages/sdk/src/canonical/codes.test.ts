import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { axes, axisLetters, axisStates } from './axes.ts'
import {
  adjustmentCodes,
  dispositionCodes,
  reasonCodes,
  responseCodes,
  vendorDispositionCodes,
} from './codes.ts'
import { exceptionCodes, exceptionQueues, queueOfRole } from './exceptions.ts'
import { defaultAuthority, objectMasters, systemRoles } from './roles.ts'

describe('the code tables', () => {
  test('use each X12 code once in its element', () => {
    for (const table of [reasonCodes, responseCodes, vendorDispositionCodes, adjustmentCodes]) {
      const codes = Object.values(table)
        .map(({ x12 }) => x12)
        .filter((code) => code !== null)
      assert.equal(new Set(codes).size, codes.length)
    }
  })

  test('say where the units of every disposition stand, and what follows', () => {
    for (const [code, { stock, followOn }] of Object.entries(dispositionCodes)) {
      if (followOn === 'supplier_claim' || followOn === 'send_back')
        assert.equal(stock, 'leaves', code)
    }
  })
})

describe('the axes', () => {
  test('have a letter and an authority each', () => {
    assert.equal(new Set(Object.values(axisLetters)).size, axes.length)
    for (const axis of axes) {
      assert.ok(defaultAuthority[axis].length > 0, axis)
      assert.equal(new Set<string>(axisStates[axis]).size, axisStates[axis].length, axis)
    }
  })

  test('and objects belong to roles that a system can play', () => {
    const roles: ReadonlySet<string> = new Set(systemRoles)
    for (const axis of axes) for (const role of defaultAuthority[axis]) assert.ok(roles.has(role))
    for (const { master, writers } of Object.values(objectMasters)) {
      for (const role of [master, ...writers]) assert.ok(roles.has(role), role)
    }
  })
})

describe('every exception', () => {
  test('has a queue, and a time limit unless it is only information', () => {
    for (const [code, { queue, severity, slaMinutes, actions }] of Object.entries(exceptionCodes)) {
      assert.ok(exceptionQueues.includes(queue), code)
      assert.equal(slaMinutes === null, severity === 'info', code)
      assert.equal(new Set<string>(actions).size, actions.length, code)
    }
  })

  test('that blocks can be resolved', () => {
    for (const [code, { severity, actions }] of Object.entries(exceptionCodes)) {
      if (severity === 'blocking') assert.ok(actions.length > 0, code)
    }
  })

  test('about a role goes to a queue that there is', () => {
    for (const role of systemRoles) assert.ok(exceptionQueues.includes(queueOfRole[role]), role)
  })
})
