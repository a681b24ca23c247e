import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CommandBody, CommandType } from '@backhaul/sdk/canonical'
import type { Delivered, GuardedFetch, WebhookRequest } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import {
  type RecordingSink,
  type ShipHeroDouble,
  startRecordingSink,
  startShipHero,
} from '@backhaul/simulator'
import { config } from './config.ts'
import shiphero from './index.ts'

const address = {
  name: 'Acme',
  address1: '1 Dock',
  city: 'Reno',
  state: 'NV',
  zip: '89502',
  country: 'US',
}
const line = {
  lineNo: 1,
  product: { sku: 'PUMP-12V' },
  quantity: '2',
  unit: 'EA',
  reason: 'defective_consumer',
} as const
const about = { company: 'main', orderRefs: ['S00042'] }
let now = new Date('2026-11-23T06:00:00Z')
let double: ShipHeroDouble
let sink: RecordingSink

before(async () => {
  double = await startShipHero({ now: () => now, credits: 500 })
  double.ship({ orderNumber: 'S00042', skus: ['PUMP-12V', 'HOSE-5M'] })
  sink = await startRecordingSink()
  double.subscribe(`${sink.url}/hook`)
})
after(async () => {
  await double.close()
  await sink.close()
})

const guardedFetch: GuardedFetch = async (url, { method, headers, body }) => {
  const response = await fetch(url, {
    method,
    headers: headers ?? {},
    ...(typeof body === 'string' ? { body } : {}),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    text: async () => text,
    json: async () => JSON.parse(text) as unknown,
    bytes: async () => Buffer.from(text),
  }
}

const settings = () => ({
  url: double.url,
  refreshToken: double.refreshToken,
  webhookSecrets: [double.webhookSecret],
  warehouses: { WH1: 'V2FyZWhvdXNlOjE=' },
  address,
})

/** A minute later, when the credits of before are back. */
function deliver<T extends CommandType>(
  type: T,
  body: CommandBody<T>,
  caseNo = 'RMA-000123-7',
): Promise<Delivered> {
  now = new Date(now.getTime() + 60_000)
  const definition = shiphero.delivers[type]
  assert.ok(definition)
  const command = { type, caseId: 'c', caseNo, caseVersion: 3, occurredAt: now.toISOString(), body }
  const signal = AbortSignal.timeout(5_000)
  const call = { config: config.parse(settings()), fetch: guardedFetch, dial: noDial, signal, now }
  return definition.deliver({ ...call, command, idempotencyKey: 'bh_1', attempt: 1 })
}

const expectation = { about, warehouse: 'WH1', trackings: ['1Z1'], lines: [line] }

describe('a return at ShipHero', () => {
  test('is made once for a case, with its number, and canceled', async () => {
    const made = await deliver('receipt.expect', expectation)
    assert.deepEqual(made.refs, [{ type: 'return', value: made.externalId }])
    assert.deepEqual(await deliver('receipt.expect', expectation), made)
    const other = await deliver('receipt.expect', expectation, 'RMA-000124-5')
    assert.notEqual(other.externalId, made.externalId)
    assert.deepEqual(
      double.books().map(({ caseNo, quantity }) => [caseNo, quantity]),
      [
        ['RMA-000123-7', '2'],
        ['RMA-000124-5', '2'],
      ],
    )
    assert.equal(
      (await deliver('receipt.cancel', { about, lineNos: [1] }, 'RMA-000124-5')).externalId,
      other.externalId,
    )
    assert.deepEqual(await deliver('receipt.cancel', { about, lineNos: [1] }, 'RMA-000124-5'), {})
    assert.deepEqual(await deliver('receipt.cancel', { about, lineNos: [1] }, 'RMA-000199-9'), {})
    assert.equal(double.books().at(-1)?.status, 'cancelled')
  })

  test('cannot be made of what ShipHero does not have', async () => {
    for (const [changes, code] of [
      [{ about: { ...about, orderRefs: [] } }, 'ORDER_MISSING'],
      [{ about: { ...about, orderRefs: ['S-none'] } }, 'ORDER_MISSING'],
      [{ warehouse: 'WH9' }, 'WAREHOUSE_UNKNOWN'],
      [{ lines: [{ ...line, quantity: '1.5' }] }, 'QUANTITY_NOT_WHOLE'],
      [{ lines: [{ ...line, product: { gtin: '4006381333931' } }] }, 'PRODUCT_WITHOUT_SKU'],
      [{ lines: [{ ...line, product: { sku: 'OTHER' } }] }, 'REQUEST_REJECTED'],
    ] as const) {
      const body = { ...expectation, ...changes } as CommandBody<'receipt.expect'>
      await assert.rejects(deliver('receipt.expect', body, 'RMA-000777-1'), {
        kind: 'terminal',
        code,
      })
    }
  })

  test('waits until there are credits again', async () => {
    const call = { config: config.parse(settings()), fetch: guardedFetch, dial: noDial, now }
    const checks = async () => {
      for (let count = 0; count < 9; count += 1) {
        await shiphero.check?.({ ...call, signal: AbortSignal.timeout(5_000) })
      }
    }
    await assert.rejects(checks(), (error: { code?: string; retryAfterMs?: number }) => {
      assert.equal(error.code, 'RATE_LIMITED')
      assert.ok((error.retryAfterMs ?? 0) >= 1_000)
      return true
    })
  })
})

describe('what ShipHero tells', () => {
  test('is verified, named by its message id, and answered in its words', async () => {
    double.receive({ partnerId: 'RMA-000123-7', sku: 'PUMP-12V', quantity: 2, isComplete: true })
    await double.webhooks.settled()
    const { body: rawBody, headers } = sink.requests().at(-1) ?? assert.fail('nothing came')
    const webhook = shiphero.webhooks['return-update']
    assert.ok(webhook)
    const given = { rawBody, headers: headers as WebhookRequest['headers'] }
    assert.equal(
      webhook.verify({ method: 'POST', url: '', ...given, secrets: [double.webhookSecret], now })
        .ok,
      true,
    )
    const reading = webhook.read(given)
    assert.ok(reading.ok)
    assert.equal(reading.messageId, headers['x-shiphero-message-id'])
    assert.deepEqual(JSON.parse(webhook.accepted?.body ?? ''), { code: '200', Message: 'Success' })
    const { 'x-shiphero-message-id': _id, ...unnamed } = given.headers
    const other = webhook.read({ rawBody, headers: unnamed })
    assert.ok(other.ok && /^return:3394303:[0-9a-f]{32}$/.test(other.messageId))
  })
})

describe('the connection', () => {
  test('says whose account it is, and that nothing is heard without a secret', async () => {
    now = new Date(now.getTime() + 600_000)
    const signal = AbortSignal.timeout(5_000)
    const call = { fetch: guardedFetch, dial: noDial, signal, now }
    const parsed = config.parse({ ...settings(), webhookSecrets: [] })
    const report = await shiphero.check?.({ ...call, config: parsed })
    assert.deepEqual([report?.account, report?.notes?.length], ['ops@acme.example', 1])
    const stranger = config.parse({ ...settings(), refreshToken: 'somebody-elses' })
    await assert.rejects(shiphero.check?.({ ...call, config: stranger }) ?? assert.fail(), {
      code: 'AUTH_REJECTED',
    })
  })
})
