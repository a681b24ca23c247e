import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { defineConnector, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import { newId } from '../../src/platform/ids.ts'
import {
  type Answer,
  inboundSecret,
  itemsIn,
  itemsOf,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'
import * as sample from '../support/ring.ts'

function requested(ref: string): Record<string, unknown> {
  const { data } = sample.requested(ref)
  return {
    specversion: '1.0',
    id: `${ref}-asked`,
    source: 'erp',
    type: 'backhaul.return.requested.v1',
    time: '2026-11-23T08:00:00Z',
    data,
  }
}

/** A system that signs nothing, tests its address first, and wants to read `ok`. */
const unsigned = defineConnector({
  key: 'unsigned',
  title: 'Unsigned',
  sdkVersion: 1,
  config: z.object({}),
  roles: ['channel'],
  limits: { timeoutMs: 1_000 },
  webhooks: {
    'ticket.updated': webhook({
      payload: z.object({ id: z.string() }),
      unsigned: 'The system cannot sign.',
      secretAddress: true,
      secrets: () => [],
      messageId: ({ id }) => id,
      ping: {
        isSigned: false,
        answer: ({ rawBody }) =>
          rawBody.length === 0 ? { status: 200, contentType: 'text/plain', body: 'here' } : null,
      },
      accepted: { status: 200, contentType: 'text/plain', body: 'ok' },
    }),
  },
  delivers: {},
})

describe('the webhook of a system that signs', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  async function stored(): Promise<number> {
    const { rows } = await hub.pool.query<{ count: number }>(
      'select count(*)::int as count from inbox_message',
    )
    return rows[0]?.count ?? -1
  }

  test('takes an event in, applies it, and answers with the message id', async () => {
    const { status, json } = await hub.webhook(JSON.stringify(requested('hook-1')))
    assert.equal(status, 202)
    assert.deepEqual(Object.keys(json), ['messageId', 'isRepeat'])
    const found = await hub.request('GET', '/api/v1/identifiers/hook-1')
    assert.equal(itemsOf<unknown>(found).length, 1)
  })

  test('keeps the bytes as they were sent', async () => {
    const body = `  ${JSON.stringify({ ...requested('hook-2'), unknown: 1 }, null, 3)}\n`
    const { json } = await hub.webhook(body)
    const message = await hub.request('GET', `/api/v1/messages/${textIn(json, 'messageId')}`)
    assert.equal(message.json['body'], body)
  })

  test('takes a body of any content type, and of none', async () => {
    for (const type of [
      'text/plain',
      'application/xml;charset=latin1',
      'application/x-www-form-urlencoded',
      '',
      'json',
      'a/b/c',
    ]) {
      const body = Buffer.from(JSON.stringify(requested(`typed-${type}`)))
      const { status } = await hub.webhook(body, { headers: { 'content-type': type } })
      assert.equal(status, 202, type)
    }
  })

  test('counts a repeat once, and answers it like the first', async () => {
    const body = JSON.stringify(requested('hook-3'))
    const first = await hub.webhook(body, { id: 'same' })
    const count = await stored()
    const again = await hub.webhook(body, { id: 'same' })
    assert.deepEqual(again.json, { messageId: first.json['messageId'], isRepeat: true })
    assert.equal(await stored(), count)
  })

  test('answers 409 to another body under a known id', async () => {
    await hub.webhook(JSON.stringify(requested('hook-4')), { id: 'reused' })
    const other = await hub.webhook(JSON.stringify(requested('hook-5')), { id: 'reused' })
    assert.deepEqual([other.status, other.json['code']], [409, 'MESSAGE_ID_REUSED'])
  })

  test('takes an array as one message for each event', async () => {
    const batch = [{ ...requested('hook-6'), unknown: 1 }, requested('hook-7')]
    const { status, json } = await hub.webhook(JSON.stringify(batch), { id: 'batch' })
    assert.equal(status, 202)
    const messages = json['messages'] as { messageId: string }[]
    assert.equal(messages.length, 2)
    const [first] = await Promise.all(
      messages.map(({ messageId }) => hub.request('GET', `/api/v1/messages/${messageId}`)),
    )
    assert.equal(first?.json['externalId'], 'batch:0')
    assert.deepEqual(JSON.parse(String(first?.json['body'])), batch[0])
    const again = await hub.webhook(JSON.stringify(batch), { id: 'batch' })
    assert.ok((again.json['messages'] as { isRepeat: boolean }[]).every(({ isRepeat }) => isRepeat))
  })

  test('keeps what is genuine and cannot be read, and says so to an operator, not to the sender', async () => {
    for (const body of ['{"no":"event"}', 'no json', '']) {
      const { status, json } = await hub.webhook(body)
      assert.equal(status, 202, body)
      const message = await hub.request('GET', `/api/v1/messages/${textIn(json, 'messageId')}`)
      assert.deepEqual([message.json['outcome'], message.json['code']], ['parked', 'IT03'])
      assert.ok(message.json['detail'])
    }
  })

  test('answers every forgery the same, keeps nothing of it, and tells the log why', async () => {
    const body = JSON.stringify(requested('forged'))
    const now = Date.now()
    const count = await stored()
    const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    const signed = async (headers: Record<string, string>) =>
      hub.webhook(body, { id: 'f', headers })
    const forgeries: Answer[] = [
      await hub.webhook(body, { secret: other }),
      await hub.webhook(body, { now: new Date(now - 301_000) }),
      await hub.webhook(body, { now: new Date(now + 301_000) }),
      await signed({ 'webhook-signature': '' }),
      await signed({ 'webhook-signature': 'v1,' }),
      await signed({ 'webhook-signature': 'v1a,AAAA' }),
      await signed({ 'webhook-id': 'another' }),
      await signed({ 'webhook-timestamp': '1e20' }),
      await signed({ 'webhook-timestamp': '-1' }),
      await hub.request('POST', '/webhooks/erp/canonical-events', { as: null, body }),
    ]
    const answers = forgeries.map(({ status, json }) =>
      [status, json['code'], json['detail']].join(),
    )
    assert.deepEqual(
      [...new Set(answers)],
      ['401,SIGNATURE_INVALID,The message is not from who it should be from.'],
    )
    assert.equal(await stored(), count)
    const reasons = hub.logged.flatMap(
      (text) => (JSON.parse(text) as { reason?: string }).reason ?? [],
    )
    assert.ok(
      reasons.includes('bad_signature') &&
        reasons.includes('stale') &&
        reasons.includes('missing_header'),
    )
    assert.doesNotMatch(hub.logged.join(''), new RegExp(inboundSecret.slice(6, 30)))
  })

  test('does not take a body that was changed on its way', async () => {
    const sender = JSON.stringify(requested('changed'))
    const answer = await fetch(`${hub.url}/webhooks/erp/canonical-events`, {
      method: 'POST',
      headers: signatureOf(hub, sender),
      body: `${sender}\n`,
    })
    assert.equal(answer.status, 401)
  })

  test('is not found for an unknown connection or topic, whatever they are called', async () => {
    const paths = [
      'none/canonical-events',
      'erp/none',
      'erp/constructor',
      'erp/__proto__',
      'constructor/canonical-events',
      'erp/toString/x',
    ]
    for (const path of paths) {
      const answer = await hub.request('POST', `/webhooks/${path}`, { as: null, body: '{}' })
      assert.equal(answer.status, 404, path)
    }
  })

  test('refuses what is compressed, and what is larger than its limit', async () => {
    const compressed = await hub.webhook('x', { headers: { 'content-encoding': 'gzip' } })
    assert.equal(compressed.status, 415)
    const large = await hub.webhook(Buffer.alloc(4_194_305, 0x20))
    assert.deepEqual([large.status, large.json['code']], [413, 'PAYLOAD_TOO_LARGE'])
  })

  test('takes messages while its connection is paused, and none when it is disabled', async () => {
    const by = { actor: 'test' }
    await hub.connections.pauseConnection({ connectionId: 'erp' }, by)
    assert.equal((await hub.webhook(JSON.stringify(requested('paused')))).status, 202)
    await hub.connections.disableConnection({ connectionId: 'erp' }, by)
    const disabled = await hub.webhook(JSON.stringify(requested('disabled')))
    assert.deepEqual([disabled.status, disabled.json['code']], [409, 'CONNECTION_DISABLED'])
    await hub.connections.resumeConnection({ connectionId: 'erp' }, by)
    assert.equal((await hub.webhook(JSON.stringify(requested('resumed')))).status, 202)
  })

  test('asks its sender to try again when its configuration cannot be used', async () => {
    await hub.pool.query(`update connection set config = '{}' where connection_id = 'erp'`)
    await hub.connections.refresh()
    const answer = await hub.webhook(JSON.stringify(requested('broken')))
    assert.deepEqual(
      [answer.status, answer.json['code'], answer.headers.get('retry-after')],
      [503, 'CONNECTION_UNUSABLE', '60'],
    )
  })
})

/** The headers of a signed request that is never sent. */
function signatureOf(hub: TestHub, body: string): Record<string, string> {
  const url = `${hub.url}/webhooks/erp/canonical-events`
  const message = { method: 'POST', url, body, secret: inboundSecret, now: new Date(), id: newId() }
  return { ...schemes.standardWebhooks.sign(message).headers, 'content-type': 'application/json' }
}

describe('the webhook of a system that signs nothing', () => {
  let hub: TestHub
  let address: string
  before(async () => {
    hub = await startTestHub({ connectors: [unsigned] })
    const body = {
      connectionId: 'desk',
      connector: 'unsigned',
      title: 'Desk',
      roles: ['channel'],
      config: {},
    }
    const { json } = await hub.request('POST', '/api/v1/connections', { body })
    address = `/webhooks/desk/ticket.updated/${textIn(json, 'addressToken')}`
  })
  after(() => hub.close())

  function send(path: string, body: string): Promise<Answer> {
    return hub.request('POST', path, {
      as: null,
      body,
      headers: { 'content-type': 'application/json' },
    })
  }

  test('is known by the secret in its address, and by nothing else', async () => {
    assert.equal((await send(address, '{"id":"1"}')).status, 200)
    for (const path of [
      address.slice(0, -1),
      `${address}x`,
      '/webhooks/desk/ticket.updated',
      '/webhooks/desk/ticket.updated/x',
    ]) {
      assert.equal((await send(path, '{"id":"2"}')).status, 401, path)
    }
  })

  test('is answered what its system wants to read, and its test call too', async () => {
    const taken = await send(address, '{"id":"3"}')
    assert.deepEqual([taken.text, taken.headers.get('content-type')], ['ok', 'text/plain'])
    const ping = await hub.request('POST', address, { as: null })
    assert.deepEqual([ping.status, ping.text], [200, 'here'])
  })

  test('keeps messages that nothing translates yet for a person', async () => {
    await send(address, '{"id":"4"}')
    const { json } = await hub.request('GET', '/api/v1/messages?connection=desk&state=parked')
    const [newest] = itemsIn<{ externalId: string; code: string }>(json)
    assert.equal(newest?.externalId, '4')
    assert.equal(newest.code, 'NO_MAPPING')
  })

  test('does not write its address into an answer or the log', async () => {
    const secret = address.split('/').at(-1) ?? ''
    const refused = await send(`${address}x`, '{}')
    assert.ok(!refused.text.includes(secret))
    assert.ok(!hub.logged.join('').includes(secret))
  })

  test('gets a new address when the old one got about', async () => {
    const { json } = await hub.request('POST', '/api/v1/connections/desk/address-token')
    assert.equal((await send(address, '{"id":"5"}')).status, 401)
    assert.equal(
      (await send(`/webhooks/desk/ticket.updated/${textIn(json, 'addressToken')}`, '{"id":"5"}'))
        .status,
      200,
    )
  })
})
