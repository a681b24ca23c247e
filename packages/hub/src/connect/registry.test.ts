import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defineConnector, webhook } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { createRegistry } from './registry.ts'

function connector(key: string) {
  return defineConnector({
    key,
    title: key,
    sdkVersion: 1,
    config: z.object({}),
    roles: ['crm'],
    limits: { timeoutMs: 1_000 },
    webhooks: {
      changed: webhook({
        payload: z.object({ id: z.string() }),
        messageId: ({ id }) => id,
        secrets: () => [],
        verify: () => ({ ok: true }),
      }),
    },
  })
}

describe('the registry', () => {
  test('finds connectors by their key, and lists them in its order', () => {
    const registry = createRegistry([connector('b'), connector('a')])
    assert.equal(registry.get('b').key, 'b')
    assert.equal(registry.find('c'), undefined)
    assert.deepEqual(
      registry.list().map(({ key }) => key),
      ['a', 'b'],
    )
  })

  test('says which connectors there are when it is asked for another', () => {
    const registry = createRegistry([connector('b'), connector('a')])
    assert.throws(() => registry.get('c'), { code: 'VALIDATION_FAILED', message: /a, b/ })
  })

  test('refuses two connectors of one key', () => {
    assert.throws(() => createRegistry([connector('a'), connector('a')]), /two connectors/)
  })
})
