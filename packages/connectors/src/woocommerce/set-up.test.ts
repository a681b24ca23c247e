import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { SetupContext } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { type RecordingSink, startRecordingSink } from '@backhaul/simulator'
import { directFetch } from '../../test-odoo/connection.ts'
import woocommerce from './index.ts'
import { bought, configured, now, shop, webhookSecret } from './shop-scene.test.ts'

describe('webhooks of the shop', () => {
  let hub: RecordingSink
  before(async () => {
    hub = await startRecordingSink()
  })
  after(() => hub.close())

  const context = (): SetupContext<unknown> => ({
    connectionId: 'shop-eu',
    config: configured(),
    adminKey: null,
    adminLogin: null,
    webhooks: {
      isCurrent: (topic, address) => address === `${hub.url}/${topic}/s`,
      renew: async () => (topic) => `${hub.url}/${topic}/s`,
    },
    fetch: directFetch,
    dial: noDial,
    signal: new AbortController().signal,
    now: now(),
  })
  const check = () =>
    woocommerce.check?.({
      config: configured(),
      fetch: directFetch,
      dial: noDial,
      signal: new AbortController().signal,
      now: now(),
    })
  const states = async () =>
    (await woocommerce.setup?.plan(context()))?.steps.map(({ state }) => state)

  test('are made by the set-up, and mended when the shop has switched them off', async () => {
    bought()
    assert.deepEqual(await states(), ['missing', 'missing'])
    assert.match((await check())?.notes?.join() ?? '', /No webhook calls the hub/)
    await woocommerce.setup?.apply(context(), () => {})
    assert.deepEqual(await states(), ['present', 'present'])
    assert.deepEqual(await check(), { account: `Example Shop, ${shop.url}`, notes: [] })
    shop.people.disableWebhooks()
    assert.deepEqual(await states(), ['differs', 'differs'])
    assert.match((await check())?.notes?.join() ?? '', /\(order\.updated\) is disabled/)
    await woocommerce.setup?.apply(context(), () => {})
    assert.deepEqual(await states(), ['present', 'present'])
    assert.equal(shop.hooks.all.size, 2)
    await woocommerce.setup?.remove(context(), () => {})
    assert.equal(shop.hooks.all.size, 0)
  })

  test('are signed, and their first form is answered although it is not', async () => {
    const known = hub.requests().length
    await woocommerce.setup?.apply(context(), () => {})
    const { id } = bought()
    shop.people.requestReturn({ order: id, by: 'status' })
    await shop.hooks.settled()
    const [ping] = hub.requests().slice(known)
    const change = hub.requests().find(({ headers }) => headers['x-wc-webhook-signature'])
    assert.ok(ping && change)
    const received = woocommerce.webhooks['order.updated']
    const asked = (given: typeof ping) => ({
      method: 'POST',
      url: given.path,
      headers: given.headers,
      rawBody: given.body,
      secrets: [webhookSecret],
      now: now(),
    })
    assert.equal(received?.ping(asked(ping), 'before_verify')?.status, 200)
    assert.equal(received?.ping(asked(change), 'before_verify'), null)
    assert.equal(received?.verify(asked(change)).ok, true)
    assert.equal(received?.wakesPoll, 'changes')
  })
})
