import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { SetupContext, SetupPlan } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { createTestFetch, noDial } from '@backhaul/sdk/testing'
import { startRecordingSink, startZendesk } from '@backhaul/simulator'
import { askForReturn, configOf } from '../account.test.ts'
import { type Config, config as schema } from '../config.ts'
import zendesk from '../index.ts'
import { tickets } from '../tickets-poll.ts'
import { setup } from './setup.ts'

const signal = new AbortController().signal

async function openSite(t: TestContext) {
  let now = new Date('2026-11-23T06:00:00Z')
  const double = await startZendesk({ now: () => now })
  const sink = await startRecordingSink()
  t.after(() => Promise.all([double.close(), sink.close()]))
  let secretNo = 0
  const addressOf = (topic: string) =>
    `${sink.url}/webhooks/zendesk-main/${topic}/secret-${secretNo}`
  const config = schema.parse(configOf(double.url, {}))
  const context: SetupContext<Config> = {
    connectionId: 'zendesk-main',
    config,
    adminKey: null,
    adminLogin: null,
    webhooks: {
      isCurrent: (topic, address) => secretNo > 0 && address === addressOf(topic),
      renew: async () => {
        secretNo += 1
        return addressOf
      },
    },
    fetch: createTestFetch(signal),
    dial: noDial,
    signal,
    now,
  }
  const advance = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000)
  }
  const clock = () => now
  return { double, sink, context, advance, clock }
}

function statesOf({ steps }: SetupPlan): Record<string, number> {
  const states: Record<string, number> = {}
  for (const { state } of steps) states[state] = (states[state] ?? 0) + 1
  return states
}

const ignore = () => undefined

describe('the set-up', () => {
  test('plans, makes, finds all as it should be, and takes everything back', async (t) => {
    const { double, context } = await openSite(t)
    assert.deepEqual(statesOf(await setup.plan(context)), { missing: 11, present: 1 })
    assert.equal(double.world.fields.size, 0)
    const applied = await setup.apply(context, ignore)
    assert.deepEqual(statesOf(applied), { present: 12 })
    const settled = { ...context, config: schema.parse({ ...context.config, ...applied.settings }) }
    assert.deepEqual(statesOf(await setup.apply(settled, ignore)), { present: 12 })
    const { fields, webhooks, triggers } = double.world
    assert.deepEqual([fields.size, webhooks.size, triggers.size], [9, 1, 1])
    await setup.remove(settled, ignore)
    assert.deepEqual([fields.size, webhooks.size, triggers.size], [0, 0, 0])
    assert.deepEqual(statesOf(await setup.plan(context)), { missing: 11, present: 1 })
  })

  test('finds fields that people have made by their titles, and leaves them when it is taken back', async (t) => {
    const { double, context } = await openSite(t)
    const own = double.world.addField({ title: 'Return SKU', type: 'text', description: 'Ours.' })
    const { settings } = await setup.apply(context, ignore)
    assert.equal(schema.parse({ ...context.config, ...settings }).fields.sku, own.id)
    await setup.remove(context, ignore)
    assert.deepEqual([...double.world.fields.keys()], [own.id])
  })

  test('sends a webhook anew to an address that is out of date', async (t) => {
    const { double, context } = await openSite(t)
    await setup.apply(context, ignore)
    await context.webhooks?.renew()
    const plan = await setup.plan(context)
    assert.equal(plan.steps.find(({ key }) => key === 'webhook')?.state, 'differs')
    await setup.apply(context, ignore)
    const [webhook] = double.world.webhooks.values()
    assert.equal(context.webhooks?.isCurrent('ticket', webhook?.endpoint ?? ''), true)
  })
})

describe('what an agent asks for', () => {
  test('comes by the webhook, signed; the poll says the same under the same id', async (t) => {
    const { double, sink, context, advance, clock } = await openSite(t)
    const { settings } = await setup.apply(context, ignore)
    const [hook] = double.world.webhooks.values()
    const ticketId = askForReturn(double)
    await double.webhooks.settled()
    const [request] = sink.requests()
    assert.ok(request && hook)
    const webhook = zendesk.webhooks['ticket']
    assert.ok(webhook)
    const { headers, body: rawBody } = request
    const verdict = webhook.verify({
      method: 'POST',
      url: hook.endpoint,
      headers,
      rawBody,
      secrets: [hook.secret, hook.endpoint.slice(hook.endpoint.lastIndexOf('/') + 1)],
      now: clock(),
    })
    assert.equal(verdict.ok, true)
    const [, addressSecret = ''] = /\/([^/]+)$/.exec(hook.endpoint) ?? []
    const forged = schemes.zendesk.sign({
      method: 'POST',
      url: hook.endpoint,
      body: rawBody,
      secret: addressSecret,
      now: clock(),
      id: 'forged',
    })
    const call = { method: 'POST' as const, url: hook.endpoint, rawBody, now: clock() }
    const secrets = [hook.secret, addressSecret]
    assert.equal(webhook.verify({ ...call, headers: forged.headers, secrets }).ok, false)
    const reading = webhook.read({ rawBody, headers })
    assert.ok(reading.ok, JSON.stringify(reading))

    advance(120)
    const config = schema.parse({ ...context.config, ...settings })
    const page = {
      config,
      fetch: context.fetch,
      dial: noDial,
      signal,
      cursor: null,
      limit: 100,
      now: clock(),
    }
    const { messages, cursor } = await tickets.pull(page)
    assert.deepEqual(messages, [
      { topic: 'ticket', messageId: reading.messageId, body: messages[0]?.body },
    ])
    assert.equal(JSON.stringify(messages[0]?.body), rawBody.toString())

    // Whatever else happens to the ticket is no news of the return.
    double.people.agentComments({ ticketId, text: 'Called the customer.' })
    advance(120)
    const again = await tickets.pull({ ...page, cursor, now: clock() })
    assert.deepEqual(
      again.messages.map(({ messageId }) => messageId),
      [reading.messageId],
    )
    double.people.agentSets({ ticketId, fields: { 'Return action': 'return_cancel' } })
    advance(120)
    const canceled = await tickets.pull({ ...page, cursor: again.cursor, now: clock() })
    assert.equal(canceled.messages.length, 1)
    assert.notEqual(canceled.messages[0]?.messageId, reading.messageId)
  })

  test('that breaks the text of the webhook is found by the poll', async (t) => {
    const { double, sink, context, advance, clock } = await openSite(t)
    const { settings } = await setup.apply(context, ignore)
    askForReturn(double, { 'Return SKU': 'PUMP 12"' })
    await double.webhooks.settled()
    const [request] = sink.requests()
    const reading =
      request &&
      zendesk.webhooks['ticket']?.read({ rawBody: request.body, headers: request.headers })
    assert.equal(reading?.ok, false)
    advance(120)
    const config = schema.parse({ ...context.config, ...settings })
    const page = {
      config,
      fetch: context.fetch,
      dial: noDial,
      signal,
      cursor: null,
      limit: 100,
      now: clock(),
    }
    const { messages } = await tickets.pull(page)
    assert.deepEqual(
      messages.map(({ body }) => (body as { sku: string }).sku),
      ['PUMP 12"'],
    )
  })
})
