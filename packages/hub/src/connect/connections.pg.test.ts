import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, describe, type TestContext, test } from 'node:test'
import { defineConnector, secret, webhook } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { systemClock } from '../platform/clock.ts'
import { sha256 } from '../platform/crypto/hash.ts'
import { parseKeyRing } from '../platform/crypto/key-ring.ts'
import { newId } from '../platform/ids.ts'
import { createLogger } from '../platform/logger.ts'
import { connectionsFingerprint } from '../store/connections.ts'
import { createPool, type Pool } from '../store/database.ts'
import type { ConnectionChange } from './connection-edits.ts'
import { type ConnectionsOptions, createConnections } from './connections.ts'
import { createRegistry } from './registry.ts'

const payload = z.object({ id: z.string() })
const deskConfig = z.object({
  url: z.url(),
  apiKey: secret(z.string().min(5)),
  headers: z.record(z.string(), secret(z.string())).optional(),
  nested: z.object({ size: z.int().optional() }).optional(),
})
const desk = defineConnector({
  key: 'desk',
  title: 'Desk',
  sdkVersion: 1,
  config: deskConfig,
  roles: ['helpdesk', 'crm'],
  limits: { timeoutMs: 1_000 },
  webhooks: {
    'ticket.updated': webhook({
      payload,
      messageId: ({ id }) => id,
      secrets: () => [],
      verify: () => ({ ok: true }),
    }),
  },
})
const hinting = defineConnector({
  key: 'hinting',
  title: 'Hinting',
  sdkVersion: 1,
  config: z.object({ addressSecret: secret(z.string().min(24)).optional() }),
  roles: ['erp'],
  limits: { timeoutMs: 1_000 },
  webhooks: {
    changed: webhook({
      payload,
      messageId: ({ id }) => id,
      secrets: ({ addressSecret }: { addressSecret?: string | undefined }) =>
        addressSecret === undefined ? [] : [addressSecret],
      unsigned: 'It signs nothing.',
      secretAddress: true,
    }),
  },
})

const log = createLogger({ level: 'silent' })
const by = { actor: 'user:anna' }
const input = {
  connectionId: 'desk-1',
  connector: 'desk',
  title: 'Service desk',
  roles: ['helpdesk' as const],
  config: { url: 'https://desk.example', apiKey: 'key-12345' },
  subscriptions: ['return.*'],
}

let database: TestDatabase
let pool: Pool
const keyRing = parseKeyRing(randomBytes(32).toString('base64'))

before(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, size: 5, name: 'test', log })
})
after(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(async () => {
  await pool.query(
    `truncate connection, route, authority, api_key, outbox_ready, outbox_dead, inbox_dedupe, inbox_message cascade`,
  )
})

/** The connections as one process of the hub has them. */
function open(t: TestContext, options: Partial<ConnectionsOptions> = {}) {
  const connections = createConnections({
    pool,
    registry: createRegistry([desk, hinting]),
    keyRing,
    clock: systemClock,
    log,
    settings: { allowedPrivateTargets: [], requestTimeoutMs: 15_000, concurrencyPerConnection: 16 },
    ...options,
  })
  t.after(() => connections.close())
  return connections
}

function pointersOf(error: unknown): string[] {
  assert.equal((error as { code?: unknown }).code, 'VALIDATION_FAILED')
  return (error as { problems: { pointer: string }[] }).problems.map(({ pointer }) => pointer)
}

async function problemsOf(work: Promise<unknown>): Promise<string[]> {
  try {
    await work
  } catch (error) {
    return pointersOf(error)
  }
  return assert.fail('it was accepted')
}

async function storedConfig(connectionId: string): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ config: Record<string, unknown> }>(
    'select config from connection where connection_id = $1',
    [connectionId],
  )
  return rows[0]?.config ?? {}
}

describe('a new connection', () => {
  test('is stored with its secrets sealed, shown with them masked, and ready for use at once', async (t) => {
    const connections = open(t)
    const { connection, addressToken } = await connections.createConnection(input, by)
    assert.deepEqual(connection.config, { url: 'https://desk.example', apiKey: '********' })
    assert.equal(connection.state, 'active')
    assert.equal(connection.version, 1)
    assert.equal(addressToken, null)
    assert.match(String((await storedConfig('desk-1'))['apiKey']), /^bh1\./)
    const active = connections.get('desk-1')
    assert.ok(active !== undefined && active.state === 'active')
    assert.deepEqual(active.config, input.config)
    assert.equal(connections.routeOf('helpdesk')?.id, 'desk-1')
    assert.deepEqual(
      connections.subscribersOf('return.approved').map(({ id }) => id),
      ['desk-1'],
    )
  })

  test('whose sender signs nothing gets an address token, which is shown once and kept as a hash', async (t) => {
    const connections = open(t)
    const erp = {
      ...input,
      connectionId: 'erp-1',
      connector: 'hinting',
      roles: ['erp' as const],
      config: {},
    }
    const { connection, addressToken } = await connections.createConnection(erp, by)
    assert.ok(addressToken !== null && addressToken.length >= 43)
    assert.equal(connection.hasAddressToken, true)
    const { rows } = await pool.query<{ hash: Buffer }>(
      'select address_token_hash as hash from connection',
    )
    assert.deepEqual(rows[0]?.hash, sha256(addressToken))
    assert.ok(!JSON.stringify(await connections.showConnection('erp-1')).includes(addressToken))

    const renewed = await connections.renewAddressToken({ connectionId: 'erp-1' }, by)
    const active = connections.get('erp-1')
    assert.ok(active !== undefined && active.state !== 'broken')
    assert.deepEqual(active.webhookSecrets('changed', renewed), [renewed])
    assert.deepEqual(active.webhookSecrets('changed', addressToken), [])
  })

  test('that brings an address secret of its own needs no token', async (t) => {
    const config = { addressSecret: 's'.repeat(24) }
    const erp = {
      ...input,
      connectionId: 'erp-1',
      connector: 'hinting',
      roles: ['erp' as const],
      config,
    }
    const { addressToken } = await open(t).createConnection(erp, by)
    assert.equal(addressToken, null)
  })

  test('must not take the name of another', async (t) => {
    const connections = open(t)
    await connections.createConnection(input, by)
    await assert.rejects(connections.createConnection(input, by), { code: 'CONFLICT' })
  })

  // biome-ignore format: a table
  const wrong: readonly (readonly [what: string, change: object, pointers: string[]])[] = [
    ['an id that cannot be part of an address', { connectionId: 'Desk 1' }, ['/connectionId']],
    ['the name of something inside the hub', { connectionId: 'timer' }, ['/connectionId']],
    ['a connector that is not there', { connector: 'gone' }, ['/connector']],
    ['no role', { roles: [] }, ['/roles']],
    ['a role that its connector does not play', { roles: ['helpdesk', 'wms'] }, ['/roles/1']],
    ['a subscription that covers nothing', { subscriptions: ['*', 'retrun.*'] }, ['/subscriptions/1']],
    ['a retry that never waits', { retry: { delaysSeconds: [0] } }, ['/retry/delaysSeconds/0']],
    ['an unknown field', { color: 'red' }, ['']],
    ['a configuration that does not fit', { config: { url: 'x', apiKey: 'abc' } }, ['/config/url', '/config/apiKey']],
    ['a misspelled secret', { config: { ...input.config, apikey: 'key-2' } }, ['/config/apikey']],
    ['a misspelled field further down', { config: { ...input.config, nested: { sizes: 1 } } }, ['/config/nested/sizes']],
    ['a mask with nothing behind it', { config: { ...input.config, apiKey: '********' } }, ['/config/apiKey']],
    ['a NUL, which the database cannot keep', { config: { ...input.config, headers: { a: '\0' } } }, ['/config']],
    ['a title with a line break', { title: 'a\nb' }, ['/title']],
  ]
  for (const [what, change, pointers] of wrong) {
    test(`is refused with ${what}`, async (t) => {
      const given = { ...input, ...change }
      assert.deepEqual(await problemsOf(open(t).createConnection(given, by)), pointers)
    })
  }
})

describe('a change', () => {
  test('keeps the stored secret where the mask comes back, and takes a new one', async (t) => {
    const connections = open(t)
    await connections.createConnection(input, by)
    const headers = { 'x-tenant': 'seven' }
    const config = { url: 'https://new.example', apiKey: '********', headers }
    const change = { connectionId: 'desk-1', expectedVersion: 1, config }
    const shown = await connections.updateConnection(change, by)
    assert.equal(shown.version, 2)
    assert.deepEqual(shown.config, { ...config, headers: { 'x-tenant': '********' } })
    const active = connections.get('desk-1')
    assert.ok(active !== undefined && active.state !== 'broken')
    assert.deepEqual(active.config, { ...config, apiKey: 'key-12345', headers })
    assert.ok(!JSON.stringify(await storedConfig('desk-1')).includes('seven'))
  })

  test('leaves alone what it does not name', async (t) => {
    const connections = open(t)
    const retry = { delaysSeconds: [1, 2] }
    await connections.createConnection({ ...input, retry }, by)
    const shown = await connections.updateConnection({ connectionId: 'desk-1', title: 'Desk' }, by)
    assert.equal(shown.title, 'Desk')
    assert.deepEqual(shown.retry, retry)
    assert.deepEqual(shown.subscriptions, ['return.*'])
    const { config } = input
    assert.deepEqual(
      (await connections.updateConnection({ connectionId: 'desk-1', config }, by)).retry,
      retry,
    )
    const reset = await connections.updateConnection({ connectionId: 'desk-1', retry: null }, by)
    assert.equal(reset.retry, null)
    assert.deepEqual(reset.config, { ...config, apiKey: '********' })
  })

  test('on an old version is refused', async (t) => {
    const connections = open(t)
    await connections.createConnection(input, by)
    await connections.updateConnection(
      { connectionId: 'desk-1', expectedVersion: 1, title: 'B' },
      by,
    )
    const late = { connectionId: 'desk-1', expectedVersion: 1, title: 'C' }
    await assert.rejects(connections.updateConnection(late, by), { code: 'PRECONDITION_FAILED' })
    await assert.rejects(connections.pauseConnection(late, by), { code: 'PRECONDITION_FAILED' })
    assert.equal((await connections.showConnection('desk-1')).title, 'B')
  })

  test('of what is not there is refused', async (t) => {
    const connections = open(t)
    const gone = { connectionId: 'gone' }
    for (const work of [
      () => connections.updateConnection({ ...gone, title: 'B' }, by),
      () => connections.pauseConnection(gone, by),
      () => connections.deleteConnection(gone, by),
      () => connections.renewAddressToken(gone, by),
      () => connections.showConnection('gone'),
      () => connections.setRoute({ ...gone, role: 'erp' }, by),
      () => connections.clearRoute({ role: 'erp' }, by),
    ]) {
      await assert.rejects(work(), { code: 'NOT_FOUND' })
    }
  })

  test('is told to the audit log in the same transaction, without any secret', async (t) => {
    const told: ConnectionChange[] = []
    const connections = open(t, {
      record: async (_tx, change) => void told.push(change),
    })
    await connections.createConnection(input, by)
    await connections.updateConnection({ connectionId: 'desk-1', config: input.config }, by)
    await connections.pauseConnection({ connectionId: 'desk-1', reason: 'moving house' }, by)
    await connections.resumeConnection({ connectionId: 'desk-1' }, by)
    await connections.setRoute({ role: 'helpdesk', connectionId: 'desk-1' }, by)
    await connections.clearRoute({ role: 'helpdesk' }, by)
    await connections.setAuthority({ axis: 'receipt', roles: ['wms'] }, by)
    await connections.disableConnection({ connectionId: 'desk-1' }, by)
    await connections.deleteConnection({ connectionId: 'desk-1' }, by)
    assert.deepEqual(
      told.map(({ action }) => action),
      [
        'connection.created',
        'connection.updated',
        'connection.paused',
        'connection.resumed',
        'route.set',
        'route.cleared',
        'authority.set',
        'connection.disabled',
        'connection.deleted',
      ],
    )
    assert.ok(told.every(({ actor }) => actor === 'user:anna'))
    assert.deepEqual(told[1]?.detail, { fields: ['config'] })
    assert.ok(!JSON.stringify(told).includes('key-12345'))
  })

  test('does not happen where the audit log cannot be written', async (t) => {
    const record = () => Promise.reject(new Error('the audit log is full'))
    const connections = open(t, { record })
    await assert.rejects(connections.createConnection(input, by), /audit log/)
    assert.deepEqual((await connections.listConnections({ limit: 10 })).items, [])
  })
})

describe('a state', () => {
  test('is set with its reason, and setting it twice changes nothing', async (t) => {
    const connections = open(t)
    await connections.createConnection(input, by)
    const paused = await connections.pauseConnection(
      { connectionId: 'desk-1', reason: 'moving house' },
      by,
    )
    assert.equal(paused.state, 'paused')
    assert.equal(paused.stateReason, 'moving house')
    assert.equal(connections.get('desk-1')?.state, 'paused')
    const again = await connections.pauseConnection(
      { connectionId: 'desk-1', reason: 'moving house' },
      by,
    )
    assert.equal(again.version, paused.version)
    const resumed = await connections.resumeConnection({ connectionId: 'desk-1' }, by)
    assert.equal(resumed.state, 'active')
    assert.equal(resumed.stateReason, null)
    await connections.disableConnection({ connectionId: 'desk-1', reason: '410 Gone' }, by)
    assert.equal(connections.routeOf('helpdesk'), undefined)
  })
})

describe('a connection is deleted', () => {
  async function disabled(t: TestContext) {
    const connections = open(t)
    await connections.createConnection(input, by)
    await connections.disableConnection({ connectionId: 'desk-1' }, by)
    return connections
  }

  test('with its routes, once it is disabled', async (t) => {
    const connections = open(t)
    await connections.createConnection(input, by)
    await connections.setRoute({ role: 'helpdesk', connectionId: 'desk-1' }, by)
    await assert.rejects(connections.deleteConnection({ connectionId: 'desk-1' }, by), {
      code: 'CONFLICT',
    })
    await connections.disableConnection({ connectionId: 'desk-1' }, by)
    await connections.deleteConnection({ connectionId: 'desk-1' }, by)
    assert.equal(connections.get('desk-1'), undefined)
    assert.deepEqual(await connections.listRoutes(), [])
  })

  // biome-ignore format: a table
  const histories = {
    'waits for it': `insert into outbox_ready (connection_id, case_id, delivery_no, created_at, due_at)
      values ('desk-1', $1, 1, now(), now())`,
    'is dead': `insert into outbox_dead (connection_id, case_id, delivery_no, created_at, command_type, attempts, code, died_at)
      values ('desk-1', $1, 1, now(), 'ticket.update', 13, 'TIMEOUT', now())`,
    'may sign in for it': `insert into api_key (key_id, name, role, connection_id, secret_hash, created_by)
      values ($1, 'k', 'machine', 'desk-1', '', 'a')`,
    'came from it': `insert into inbox_message (connection_id, message_id, received_at, topic, external_id, body_hash, body, actor)
      values ('desk-1', $1, now(), 't', 'e', '', '', 'a')`,
  }
  for (const [what, sql] of Object.entries(histories)) {
    test(`never while something ${what}`, async (t) => {
      const connections = await disabled(t)
      await pool.query(sql, [newId()])
      await assert.rejects(connections.deleteConnection({ connectionId: 'desk-1' }, by), {
        code: 'CONFLICT',
      })
      assert.equal((await connections.showConnection('desk-1')).state, 'disabled')
    })
  }
})

describe('another process', () => {
  test('sees every change at its next refresh, and reads nothing where there is none', async (t) => {
    const [here, there] = [open(t), open(t)]
    assert.equal(await there.refresh(), true)
    assert.equal(await there.refresh(), false)
    const changes = [
      () => here.createConnection(input, by),
      () => here.updateConnection({ connectionId: 'desk-1', title: 'B' }, by),
      () => here.setRoute({ role: 'helpdesk', connectionId: 'desk-1' }, by),
      () => here.clearRoute({ role: 'helpdesk' }, by),
      () => here.setAuthority({ axis: 'receipt', roles: ['helpdesk'] }, by),
      () => here.setAuthority({ axis: 'receipt', roles: [] }, by),
      () => here.pauseConnection({ connectionId: 'desk-1' }, by),
      () => pool.query(`update connection set title = 'by hand' where connection_id = 'desk-1'`),
      () => here.disableConnection({ connectionId: 'desk-1' }, by),
      () => here.deleteConnection({ connectionId: 'desk-1' }, by),
    ]
    for (const change of changes) {
      await change()
      assert.equal(await there.refresh(), true, change.toString())
      assert.equal(await there.refresh(), false)
    }
  })

  test('sees a change that began before another one and was committed after it', async () => {
    const slow = await pool.connect()
    try {
      const insert = `insert into connection (connection_id, connector, title, config) values ($1, 'desk', 't', '{}')`
      await slow.query('begin')
      await slow.query(insert, ['a'])
      await pool.query(insert, ['b'])
      await pool.query(`delete from connection where connection_id = 'b'`)
      await pool.query(insert, ['c'])
      const earlier = await connectionsFingerprint(pool)
      await slow.query('commit')
      assert.notEqual(await connectionsFingerprint(pool), earlier)
    } finally {
      slow.release()
    }
  })

  test('keeps what it has of a connection that did not change', async (t) => {
    const [here, there] = [open(t), open(t)]
    await here.createConnection(input, by)
    await here.createConnection({ ...input, connectionId: 'desk-2' }, by)
    await there.refresh()
    const parts = (id: string) => {
      const connection = there.get(id)
      assert.ok(connection !== undefined && connection.state !== 'broken')
      const { config, fetch, breaker, rateLimit } = connection
      return { config, fetch, breaker, rateLimit }
    }
    const [first, second] = [parts('desk-1'), parts('desk-2')]
    await here.updateConnection({ connectionId: 'desk-2', title: 'B' }, by)
    await here.setAuthority({ axis: 'receipt', roles: ['helpdesk'] }, by)
    await there.refresh()
    assert.ok(
      Object.entries(parts('desk-1')).every(([key, part]) => part === first[key as 'config']),
    )
    assert.equal(there.owns('desk-1'), 'R')
    assert.notEqual(parts('desk-2').config, second.config)
    assert.notEqual(parts('desk-2').breaker, second.breaker)
  })

  test('without the key shows a broken connection, and all others work', async (t) => {
    await open(t).createConnection(input, by)
    const there = open(t, { keyRing: parseKeyRing(randomBytes(32).toString('base64')) })
    await there.createConnection({ ...input, connectionId: 'desk-2' }, by)
    assert.equal(there.get('desk-1')?.state, 'broken')
    assert.match(there.get('desk-1')?.reason ?? '', /master key/)
    assert.equal(there.get('desk-2')?.state, 'active')
    assert.equal(there.routeOf('helpdesk')?.id, 'desk-2')
    assert.deepEqual(
      there.diagnose().map(({ code }) => code),
      ['CONNECTION_BROKEN'],
    )
    const secondKey = { connectionId: 'desk-1', config: { ...input.config, apiKey: 'key-67890' } }
    await there.updateConnection(secondKey, by)
    assert.equal(there.get('desk-1')?.state, 'active', 'a secret that is sent anew repairs it')
  })

  test('without the connector still shows the connection, with nothing of its secrets', async (t) => {
    await open(t).createConnection(input, by)
    const there = open(t, { registry: createRegistry([hinting]) })
    await there.refresh()
    assert.equal(there.get('desk-1')?.state, 'broken')
    assert.deepEqual((await there.showConnection('desk-1')).config, {
      ...input.config,
      apiKey: '********',
    })
  })
})

describe('the list of connections', () => {
  test('comes in pages by id', async (t) => {
    const connections = open(t)
    for (const connectionId of ['c', 'a', 'b'])
      await connections.createConnection({ ...input, connectionId }, by)
    const first = await connections.listConnections({ limit: 2 })
    assert.deepEqual(
      first.items.map(({ connectionId }) => connectionId),
      ['a', 'b'],
    )
    assert.equal(first.next, 'b')
    const second = await connections.listConnections({ limit: 2, after: first.next ?? '' })
    assert.deepEqual(
      second.items.map(({ connectionId }) => connectionId),
      ['c'],
    )
    assert.equal(second.next, null)
  })
})

describe('a route', () => {
  test('goes to a connection that plays the role', async (t) => {
    const connections = open(t)
    await connections.createConnection(input, by)
    await connections.createConnection({ ...input, connectionId: 'desk-2' }, by)
    assert.deepEqual(
      connections.diagnose().map(({ code }) => code),
      ['AMBIGUOUS_ROLE'],
    )
    await connections.setRoute({ role: 'helpdesk', connectionId: 'desk-2' }, by)
    assert.equal(connections.routeOf('helpdesk')?.id, 'desk-2')
    assert.deepEqual(connections.diagnose(), [])
    const wrong = connections.setRoute({ role: 'crm', connectionId: 'desk-2' }, by)
    assert.deepEqual(await problemsOf(wrong), ['/role'])
  })

  test('is set and cleared for each scope by itself', async (t) => {
    const connections = open(t)
    await connections.createConnection(input, by)
    await connections.createConnection({ ...input, connectionId: 'desk-2' }, by)
    const role = 'helpdesk' as const
    const scope = { company: 'north', validFrom: '2026-12-01T00:00:00+01:00' }
    await connections.setRoute({ role, connectionId: 'desk-1' }, by)
    await connections.setRoute({ role, connectionId: 'desk-1', ...scope }, by)
    await connections.setRoute({ role, connectionId: 'desk-2', ...scope }, by)
    const at = new Date('2026-12-02T00:00:00Z')
    const north = { company: 'north', warehouse: null, channel: 'edi', at }
    assert.equal(connections.routeOf(role, north)?.id, 'desk-2')
    assert.equal(connections.routeOf(role, { ...north, company: 'south' })?.id, 'desk-1')
    assert.deepEqual(
      (await connections.listRoutes()).map(({ connectionId, company }) => [connectionId, company]),
      [
        ['desk-1', null],
        ['desk-2', 'north'],
      ],
    )
    await connections.clearRoute({ role, ...scope }, by)
    assert.equal(connections.routeOf(role, north)?.id, 'desk-1')
    await assert.rejects(connections.clearRoute({ role, ...scope }, by), { code: 'NOT_FOUND' })
    const ended = { ...scope, validTo: '2026-11-01T00:00:00Z' }
    const wrong = connections.setRoute({ role, connectionId: 'desk-1', ...ended }, by)
    assert.deepEqual(await problemsOf(wrong), ['/validTo'])
  })

  test('and an authority of a scope are seen by other processes', async (t) => {
    const [here, there] = [open(t), open(t)]
    await here.createConnection(input, by)
    await here.setAuthority({ axis: 'receipt', roles: ['helpdesk'], company: 'north' }, by)
    await there.refresh()
    const north = { company: 'north', warehouse: null, channel: 'edi', at: new Date() }
    assert.equal(there.owns('desk-1', north), 'R')
    assert.equal(there.owns('desk-1', { ...north, company: 'south' }), '')
    await here.setAuthority({ axis: 'receipt', roles: [], company: 'north' }, by)
    await there.refresh()
    assert.equal(there.owns('desk-1', north), '')
    assert.deepEqual(await here.listAuthority(), [])
  })
})
