import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SetupContext, SetupPlan } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { startRecordingSink } from '@backhaul/simulator'
import { directFetch } from '../../../test-odoo/connection.ts'
import type { Config } from '../config.ts'
import shopify from '../index.ts'
import { type ShopStage, stages } from '../shop-stage.test.ts'
import { shopifyTopics } from './topics.ts'

const open = stages()

/** The hub at an address, which gives out secrets. */
function contextOf(
  { config, clock }: ShopStage,
  base: string,
  connectionId = 'shop-us',
): SetupContext<Config> {
  let secret = 'secret-0'
  return {
    connectionId,
    config,
    adminKey: null,
    adminLogin: null,
    webhooks: {
      isCurrent: (topic, address) =>
        address === `${base}/webhooks/${connectionId}/${topic}/${secret}`,
      async renew() {
        secret = `secret-${Number(secret.slice(7)) + 1}`
        return (topic) => `${base}/webhooks/${connectionId}/${topic}/${secret}`
      },
    },
    fetch: directFetch,
    dial: noDial,
    signal: new AbortController().signal,
    now: clock.now,
  }
}

function states({ steps }: SetupPlan): string[] {
  return [...new Set(steps.map(({ state }) => state))]
}

const setup = shopify.setup ?? assert.fail('it has a set-up')
const base = 'https://hub.example'

describe('the set-up', () => {
  test('subscribes to everything that is told of returns, once', async () => {
    const stage = await open()
    const context = contextOf(stage, base)
    assert.deepEqual(states(await setup.plan(context)), ['missing'])
    assert.deepEqual(states(await setup.apply(context, () => {})), ['present'])
    const made = stage.double.writes.length
    assert.equal(made, shopifyTopics.length)
    assert.deepEqual(states(await setup.apply(context, () => {})), ['present'])
    assert.equal(stage.double.writes.length, made)
  })

  test('leaves the subscriptions of other connections alone, and takes its own back', async () => {
    const stage = await open()
    await setup.apply(contextOf(stage, base, 'shop-eu'), () => {})
    const context = contextOf(stage, base)
    await setup.apply(context, () => {})
    assert.equal(stage.double.subscriptions().length, 2 * shopifyTopics.length)
    await setup.remove(context, () => {})
    const left = stage.double.subscriptions()
    assert.equal(left.length, shopifyTopics.length)
    assert.ok(left.every(({ uri }) => uri.includes('/shop-eu/')))
  })

  test('makes a subscription again that Shopify has deleted after failures, and check notices', async () => {
    const stage = await open({}, { webhookDelaysMs: [1] })
    const sink = await startRecordingSink()
    try {
      const context = contextOf(stage, sink.url)
      await setup.apply(context, () => {})
      const notes = async () => (await shopify.check?.(context))?.notes ?? []
      assert.deepEqual(await notes(), [])
      for (let count = 0; count < 9; count += 1) sink.replyNext({ kind: 'answer', status: 500 })
      stage.double.people.order({ name: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 1 }] })
      const line = { sku: 'PUMP-12V', quantity: 1 }
      stage.double.people.requestReturn({ order: '#1001', lines: [line] })
      await stage.double.webhooks.settled()
      assert.equal(stage.double.subscriptions().length, 0)
      assert.match((await notes()).join(' '), /run the set-up/)
      const findings = (await shopify.diagnose?.(context)) ?? []
      assert.deepEqual(
        findings.map(({ title, level }) => `${title}: ${level}`),
        ['Scopes of the app: ok', 'Webhooks: warning'],
      )
      assert.deepEqual(states(await setup.apply(context, () => {})), ['present'])
    } finally {
      await sink.close()
    }
  })

  test('says what only a person can do where the hub has no address', async () => {
    const stage = await open()
    const context = { ...contextOf(stage, base), webhooks: null }
    assert.deepEqual(states(await setup.apply(context, () => {})), ['by_hand'])
    assert.deepEqual(stage.double.writes, [])
  })
})

test('a scope that lacks is a note, and a problem for the doctor', async () => {
  const stage = await open({}, { scopes: ['read_orders', 'read_returns', 'write_returns'] })
  const context = contextOf(stage, base)
  const { account, notes = [] } = (await shopify.check?.(context)) ?? {}
  assert.equal(account, 'Simulated shop (simulated.myshopify.com)')
  assert.equal(notes[0], 'The app lacks the scope write_orders.')
  const [first] = (await shopify.diagnose?.(context)) ?? []
  assert.equal(first?.level, 'problem')
})

test('webhooks of the shop are signed as the connector verifies them', async () => {
  const stage = await open()
  const sink = await startRecordingSink()
  try {
    await setup.apply(contextOf(stage, sink.url), () => {})
    stage.double.people.order({ name: '#1001', lines: [{ sku: 'PUMP-12V', quantity: 1 }] })
    const line = { sku: 'PUMP-12V', quantity: 1 }
    stage.double.people.requestReturn({ order: '#1001', lines: [line] })
    await stage.double.webhooks.settled()
    const [sent] = sink.requests()
    const hook = shopify.webhooks['changed']
    assert.ok(sent && hook)
    const { headers, body } = sent
    const rawBody = Buffer.from(body)
    const secrets = hook.secrets(stage.config)
    const request = { method: 'POST', url: sink.url, headers, rawBody, secrets, now: new Date() }
    assert.equal(hook.verify(request).ok, true)
    assert.equal(hook.read({ rawBody, headers }).ok, true)
    assert.equal(headers['x-shopify-topic'], 'returns/request')
    assert.equal(hook.verify({ ...request, secrets: ['another'] }).ok, false)
  } finally {
    await sink.close()
  }
})
