import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decrypt, encrypt, newDataKey } from './aead.ts'

test('what a data key encrypted is gone with the key', () => {
  const key = newDataKey()
  const sealed = encrypt(key, 'Ada Lovelace', 'case:1')
  assert.equal(decrypt(key, sealed, 'case:1')?.toString(), 'Ada Lovelace')
  assert.equal(decrypt(newDataKey(), sealed, 'case:1'), null)
  assert.equal(decrypt(key, sealed, 'case:2'), null)
})

test('bytes that are too short to be encrypted text do not open', () => {
  assert.equal(decrypt(newDataKey(), new Uint8Array(27), 'case:1'), null)
})
