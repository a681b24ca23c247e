import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { isSealedWithActiveKey, loadKeyRing, open, parseKeyRing, reseal, seal } from './key-ring.ts'

const oldKey = randomBytes(32).toString('base64')
const newKey = randomBytes(32).toString('hex')
const place = 'connection:c1:password'
const unreadable = { name: 'HubError', code: 'SECRET_UNREADABLE' }

describe('a sealed secret', () => {
  const ring = parseKeyRing(oldKey)

  test('opens in the place it was sealed for', () => {
    assert.equal(open(ring, seal(ring, 'pässword', place), place).toString(), 'pässword')
    assert.equal(open(ring, seal(ring, '', place), place).toString(), '')
  })

  test('does not open in another place', () => {
    const sealed = seal(ring, 'secret', place)
    assert.throws(() => open(ring, sealed, 'connection:c2:password'), unreadable)
  })

  test('does not open when one character of it was changed', () => {
    const sealed = seal(ring, 'secret', place)
    for (const at of [5, 20, sealed.length - 2]) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      assert.throws(() => open(ring, changed, place), unreadable)
    }
  })

  test('never looks the same twice, and says nothing of itself when it does not open', () => {
    assert.notEqual(seal(ring, 'secret', place), seal(ring, 'secret', place))
    assert.throws(
      () => open(ring, 'hunter2', place),
      (error: Error) => !error.message.includes('hunter2'),
    )
  })

  test('opens after a new master key came, and after the old one went', () => {
    const sealed = seal(ring, 'secret', place)
    const both = parseKeyRing(`${newKey}, ${oldKey}`)
    assert.equal(open(both, sealed, place).toString(), 'secret')
    assert.equal(isSealedWithActiveKey(both, sealed), false)

    const moved = reseal(both, sealed, place)
    const newOnly = parseKeyRing(newKey)
    assert.equal(isSealedWithActiveKey(newOnly, moved), true)
    assert.equal(open(newOnly, moved, place).toString(), 'secret')
    assert.throws(() => open(newOnly, sealed, place), unreadable)
  })
})

describe('the master key', () => {
  const folders: string[] = []
  const newFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'backhaul-keys-'))
    folders.push(folder)
    return folder
  }
  after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

  test('is made at the first start, for its owner alone, and found by the next', async () => {
    const dataDir = join(await newFolder(), 'data')
    const first = await loadKeyRing({ masterKey: undefined, dataDir })
    const second = await loadKeyRing({ masterKey: undefined, dataDir })
    assert.deepEqual(second, first)
    assert.equal((await stat(join(dataDir, 'master.key'))).mode & 0o777, 0o600)
  })

  test('is one and the same for processes that start at once', async () => {
    const dataDir = await newFolder()
    const rings = await Promise.all(
      Array.from({ length: 8 }, () => loadKeyRing({ masterKey: undefined, dataDir })),
    )
    assert.equal(new Set(rings.map(({ activeKeyId }) => activeKeyId)).size, 1)
  })

  test('comes from the configuration where that holds one, and no file is made', async () => {
    const dataDir = await newFolder()
    const ring = await loadKeyRing({ masterKey: oldKey, dataDir })
    assert.equal(ring.activeKeyId, parseKeyRing(oldKey).activeKeyId)
    await assert.rejects(readFile(join(dataDir, 'master.key')))
  })

  test('is refused when others may read its file', async () => {
    const dataDir = await newFolder()
    await loadKeyRing({ masterKey: undefined, dataDir })
    await chmod(join(dataDir, 'master.key'), 0o644)
    await assert.rejects(loadKeyRing({ masterKey: undefined, dataDir }), unreadable)
  })

  test('is refused when it is not 32 bytes long, without being shown', () => {
    for (const text of ['', 'hunter2', `${oldKey}x`, newKey.slice(2)]) {
      assert.throws(() => parseKeyRing(text), unreadable)
    }
  })
})
