import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { parseKeyRing } from '../platform/crypto/key-ring.ts'
import {
  keepStoredSecrets,
  maskSealed,
  maskSecrets,
  openSecrets,
  sealSecrets,
} from './connection-secrets.ts'

const keyRing = parseKeyRing(randomBytes(32).toString('base64'))
const secretPaths = ['apiKey', 'inbound.*', 'headers.*']
const places = { keyRing, connectionId: 'desk', secretPaths }
const config = {
  url: 'https://desk.example',
  apiKey: 'key-1',
  inbound: ['old-secret', 'new-secret'],
  headers: { 'x-tenant': 'seven' },
}

describe('a stored configuration', () => {
  const sealed = sealSecrets(config, places)

  test('holds no secret that could be read', () => {
    const text = JSON.stringify(sealed)
    for (const secret of ['key-1', 'old-secret', 'new-secret', 'seven']) {
      assert.ok(!text.includes(secret), secret)
    }
    assert.equal(sealed['url'], 'https://desk.example')
  })

  test('opens where it was sealed', () => {
    assert.deepEqual(openSecrets(sealed, places), config)
  })

  test('does not open for another connection, or at another place', () => {
    const unreadable = { code: 'SECRET_UNREADABLE' }
    assert.throws(() => openSecrets(sealed, { ...places, connectionId: 'desk-2' }), unreadable)
    const [first, second] = sealed['inbound'] as string[]
    const swapped = { ...sealed, inbound: [second, first] }
    assert.throws(() => openSecrets(swapped, places), unreadable)
  })

  test('may hold a secret from before its field was marked as one', () => {
    assert.deepEqual(openSecrets({ apiKey: 'plain' }, places), { apiKey: 'plain' })
  })

  test('is shown with a mask for each secret', () => {
    assert.deepEqual(maskSecrets(sealed, secretPaths), {
      url: 'https://desk.example',
      apiKey: '********',
      inbound: ['********', '********'],
      headers: { 'x-tenant': '********' },
    })
  })

  test('is shown masked also when its connector is gone', () => {
    assert.deepEqual(maskSealed(sealed), maskSecrets(sealed, secretPaths))
  })
})

describe('a mask that is sent back', () => {
  const stored = sealSecrets(config, places)
  const keep = (given: Record<string, unknown>) => keepStoredSecrets(given, stored, places)
  const mask = '********'

  test('stands for the stored secret, beside secrets that are new', () => {
    const given = {
      ...config,
      apiKey: mask,
      inbound: [mask, 'newer'],
      headers: { 'x-tenant': mask },
    }
    const { config: merged, problems } = keep(given)
    assert.deepEqual(problems, [])
    assert.deepEqual(merged, { ...config, inbound: ['old-secret', 'newer'] })
  })

  test('may be followed by a secret that is added', () => {
    const { config: merged, problems } = keep({ ...config, inbound: [mask, mask, 'newest'] })
    assert.deepEqual(problems, [])
    assert.deepEqual(merged['inbound'], ['old-secret', 'new-secret', 'newest'])
  })

  test('is refused where nothing is stored', () => {
    const { problems } = keep({ ...config, headers: { 'x-other': mask } })
    assert.deepEqual(
      problems.map(({ pointer }) => pointer),
      ['/config/headers/x-other'],
    )
    const { problems: ofNew } = keepStoredSecrets({ apiKey: mask }, null, places)
    assert.equal(ofNew[0]?.pointer, '/config/apiKey')
  })

  test('is refused in a list that got shorter: which secret went is not clear', () => {
    const { problems } = keep({ ...config, inbound: [mask] })
    assert.deepEqual(
      problems.map(({ pointer }) => pointer),
      ['/config/inbound/0'],
    )
    assert.deepEqual(keep({ ...config, inbound: ['new-secret'] }).problems, [])
  })

  test('in a field that is no secret is text like any other', () => {
    assert.equal(keep({ ...config, url: mask }).config['url'], mask)
  })
})
