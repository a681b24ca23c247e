import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineConnector } from '@backhaul/sdk/connector'
import { fakeConfig, fakeOdoo19 } from '../../../test-odoo/fake-server.ts'
import { config } from '../config.ts'
import { changes, presence, webhooks } from './index.ts'

const connector = defineConnector({
  key: 'odoo',
  title: 'Odoo',
  sdkVersion: 1,
  config,
  roles: ['erp'],
  limits: { timeoutMs: 30_000 },
  webhooks,
  polls: { changes },
  presence,
})

test('an automation of Odoo only wakes the poll, whatever it says', () => {
  for (const hook of Object.values(connector.webhooks)) {
    assert.deepEqual([hook.wakesPoll, hook.secretAddress], ['changes', true])
    for (const body of [
      '{"_model":"stock.picking","_id":169,"_action":"x","move_ids":[],"partner_id":false}',
      '{"_id":999999999,"amount_total":-137.66}',
      '{}',
    ]) {
      assert.equal(hook.read({ rawBody: Buffer.from(body), headers: {} }).ok, true, body)
    }
  }
})

test('an address without its secret is refused', () => {
  for (const hook of Object.values(connector.webhooks)) {
    const request = {
      method: 'POST',
      url: 'https://hub.example/webhooks/odoo/stock.picking/guess',
      headers: {},
      rawBody: Buffer.from('{}'),
      now: new Date(),
    }
    assert.equal(hook.verify({ ...request, secrets: ['a-secret-of-24-characters'] }).ok, false)
    assert.equal(hook.verify({ ...request, secrets: [] }).ok, false)
  }
})

test('documents that are not found are gone; numbers that are no ids are asked about by nobody', async () => {
  const server = fakeOdoo19((_name, { body }) => {
    const [[, , ids]] = (body as { domain: [[string, string, number[]]] }).domain
    return { body: ids.filter((id) => id !== 140) }
  })
  const question = {
    config: fakeConfig(),
    fetch: server.fetch,
    signal: new AbortController().signal,
    now: new Date(),
  }
  const ask = (type: string, values: readonly string[]) =>
    presence.missing({ ...question, type, values })
  assert.deepEqual(await ask('return_transfer', ['137', '140', '137,140']), ['140', '137,140'])
  assert.deepEqual(await ask('credit_note', ['RINV/2026/00013', '12']), [])
  const calls = server.seen.length
  assert.deepEqual(await ask('credit_note', ['RINV/2026/00013']), [])
  assert.deepEqual(await ask('parcel', ['1']), [])
  assert.equal(server.seen.length, calls)
})
