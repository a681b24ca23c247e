import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import type { ConnectionId } from '@backhaul/sdk/canonical'
import { defineConnector, secret, webhook } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { manualClock } from '../../test/support/manual-clock.ts'
import { sha256 } from '../platform/crypto/hash.ts'
import { parseKeyRing } from '../platform/crypto/key-ring.ts'
import { createLogger } from '../platform/logger.ts'
import type { StoredConnection } from '../store/connections.ts'
import { type ActivationContext, activate, type WorkingConnection } from './active-connection.ts'
import { sealSecrets } from './connection-secrets.ts'
import { createDeadlines } from './deadlines.ts'
import { createRegistry } from './registry.ts'
import { createTargetGuard } from './target-guard.ts'

const payload = z.object({ id: z.string() })

const desk = defineConnector({
  key: 'desk',
  title: 'Desk',
  sdkVersion: 1,
  config: z.object({
    url: z.url(),
    apiKey: secret(z.string().min(5)),
    inboundSecrets: z.array(secret(z.string())).default([]),
    nested: z.object({ size: z.int() }).optional(),
  }),
  roles: ['helpdesk'],
  limits: { timeoutMs: 20_000, concurrency: 4, requestsPerMinute: 600 },
  webhooks: {
    'ticket.updated': webhook({
      payload,
      messageId: ({ id }) => id,
      secrets: (config: { inboundSecrets: string[] }) => config.inboundSecrets,
      verify: () => ({ ok: true }),
    }),
    'ticket.hinted': webhook({
      payload,
      messageId: ({ id }) => id,
      secrets: () => [],
      unsigned: 'It signs nothing.',
      secretAddress: true,
    }),
  },
})

const keyRing = parseKeyRing(randomBytes(32).toString('base64'))
const lines: string[] = []
const context: ActivationContext = {
  registry: createRegistry([desk]),
  keyRing,
  clock: manualClock(),
  log: createLogger({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
  // No connection here has tokens to keep.
  pool: {} as ActivationContext['pool'],
  random: () => 0.5,
  guard: createTargetGuard([]),
  resolve: () => Promise.resolve([]),
  deadlines: createDeadlines({ clock: manualClock() }),
  settings: { allowedPrivateTargets: [], requestTimeoutMs: 15_000, concurrencyPerConnection: 16 },
}
const config = {
  url: 'https://desk.example',
  apiKey: 'key-12345',
  inboundSecrets: ['first-secret', 'second-secret'],
}
const addressToken = 'x'.repeat(43)

function stored(fields: Partial<StoredConnection> = {}): StoredConnection {
  const connectionId = 'desk-1' as ConnectionId
  return {
    connectionId,
    connector: 'desk',
    title: 'Desk 1',
    roles: ['helpdesk'],
    config: sealSecrets(config, { keyRing, connectionId, secretPaths: desk.secretPaths }),
    subscriptions: [],
    addressTokenHash: sha256(addressToken),
    state: 'active',
    stateReason: null,
    version: 1,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...fields,
  }
}

function working(fields: Partial<StoredConnection> = {}): Omit<WorkingConnection, 'owns'> {
  const { connection } = activate(stored(fields), context)
  assert.ok(connection.state !== 'broken', connection.reason ?? '')
  return connection
}

function brokenBy(fields: Partial<StoredConnection>): string {
  const { connection } = activate(stored(fields), context)
  assert.equal(connection.state, 'broken')
  return connection.reason ?? ''
}

describe('a connection that works', () => {
  test('has its configuration opened, parsed and frozen', () => {
    const nested = { size: 3 }
    const connection = working({ config: { ...stored().config, nested } })
    assert.deepEqual(connection.config, { ...config, nested })
    assert.throws(() => {
      ;(connection.config as { nested: { size: number } }).nested.size = 4
    }, TypeError)
  })

  test('keeps to the limits of its connector and of the hub, whichever is lower', () => {
    assert.deepEqual(working().limits, {
      timeoutMs: 15_000,
      concurrency: 4,
      requestsPerMinute: 600,
    })
  })

  test('is tried again by its own schedule where it has one', () => {
    assert.equal(working().retry.delayMs(1), 5_000)
    const retry = { delaysSeconds: [7] }
    const connection = working({ config: { ...stored().config, retry } })
    assert.equal(connection.retry.delayMs(1), 7_000)
    assert.equal(connection.retry.delayMs(2), null)
    assert.deepEqual(connection.config, config, 'and its connector sees nothing of it')
  })

  test('verifies signed webhooks with the configured secrets, whatever the address ends in', () => {
    const { webhookSecrets } = working()
    assert.deepEqual(webhookSecrets('ticket.updated'), config.inboundSecrets)
    assert.deepEqual(webhookSecrets('ticket.updated', addressToken), config.inboundSecrets)
  })

  test('verifies unsigned webhooks with the address token, which it knows by its hash', () => {
    const { webhookSecrets } = working()
    assert.deepEqual(webhookSecrets('ticket.hinted', addressToken), [addressToken])
    assert.deepEqual(webhookSecrets('ticket.hinted', `${addressToken}y`), [])
    assert.deepEqual(webhookSecrets('ticket.hinted', ''), [])
    assert.deepEqual(webhookSecrets('ticket.hinted'), [])
    const without = working({ addressTokenHash: null })
    assert.deepEqual(without.webhookSecrets('ticket.hinted', addressToken), [])
  })

  test('has no secrets for a topic that it does not know', () => {
    assert.deepEqual(working().webhookSecrets('constructor', addressToken), [])
  })
})

describe('a connection is broken, and says why', () => {
  test('when its connector is not there', () => {
    assert.match(brokenBy({ connector: 'gone' }), /no such connector/)
  })

  test('when its configuration no longer fits, without quoting it', () => {
    const reason = brokenBy({ config: { url: 'sesame', apiKey: 'abcd' } })
    assert.match(reason, /url, apiKey/)
    assert.ok(!/sesame|abcd/.test(reason + lines.join('')))
  })

  test('when its secrets cannot be opened', () => {
    assert.match(brokenBy({ connectionId: 'desk-2' as ConnectionId }), /sealed for another place/)
  })
})
