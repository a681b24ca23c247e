import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { activePolicies, compilePolicyText } from '../../src/domain/index.ts'
import { decision } from '../../src/http/schemas/decisions.ts'
import { newId } from '../../src/platform/ids.ts'
import {
  type Answer,
  itemsOf,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'

const path = new URL('../../policies/standard-returns.yaml', import.meta.url)
const compiled = compilePolicyText(readFileSync(path, 'utf8'), { version: 7 })
assert.ok(compiled.ok)
const policies = activePolicies([compiled.policy])

const day = 86_400_000
/** A part of what the API answered, as tests look into it. */
function objectIn(json: Json | undefined, name: string): Json {
  return (json ?? {})[name] as Json
}

function listIn(json: Json | undefined, name: string): Json[] {
  return (json ?? {})[name] as Json[]
}

const daysAgo = (days: number) => new Date(Date.now() - days * day).toISOString()

describe('a return that is asked for over the API', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ policies })
  })
  after(() => hub.close())

  /** Asks for a return of `net` euros that was delivered so many days ago, and waits for what comes of it. */
  async function ask(
    ref: string,
    given: { days: number; net?: string; line?: object },
  ): Promise<string> {
    const { days, net = '100.00', line = {} } = given
    const invoiced = {
      invoiceLine: `inv-${ref}`,
      quantity: '2',
      net: { amount: net, currency: 'EUR' },
      tax: { amount: '0.00', currency: 'EUR' },
    }
    const body = {
      channel: 'ecommerce',
      sourceRef: ref,
      customer: { partyId: 'C-1' },
      orderRefs: [`SO-${ref}`],
      currency: 'EUR',
      lines: [
        {
          lineNo: 1,
          product: { sku: 'PUMP' },
          quantity: '2',
          reason: { code: 'poor_fit' },
          origin: { orderLine: '1', deliveredAt: daysAgo(days), invoiced },
          ...line,
        },
      ],
    }
    const answer = await hub.request('POST', '/api/v1/returns', {
      body,
      headers: { 'idempotency-key': ref },
    })
    assert.equal(answer.status, 201, answer.text)
    await hub.settled()
    return textIn(answer.json, 'id')
  }

  async function standingOf(id: string) {
    const { json } = await hub.request('GET', `/api/v1/returns/${id}`)
    const [line] = json['lines'] as { axes: { authorization: string } }[]
    return line?.axes.authorization
  }

  function decisionsOf(id: string, as: 'admin' | 'machine' | 'agent' = 'admin'): Promise<Answer> {
    return hub.request('GET', `/api/v1/returns/${id}/decisions`, { as })
  }

  function override(id: string, body: object, as: 'admin' | 'agent' = 'agent') {
    return hub.request('POST', `/api/v1/returns/${id}/override`, { as, body })
  }

  test('is approved by the rules, and the neighbors are told', async () => {
    const id = await ask('ok', { days: 3 })
    assert.equal(await standingOf(id), 'approved')
    const [made] = itemsOf(await decisionsOf(id))
    assert.deepEqual(decision.parse(made), made)
    assert.deepEqual([made?.['verdict'], made?.['decidedBy']], ['allow', 'hub'])
    assert.deepEqual(made?.['ruleSet'], { name: 'standard-returns', version: 7 })
    const told = hub.erp.requests().map(({ body }) => String(body))
    assert.ok(told.some((text) => text.includes('return.record')))
    assert.ok(told.some((text) => text.includes('policy standard-returns v7')))
  })

  test('shows why to those who work on it, and only what was said to others', async () => {
    const id = await ask('why', { days: 90 })
    assert.equal(await standingOf(id), 'rejected')
    const [shown] = itemsOf(await decisionsOf(id, 'agent'))
    const [reason] = listIn(shown, 'reasons')
    assert.equal(reason?.['rule'], 'P05')
    assert.ok(objectIn(reason, 'used')['line.deliveredAt'])
    const [masked] = itemsOf(await decisionsOf(id, 'machine'))
    assert.equal(masked?.['inputs'], null)
    assert.deepEqual(
      listIn(masked, 'reasons').map(({ used }) => used),
      listIn(masked, 'reasons').map(() => null),
    )
    assert.equal(listIn(masked, 'reasons')[0]?.['response'], 'time_limit_exceeded')
  })

  test('is approved against the rules by a person, with the reason, up to a limit', async () => {
    const id = await ask('mercy', { days: 90 })
    const overridden = await override(id, { reason: 'A good customer was ill.' })
    assert.equal(overridden.status, 200, overridden.text)
    assert.equal(overridden.json['outcome'], 'applied')
    assert.equal(await standingOf(id), 'approved')
    const [last, first] = itemsOf(await decisionsOf(id))
    assert.match(textIn(last, 'decidedBy'), /^key:/)
    assert.equal(listIn(last, 'reasons')[0]?.['rule'], 'P36')
    assert.equal(listIn(last, 'reasons')[0]?.['detail'], 'A good customer was ill.')
    assert.equal(first?.['verdict'], 'deny')
    const { json } = await hub.request('GET', `/api/v1/returns/${id}/timeline`)
    const [approved] = json['data'] as Json[]
    assert.equal(objectIn(approved, 'data')['note'], 'A good customer was ill.')
  })

  test('beyond the limit is for an administrator', async () => {
    const id = await ask('dear', { days: 90, net: '400.00' })
    assert.equal((await override(id, { reason: 'Please.' })).status, 403)
    assert.equal(await standingOf(id), 'rejected')
    assert.equal((await override(id, { reason: 'Agreed.' }, 'admin')).status, 200)
    assert.equal(await standingOf(id), 'approved')
  })

  test('is not approved against a rule that nobody may override', async () => {
    await ask('serial-1', { days: 3, line: { serials: ['SN-77'] } })
    const id = await ask('serial-2', { days: 3, line: { serials: ['SN-77'] } })
    assert.equal(await standingOf(id), 'rejected')
    assert.equal((await override(id, { reason: 'Why not.' }, 'admin')).status, 403)
  })

  test('is not approved against the rules where they do not object, or by an event', async () => {
    const approved = await ask('fine', { days: 3 })
    assert.equal((await override(approved, { reason: 'Again.' })).status, 409)
    const id = await ask('event', { days: 90, net: '400.00' })
    const body = {
      specversion: '1.0',
      id: newId(),
      source: 'desk',
      type: 'backhaul.return.approved.v1',
      subject: id,
      time: new Date().toISOString(),
      data: {
        lines: [{ lineNo: 1, quantity: '2' }],
        override: { rule: 'P36', reason: 'By the back door.' },
      },
    }
    assert.equal((await hub.request('POST', '/api/v1/events', { as: 'agent', body })).status, 403)
    assert.equal(await standingOf(id), 'rejected')
  })

  test('is answered once, however often an override is sent', async () => {
    const id = await ask('twice', { days: 90 })
    const send = () =>
      hub.request('POST', `/api/v1/returns/${id}/override`, {
        as: 'agent',
        body: { reason: 'Once is enough.' },
        headers: { 'idempotency-key': 'twice-override' },
      })
    const [first, second] = [await send(), await send()]
    assert.deepEqual([first.status, second.status], [200, 200])
    assert.deepEqual([first.json['isRepeat'], second.json['isRepeat']], [false, true])
    assert.equal(itemsOf(await decisionsOf(id)).length, 2)
  })

  test('lists its decisions page by page', async () => {
    const id = await ask('pages', { days: 90 })
    await override(id, { reason: 'For the list.' })
    const first = await hub.request('GET', `/api/v1/returns/${id}/decisions?limit=1`)
    const cursor = textIn(first.json, 'next_cursor')
    const second = await hub.request(
      'GET',
      `/api/v1/returns/${id}/decisions?limit=1&cursor=${cursor}`,
    )
    assert.deepEqual(
      [...itemsOf(first), ...itemsOf(second)].map(({ verdict }) => verdict),
      ['allow', 'deny'],
    )
    assert.equal((await hub.request('GET', `/api/v1/returns/${newId()}/decisions`)).status, 404)
  })
})
