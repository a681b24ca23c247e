import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { newId } from '../ids.ts'
import { parseKeyRing } from './key-ring.ts'
import {
  isStatusPass,
  readStatusToken,
  signStatusPass,
  signStatusToken,
  statusLinkKeys,
} from './status-token.ts'

const oldKey = randomBytes(32).toString('base64')
const newKey = randomBytes(32).toString('base64')
const keys = statusLinkKeys(parseKeyRing(oldKey))
const claims = { caseId: newId(), expiresAt: new Date('2026-12-01T00:00:00Z'), generation: 3 }

describe('the token of a status link', () => {
  test('says what was signed', () => {
    assert.deepEqual(readStatusToken(keys, signStatusToken(keys, claims)), claims)
  })

  test('says nothing when any of its characters was changed', () => {
    const token = signStatusToken(keys, claims)
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'A' ? 'B' : 'A'
      const forged = token.slice(0, at) + other + token.slice(at + 1)
      assert.equal(readStatusToken(keys, forged), null, `character ${at}`)
    }
    for (const text of ['', 'x', `${token}A`, token.slice(1), `${token}=`]) {
      assert.equal(readStatusToken(keys, text), null)
    }
  })

  test('says nothing to whoever has another key', () => {
    const others = statusLinkKeys(parseKeyRing(newKey))
    assert.equal(readStatusToken(others, signStatusToken(keys, claims)), null)
  })

  test('stays good after a new master key came, until the old one goes', () => {
    const token = signStatusToken(keys, claims)
    const both = statusLinkKeys(parseKeyRing(`${newKey}, ${oldKey}`))
    assert.deepEqual(readStatusToken(both, token), claims)
    assert.notEqual(signStatusToken(both, claims), token)
  })
})

describe('what a browser keeps after the right answer', () => {
  const now = new Date('2026-11-24T12:00:00Z')
  const until = new Date('2026-11-24T12:30:00Z')
  const token = signStatusToken(keys, claims)
  const pass = signStatusPass(keys, token, until)

  test('is good for its link, and for its time', () => {
    assert.equal(isStatusPass(keys, { token, pass, now }), true)
    assert.equal(isStatusPass(keys, { token, pass, now: until }), false)
    const other = signStatusToken(keys, { ...claims, caseId: newId() })
    assert.equal(isStatusPass(keys, { token: other, pass, now }), false)
  })

  test('cannot be made longer, or made up', () => {
    const longer = pass.replace(/^\d+/, (seconds) => String(Number(seconds) + 1))
    for (const forged of [longer, '', '1.x', `${pass}A`]) {
      assert.equal(isStatusPass(keys, { token, pass: forged, now }), false)
    }
  })
})
