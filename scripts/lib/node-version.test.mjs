import assert from 'node:assert/strict'
import { test } from 'node:test'

import { whyNodeIsTooOld } from './node-version.mjs'

test('a start is refused on a Node.js older than 20.19, and says which one is needed', () => {
  assert.match(whyNodeIsTooOld('20.18.3'), /needs Node.js 20\.19 or newer; this is 20\.18\.3/)
  assert.match(whyNodeIsTooOld('18.20.8'), /20\.19/)
})

test('a start is accepted on Node.js 20.19 and everything newer', () => {
  for (const version of ['20.19.0', '20.20.2', '22.0.0', '26.10.0']) {
    assert.equal(whyNodeIsTooOld(version), null)
  }
})
