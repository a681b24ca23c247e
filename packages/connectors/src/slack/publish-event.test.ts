import assert from 'node:assert/strict'
import { request as send } from 'node:http'
import { describe, type TestContext, test } from 'node:test'
import {
  type Delivery,
  DeliveryError,
  type GuardedFetch,
  TerminalError,
} from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { type SlackOptions, startSlack } from '@backhaul/simulator'
import { type Config, config } from './config.ts'
import slack from './index.ts'
import { findPublished, publishEvent } from './publish-event.ts'

const token = 'xoxb-double-token'

/** As the hub's, for loopback. */
const fetch: GuardedFetch = (url, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const outgoing = send(url, { method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks)
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          bytes: async () => bytes,
          text: async () => bytes.toString(),
          json: async () => JSON.parse(bytes.toString()) as unknown,
        })
      })
    })
    outgoing.on('error', reject).end(body)
  })

interface Telling {
  readonly type?: string
  readonly raised?: readonly string[]
  readonly caseNo?: string
  readonly key?: string
}

async function start(t: TestContext, options: SlackOptions = {}, changes: object = {}) {
  const workspace = await startSlack({
    channels: ['C0RETURNS', 'C0FINANCE'],
    perSecond: 1_000_000,
    ...options,
  })
  t.after(() => workspace.close())
  const settings: Config = config.parse({
    url: workspace.url,
    token,
    exceptions: { FN: 'C0FINANCE' },
    otherExceptions: 'C0RETURNS',
    news: [{ events: 'refund.*', channel: 'C0FINANCE' }],
    ...changes,
  })
  const deliveryOf = (telling: Telling): Delivery<Config, 'event.publish'> => ({
    config: settings,
    command: {
      type: 'event.publish',
      caseId: '01920000-0000-7000-8000-000000000001',
      caseNo: telling.caseNo ?? 'RMA-000001-7',
      caseVersion: 1,
      occurredAt: '2026-11-23T09:00:00Z',
      body: {
        event: { type: `backhaul.${telling.type ?? 'goods.received'}.v1` },
        moves: [],
        raised: [...(telling.raised ?? [])],
      },
    },
    idempotencyKey: telling.key ?? 'bh_one',
    attempt: 1,
    signal: AbortSignal.timeout(10_000),
    fetch,
    dial: noDial,
    now: new Date(),
  })
  return {
    workspace,
    tell: (telling: Telling = {}) => publishEvent(deliveryOf(telling)),
    deliveryOf,
  }
}

describe('an event', () => {
  test('tells the exceptions that it raised to the channels of their queues', async (t) => {
    const { workspace, tell } = await start(t, {}, { consoleUrl: 'https://hub.example/console/' })
    await tell({ raised: ['RX05:line:1', 'RX05:line:2', 'FN06:credit:CR-1', 'ZZ99:case'] })
    assert.deepEqual(
      workspace.messages.map(({ channel, text }) => [channel, text.split('\n').length]),
      [
        ['C0RETURNS', 2],
        ['C0FINANCE', 2],
      ],
    )
    const [first] = workspace.messages
    assert.match(
      first?.text ?? '',
      /^<https:\/\/hub\.example\/console\/returns\/01920000[^|]+\|RMA-000001-7>\n:\w+: \*RX05\* /,
    )
  })

  test('is news where somebody wants it, and nothing elsewhere', async (t) => {
    const { workspace, tell } = await start(t)
    assert.deepEqual(await tell({ type: 'goods.received' }), {})
    const { externalId } = await tell({ type: 'refund.settled', key: 'bh_two' })
    assert.deepEqual(
      workspace.messages.map(({ channel, text }) => [channel, text]),
      [['C0FINANCE', '*RMA-000001-7*\nRefund settled']],
    )
    assert.equal(externalId, `C0FINANCE:${workspace.messages[0]?.ts}`)
    assert.equal(workspace.double.calls.total(), 2, 'nothing is asked where nothing is said')
  })

  test('goes into the thread of its return, and is said once whatever happened before', async (t) => {
    const { workspace, tell, deliveryOf } = await start(t)
    await tell({ raised: ['RX05:line:1'], key: 'bh_one' })
    await tell({ raised: ['RX03:line:1'], key: 'bh_two' })
    await tell({ raised: ['RX03:line:1'], key: 'bh_three', caseNo: 'RMA-000002-5' })
    await tell({ raised: ['RX03:line:1'], key: 'bh_two' })
    const [one, two, three, ...more] = workspace.messages
    assert.deepEqual([one?.threadTs, two?.threadTs, three?.threadTs], [null, one?.ts, null])
    assert.deepEqual(more, [])
    const again = deliveryOf({ raised: ['RX03:line:1'], key: 'bh_two' })
    assert.equal((await findPublished(again)).state, 'applied')
    const other = deliveryOf({ raised: ['RX03:line:1'], key: 'bh_four' })
    assert.equal((await findPublished(other)).state, 'absent')
  })

  test('finds its thread behind a hundred others', async (t) => {
    const { workspace, tell } = await start(t)
    for (let count = 0; count < 105; count += 1) {
      await tell({ raised: ['RX05:case'], key: `bh_${count}`, caseNo: `RMA-${count}` })
    }
    await tell({ raised: ['RX03:case'], key: 'bh_last', caseNo: 'RMA-0' })
    assert.equal(workspace.messages.at(-1)?.threadTs, workspace.messages[0]?.ts)
  })

  test('cannot call people or show a false link', async (t) => {
    const { workspace, tell } = await start(t)
    await tell({ raised: ['RX05:case'], caseNo: '<!channel> & <https://evil.example|x>' })
    assert.doesNotMatch(workspace.messages[0]?.text ?? '', /<!|<https/)
  })

  test('waits as long as the channel asks for, and ends where the app is not invited', async (t) => {
    const busy = await start(t, { perSecond: 1 })
    await busy.tell({ raised: ['RX05:case'], key: 'bh_one' })
    const late = await busy
      .tell({ raised: ['RX05:case'], key: 'bh_two' })
      .catch((error: unknown) => error)
    assert.ok(late instanceof DeliveryError)
    assert.deepEqual([late.kind, late.code], ['retryable', 'RATE_LIMITED'])
    const away = await start(t, { channels: [] })
    const ended = await away.tell({ raised: ['RX05:case'] }).catch((error: unknown) => error)
    assert.ok(ended instanceof TerminalError)
    assert.equal(ended.code, 'CHANNEL_UNUSABLE')
  })
})

describe('the connection', () => {
  test('says who it is there, and that its token is not taken', async (t) => {
    const { deliveryOf, workspace } = await start(t)
    const given = deliveryOf({})
    assert.deepEqual(await slack.check?.(given), { account: 'backhaul in Example' })
    const wrong = { ...given, config: { ...given.config, token: 'xoxb-another-token' } }
    await assert.rejects(async () => slack.check?.(wrong), { code: 'AUTH_REJECTED' })
    assert.deepEqual(workspace.messages, [])
  })

  test('needs a channel', () => {
    assert.equal(config.safeParse({ token }).success, false)
    assert.equal(config.safeParse({ token, otherExceptions: '#returns' }).success, false)
  })
})
