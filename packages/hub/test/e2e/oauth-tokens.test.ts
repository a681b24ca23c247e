import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, type TestContext, test } from 'node:test'
import type { ConnectionId } from '@backhaul/sdk/canonical'
import { classifyStatus, DeliveryError, defineConnector, secret } from '@backhaul/sdk/connector'
import { startTokenEndpoint, type TokenEndpoint } from '@backhaul/simulator'
import { z } from 'zod'
import type { WorkingConnection } from '../../src/connect/active-connection.ts'
import { createConnections } from '../../src/connect/connections.ts'
import { createRegistry } from '../../src/connect/registry.ts'
import { beginAuthorization, finishAuthorization } from '../../src/pipeline/authorize-connection.ts'
import { checkAndKeep } from '../../src/pipeline/checks/check-due.ts'
import { parseKeyRing } from '../../src/platform/crypto/key-ring.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createPool, type Pool } from '../../src/store/database.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const books = 'books' as ConnectionId
const by = { actor: 'test' }
const lines: string[] = []
const log = createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } })
const keyRing = parseKeyRing(Buffer.alloc(32, 3).toString('base64'))

function connectorOf(rotation: 'never' | 'graceful' | 'single_use', days?: number) {
  return defineConnector({
    key: 'books',
    title: 'Books',
    sdkVersion: 1,
    config: z.object({
      url: z.string(),
      clientSecret: secret(z.string()),
      refreshToken: secret(z.string()).optional(),
      grant: z.enum(['client_credentials', 'refresh_token']).default('refresh_token'),
      company: z.string().optional(),
    }),
    roles: ['erp'],
    limits: { timeoutMs: 10_000 },
    delivers: {
      'credit.draft': { deliver: async () => ({}), idempotency: { kind: 'upsert' } },
    },
    oauth: {
      settings: ({ url, clientSecret, refreshToken, grant }) => ({
        grant,
        tokenUrl: `${url}/oauth/token`,
        authorizeUrl: `${url}/oauth/authorize`,
        clientId: 'backhaul',
        clientSecret,
        refreshToken,
        scopes: ['accounting'],
        origins: [url],
      }),
      rotation,
      refreshTokenDays: days,
      refuses: ({ company }, query) =>
        company !== undefined && query.get('company') !== company
          ? `This is for the company ${company}.`
          : null,
    },
    check: async ({ config, fetch, now }) => {
      const answer = await fetch(`${config.url}/account`, { method: 'GET' })
      const failure = classifyStatus(answer.status, answer.headers, now)
      if (failure) throw failure
      return { account: 'Example Ltd' }
    },
  })
}

let database: TestDatabase
let pool: Pool
let system: TokenEndpoint
let clock: ManualClock

before(async () => {
  database = await createTestDatabase()
  pool = createPool({ url: database.url, size: 8, name: 'test', log })
})
after(async () => {
  await pool.end()
  await database.drop()
})
beforeEach(async () => {
  await pool.query('truncate connection, exception cascade')
  lines.length = 0
  clock = manualClock()
  system = await startTokenEndpoint({ now: clock.now, callbackParameters: { company: '7' } })
})
afterEach(() => system.close())

interface Process {
  readonly connections: ReturnType<typeof createConnections>
  readonly connection: () => WorkingConnection
  readonly deps: Parameters<typeof finishAuthorization>[0]
}

/** The hub's connections as one process has them. */
async function startProcess(
  t: TestContext,
  connector = connectorOf('single_use'),
): Promise<Process> {
  const connections = createConnections({
    pool,
    registry: createRegistry([connector]),
    keyRing,
    clock,
    log,
    settings: {
      allowedPrivateTargets: ['127.0.0.1'],
      requestTimeoutMs: 5_000,
      concurrencyPerConnection: 8,
    },
  })
  t.after(() => connections.close())
  await connections.refresh()
  return {
    connections,
    connection: () => connections.get(books) as WorkingConnection,
    deps: {
      connections,
      pool,
      config: { publicUrl: 'https://hub.example/' },
      record: async () => undefined,
    },
  }
}

function create({ connections }: Process, config: Record<string, unknown> = {}) {
  return connections.createConnection(
    {
      connectionId: books,
      connector: 'books',
      title: 'Books',
      roles: ['erp'],
      subscriptions: [],
      config: { url: system.http.url, clientSecret: 'client-s3cret', ...config },
    },
    by,
  )
}

async function ask(process: Process): Promise<number> {
  const { fetch } = process.connection()
  return (await fetch(`${system.http.url}/account`, { method: 'GET' })).status
}

async function failureOf(work: Promise<unknown>): Promise<DeliveryError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof DeliveryError)
  return error
}

describe('a token', () => {
  test('is had once by two processes with many requests each, and serves all of them', async (t) => {
    const one = await startProcess(t)
    await create(one, { refreshToken: system.issuer.agree() })
    const other = await startProcess(t)
    const asked = Array.from({ length: 20 }, (_, index) => ask(index % 2 === 0 ? one : other))
    assert.deepEqual(new Set(await Promise.all(asked)), new Set([200]))
    assert.deepEqual(system.issuer.given(), { refresh_token: 1 })
  })

  test('is replaced ahead of its end, by one of the processes', async (t) => {
    const one = await startProcess(t)
    await create(one, { refreshToken: system.issuer.agree() })
    const other = await startProcess(t)
    await Promise.all([ask(one), ask(other)])
    clock.advance(1_679_000)
    await ask(one)
    assert.equal(system.issuer.given()['refresh_token'], 1)
    clock.advance(2_000)
    await Promise.all([ask(one), ask(other), ask(one)])
    assert.equal(system.issuer.given()['refresh_token'], 2)
  })

  test('that is refused early is replaced once, and the request had its effect once', async (t) => {
    const process = await startProcess(t)
    await create(process, { refreshToken: system.issuer.agree() })
    await ask(process)
    clock.advance(60_000)
    system.issuer.dropAccessTokens()
    const { fetch } = process.connection()
    const posts = await Promise.all(
      [1, 2, 3].map(() => fetch(`${system.http.url}/things`, { method: 'POST', body: '{}' })),
    )
    assert.deepEqual(
      posts.map(({ status }) => status),
      [201, 201, 201],
    )
    assert.equal(system.made(), 3)
    assert.equal(system.issuer.given()['refresh_token'], 2)
  })

  test('that is refused as soon as it was had is not asked for again and again', async (t) => {
    const process = await startProcess(t)
    await create(process, { refreshToken: system.issuer.agree() })
    await ask(process)
    system.issuer.dropAccessTokens()
    assert.deepEqual(await Promise.all([ask(process), ask(process)]), [401, 401])
    assert.equal(system.issuer.given()['refresh_token'], 1)
  })

  test('of a client that speaks for itself needs nobody', async (t) => {
    const process = await startProcess(t)
    await create(process, { grant: 'client_credentials' })
    assert.equal(await ask(process), 200)
    assert.deepEqual(system.issuer.given(), { client_credentials: 1 })
  })

  test('goes to the system that it is for, and to no other', async (t) => {
    const process = await startProcess(t)
    await create(process, { refreshToken: system.issuer.agree() })
    const stranger = await startTokenEndpoint()
    t.after(() => stranger.close())
    const { fetch } = process.connection()
    const answer = await fetch(`${stranger.http.url}/account`, { method: 'GET' })
    assert.equal(answer.status, 401)
    assert.deepEqual(system.issuer.given(), {})
  })

  test('serves to its end when it cannot be replaced', async (t) => {
    const process = await startProcess(t)
    await create(process, { refreshToken: system.issuer.agree() })
    await ask(process)
    clock.advance(1_700_000)
    system.http.faults.set([{ fault: 'unavailable', path: '/oauth/token' }])
    assert.equal(await ask(process), 200)
    clock.advance(101_000)
    const failure = await failureOf(ask(process))
    assert.deepEqual([failure.kind, failure.code], ['retryable', 'UPSTREAM_UNAVAILABLE'])
  })
})

describe('a refresh token that is replaced with every use', () => {
  test('is stored before the token is used', async (t) => {
    const one = await startProcess(t)
    await create(one, { refreshToken: system.issuer.agree() })
    await ask(one)
    // A process that ends now leaves all that the next one needs.
    const next = await startProcess(t)
    clock.advance(1_800_000)
    assert.equal(await ask(next), 200)
    assert.equal(system.issuer.given()['refresh_token'], 2)
  })

  test('survives a crash between answer and store where the system takes the one before for a while', async (t) => {
    await system.close()
    system = await startTokenEndpoint({ now: clock.now, rotation: 'graceful' })
    const process = await startProcess(t, connectorOf('graceful'))
    await create(process, { refreshToken: system.issuer.agree() })
    // The answer goes under: as when the process ends after the system has acted.
    system.http.faults.set([{ fault: 'cut_after', path: '/oauth/token', times: 1 }])
    await failureOf(ask(process))
    clock.advance(5_000)
    assert.equal(await ask(process), 200)
    assert.equal(system.issuer.given()['refresh_token'], 2)
  })

  test('is lost with such an answer where it serves once: people are told, and why', async (t) => {
    const process = await startProcess(t)
    await create(process, { refreshToken: system.issuer.agree() })
    system.http.faults.set([{ fault: 'cut_after', path: '/oauth/token', times: 1 }])
    await failureOf(ask(process))
    clock.advance(5_000)
    const failure = await failureOf(ask(process))
    assert.equal(failure.code, 'AUTH_REJECTED')
    assert.match(failure.reason ?? '', /was lost/)
  })

  test('that another process asks with is waited for after that process is gone', async (t) => {
    const process = await startProcess(t)
    await create(process, { refreshToken: system.issuer.agree() })
    // Of a process that ended before it asked.
    await pool.query(
      `insert into oauth_token (connection_id, binding, lease_id, lease_until, asked_at)
       values ('books', '\\x00', gen_random_uuid(), now() + interval '1 second', now())`,
    )
    assert.equal(await ask(process), 200)
  })
})

describe('credentials that are refused', () => {
  const check = (process: Process) =>
    checkAndKeep(
      {
        pool,
        connections: process.connections,
        clock,
        config: {
          delivery: { requestTimeoutMs: 5_000 },
          outbound: { checkHours: 6 },
        } as Parameters<typeof checkAndKeep>[0]['config'],
      },
      books,
    )
  async function open(): Promise<string[]> {
    const { rows } = await pool.query<{ key: string }>(
      `select key from exception where status = 'open' order by key`,
    )
    return rows.map(({ key }) => key)
  }

  test('are an exception, asked with no further, and fine again when somebody has agreed', async (t) => {
    const process = await startProcess(t)
    await create(process, { refreshToken: system.issuer.agree() })
    await check(process)
    system.issuer.revoke()
    clock.advance(1_800_000)
    await check(process)
    assert.deepEqual(await open(), ['IT08:connection:books:refused'])
    const calls = system.http.calls.byName()['POST /oauth/token']
    await failureOf(ask(process))
    assert.equal(system.http.calls.byName()['POST /oauth/token'], calls)
    await agree(process)
    await check(process)
    assert.deepEqual(await open(), [])
  })

  test('are an exception two weeks before somebody has to agree anew', async (t) => {
    const process = await startProcess(t, connectorOf('single_use', 13))
    await create(process, { refreshToken: system.issuer.agree() })
    await check(process)
    assert.deepEqual(await open(), ['IT08:connection:books:expires'])
  })
})

/** Does what a person's browser does. @returns what the hub's address was called with. */
async function visit(url: string): Promise<URLSearchParams> {
  const answer = await fetch(url, { redirect: 'manual' })
  const back = new URL(answer.headers.get('location') ?? '')
  assert.equal(`${back.origin}${back.pathname}`, 'https://hub.example/oauth/callback')
  return back.searchParams
}

async function agree(process: Process): Promise<URLSearchParams> {
  const { url } = await beginAuthorization(process.deps, books, by)
  const query = await visit(url)
  await finishAuthorization(process.deps, query)
  return query
}

describe('an authorization by a person', () => {
  test('gives the connection its tokens, and its state serves once', async (t) => {
    const process = await startProcess(t)
    await create(process)
    const failure = await failureOf(ask(process))
    assert.match(failure.reason ?? '', /connection authorize books/)
    const query = await agree(process)
    assert.equal(await ask(process), 200)
    await assert.rejects(finishAuthorization(process.deps, query), { code: 'CONFLICT' })
    assert.deepEqual(system.issuer.given(), { authorization_code: 1 })
  })

  test('is finished by any process, and in ten minutes', async (t) => {
    const one = await startProcess(t)
    await create(one)
    const { url } = await beginAuthorization(one.deps, books, by)
    const query = await visit(url)
    await pool.query(`update oauth_authorization set expires_at = now()`)
    await assert.rejects(finishAuthorization(one.deps, query), { code: 'CONFLICT' })
    const again = await beginAuthorization(one.deps, books, by)
    const other = await startProcess(t)
    await finishAuthorization(other.deps, await visit(again.url))
    assert.equal(await ask(one), 200)
  })

  test('of somebody who does not agree, or for another company, changes nothing', async (t) => {
    const process = await startProcess(t)
    await create(process, { company: '8' })
    await assert.rejects(agree(process), { code: 'CONFLICT', message: /company 8/ })
    const { url } = await beginAuthorization(process.deps, books, by)
    const state = new URL(url).searchParams.get('state') ?? ''
    const refused = new URLSearchParams({ error: 'access_denied', state })
    await assert.rejects(finishAuthorization(process.deps, refused), { code: 'CONFLICT' })
    assert.deepEqual(system.issuer.given(), {})
  })

  test('with a code of somebody else does not get in', async (t) => {
    const process = await startProcess(t)
    await create(process)
    const first = await visit((await beginAuthorization(process.deps, books, by)).url)
    const second = await visit((await beginAuthorization(process.deps, books, by)).url)
    first.set('code', second.get('code') ?? '')
    await assert.rejects(finishAuthorization(process.deps, first), { code: 'CONFLICT' })
  })
})

describe('secrets', () => {
  test('stand in no log, no error and, but for sealed ones, in no table', async (t) => {
    const process = await startProcess(t)
    await create(process)
    await agree(process)
    await ask(process)
    system.issuer.revoke()
    clock.advance(1_800_000)
    const failure = await failureOf(ask(process))
    const { rows } = await pool.query(
      `select to_jsonb(t) from oauth_token t union all select to_jsonb(a) from oauth_authorization a
       union all select to_jsonb(c) from connection c`,
    )
    const seen = JSON.stringify([rows, lines, failure.message, String(failure.cause)])
    assert.deepEqual(
      system.issuer.secrets().filter((text) => seen.includes(text)),
      [],
    )
  })
})
