import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateApiKey, isApiKeySecret, parseApiKey } from './api-key.ts'

describe('an API key', () => {
  test('is recognized by what is stored of it, and no other is', () => {
    const { id, key, secretHash } = generateApiKey()
    const parsed = parseApiKey(key)
    assert.equal(parsed?.id, id)
    assert.equal(isApiKeySecret(parsed?.secret ?? '', secretHash), true)
    const other = parseApiKey(generateApiKey().key)
    assert.equal(isApiKeySecret(other?.secret ?? '', secretHash), false)
  })

  test('is not made of what is stored', () => {
    const { key, secretHash } = generateApiKey()
    assert.ok(!key.includes(secretHash.toString('hex')))
    assert.ok(!key.includes(secretHash.toString('base64url')))
  })

  test('is taken apart in one form only', () => {
    const { key } = generateApiKey()
    for (const text of [
      '',
      'bhk_',
      `${key} `,
      key.slice(1),
      key.slice(0, -1),
      key.replace('bhk', 'BHK'),
    ]) {
      assert.equal(parseApiKey(text), null)
    }
  })
})
