import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import type { ChangeWatch, Follower } from '../../pipeline/changes/change-watch.ts'
import { HubError } from '../../platform/errors.ts'
import type { Caller } from '../access/caller.ts'
import { createChangeListeners } from './change-listeners.ts'
import { openEventStream } from './event-stream.ts'

const caller: Caller = {
  keyId: 'k1',
  session: null,
  role: 'agent',
  actor: 'key:k1 Kim',
  connectionId: null,
}

interface Scene {
  authenticate: () => Caller | Promise<Caller>
  isCurrent: boolean
  readonly followers: Follower[]
}

function startScene() {
  const scene: Scene = { authenticate: () => caller, isCurrent: true, followers: [] }
  const watch = {
    get isCurrent() {
      return scene.isCurrent
    },
    position: '1_a',
    async follow(follower: Follower) {
      scene.followers.push(follower)
      return () => void scene.followers.splice(scene.followers.indexOf(follower), 1)
    },
    close: () => undefined,
  } as unknown as ChangeWatch
  const authenticator = { authenticate: () => scene.authenticate() }
  return { scene, listeners: createChangeListeners({ watch, authenticator }) }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('those who listen for changes', () => {
  test('are ended when their key is revoked, and not while that cannot be asked', async (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.after(() => mock.timers.reset())
    const { scene, listeners } = startScene()
    const body = await listeners.listen(caller, { headers: {}, after: undefined })
    body.resume()
    scene.authenticate = () => {
      throw new HubError('DATABASE_UNAVAILABLE', 'It does not answer.')
    }
    mock.timers.tick(5_000)
    await turns()
    assert.equal(body.destroyed, false)
    scene.authenticate = () => Promise.reject(new HubError('UNAUTHENTICATED', 'It was revoked.'))
    mock.timers.tick(5_000)
    await turns()
    assert.equal(body.destroyed, true)
    assert.deepEqual(scene.followers, [])
  })

  test('are told of no more than their role may see by now', async (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.after(() => mock.timers.reset())
    const { scene, listeners } = startScene()
    const body = await listeners.listen(caller, { headers: {}, after: undefined })
    scene.authenticate = () => ({ ...caller, role: 'machine' })
    mock.timers.tick(5_000)
    await turns()
    const exception = { id: 'e1', status: 'open', caseNo: null } as const
    const changes = { returns: [], exceptions: [exception], deliveries: 2, connections: ['erp'] }
    scene.followers[0]?.tell({ kind: 'changes', position: '1_b', changes })
    assert.equal(String(body.read()), 'retry: 3000\n\n')
  })

  test('get a beat while the hub can tell, and none while it cannot', async (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.after(() => mock.timers.reset())
    const { scene, listeners } = startScene()
    const body = await listeners.listen(caller, { headers: {}, after: undefined })
    body.read()
    mock.timers.tick(15_000)
    assert.equal(String(body.read()), 'id: 1_a\nevent: beat\ndata: {}\n\n')
    scene.isCurrent = false
    mock.timers.tick(15_000)
    assert.equal(body.read(), null)
  })
})

test('a client that takes nothing is let go, and holds on to little until then', () => {
  const { body, send } = openEventStream()
  const bytes = Buffer.alloc(65_536)
  for (let count = 0; count < 100 && !body.destroyed; count += 1) send(bytes)
  assert.equal(body.destroyed, true)
  assert.ok(body.readableLength <= 1_048_576 + bytes.length)
})
