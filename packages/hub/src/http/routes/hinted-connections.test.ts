import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defineConnector, webhook } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { WorkingConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import { hintedConnections } from './hinted-connections.ts'

const books = defineConnector({
  key: 'books',
  title: 'Books',
  sdkVersion: 1,
  config: z.object({ company: z.string() }),
  roles: ['finance'],
  limits: { timeoutMs: 1_000 },
  polls: {
    changes: {
      everySeconds: 60,
      pull: async () => ({ messages: [], cursor: null, hasMore: false }),
    },
  },
  webhooks: {
    news: webhook({
      payload: z.array(z.object({ company: z.string() })),
      verify: () => ({ ok: true }),
      secrets: () => [],
      messageId: () => 'm',
      wakesPoll: 'changes',
      wakesAccounts: (events) => events.map(({ company }) => company),
    }),
  },
  accountOf: ({ company }) => company,
})

function connection(id: string, company: string, more: object = {}): WorkingConnection {
  const known = { id, connectorKey: 'books', connector: books, config: { company } }
  return { ...known, state: 'active', storedState: 'active', ...more } as WorkingConnection
}

const called = connection('books-1', '1')
const all = [
  called,
  connection('books-2', '2'),
  connection('books-3', '3', { storedState: 'disabled', state: 'disabled' }),
  connection('books-4', '4', { state: 'broken' }),
  connection('shop-2', '2', { connectorKey: 'shop' }),
]

function woken(body: string): string[] {
  const news = books.webhooks['news']
  assert.ok(news)
  const connections = { list: () => all } as unknown as Pick<Connections, 'list'>
  const hint = { connection: called, webhook: news, rawBody: Buffer.from(body), headers: {} }
  return hintedConnections(connections, hint).map(({ id }) => id)
}

const about = (...companies: string[]) => JSON.stringify(companies.map((company) => ({ company })))

describe('a hint about several accounts', () => {
  test('wakes the connection of each, once', () => {
    assert.deepEqual(woken(about('1', '2', '2')), ['books-1', 'books-2'])
  })

  test('wakes the one that was called only when it is about it', () => {
    assert.deepEqual(woken(about('2')), ['books-2'])
  })

  test('wakes nobody for accounts of somebody else, or of connections that are not used', () => {
    assert.deepEqual(woken(about('3', '4', '9')), [])
  })

  test('that cannot be read wakes the one that was called', () => {
    assert.deepEqual(woken('{}'), ['books-1'])
  })
})
