import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { itemsOf, startTestHub, type TestHub } from '../support/hub.ts'

const secret = 'the-market-knows-this-secret-text'

const content = `
mapping: 1
direction: inbound
source: { format: json, records: list }
events:
  - type: return.requested
    when: record.kind == "return"
    id: '"asked:" + record.nr'
    data:
      sourceRef: record.nr
      channel: { value: marketplace }
      currency: { value: EUR }
      customer: { partyId: record.customer }
      lines:
        each: record.items
        as: item
        fields:
          lineNo: index + 1
          product: { sku: item.sku }
          quantity: quantity(item.qty, item.unit)
          reason:
            code: vocabulary("reason", item.reason)
  - type: parcel.delivered
    when: record.kind == "parcel"
    id: '"delivered:" + record.nr'
    data:
      refs: [{ system: { value: market }, type: { value: return }, value: record.nr }]
      tracking: record.tracking
`

/** Mostly what the document expects, with something else in the place of any part of it now and then. */
const odd = fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.jsonValue({ maxDepth: 2 }))
const or = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd })
const word = fc.constantFrom('wrong_goods', 'poor_fit', 'kaputt', 'gibt es nicht')
const item = fc.record({
  sku: or(fc.constantFrom('P-1', 'P-2')),
  qty: or(fc.constantFrom('1', '2.5', '-1', 'viele')),
  unit: or(fc.constantFrom('EA', 'box', 'Fass')),
  reason: or(word),
})
const record = fc.record({
  kind: or(fc.constantFrom('return', 'return', 'parcel', 'something')),
  nr: or(fc.integer({ min: 1, max: 60 }).map((number) => `R-${number}`)),
  customer: or(fc.constantFrom('C-1', 'C-2')),
  tracking: or(fc.constantFrom('T-1', 'T-2')),
  items: or(fc.array(item, { maxLength: 3 })),
})
const body = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .record({ list: or(fc.array(record, { maxLength: 4 })) })
      .map((value) => JSON.stringify(value)),
  },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.json() },
)

let hub: TestHub
before(async () => {
  hub = await startTestHub({ subscriptions: [] })
  const config = { inbound: { scheme: 'header', secrets: [secret] } }
  const market = {
    connectionId: 'market',
    connector: 'document',
    title: 'Market',
    roles: ['channel'],
    config,
  }
  assert.equal((await hub.request('POST', '/api/v1/connections', { body: market })).status, 201)
  const made = await hub.request('POST', '/api/v1/documents', {
    body: { kind: 'mapping', name: 'market/returns', content },
  })
  const at = `/api/v1/documents/${String(made.json['id'])}`
  assert.deepEqual((await hub.request('POST', `${at}/check`)).json['problems'], [])
  assert.equal((await hub.request('POST', `${at}/activate`)).status, 200)
})
after(() => hub.close())

test('whatever a sender writes, each message and each record of it ends applied, repeated, refused or parked', async () => {
  const bodies = fc.sample(body, { numRuns: 400, seed: 20_261_123 })
  let repeats = 0
  for (const one of bodies) {
    const { status, json, text } = await hub.request('POST', '/webhooks/market/returns', {
      as: null,
      headers: { 'x-backhaul-secret': secret, 'content-type': 'application/json' },
      body: one,
    })
    assert.equal(status, 202, `${text} ${JSON.stringify(one)}`)
    if (json['isRepeat'] === true) repeats += 1
  }
  await hub.settled()
  const { rows } = await hub.pool.query<{
    outcome: string | null
    isRecord: boolean
    count: number
  }>(
    `select outcome, topic like '%#record' as "isRecord", count(*)::int as count
     from inbox_message where connection_id = 'market' group by 1, 2`,
  )
  const total = (isRecord: boolean) =>
    rows.filter((row) => row.isRecord === isRecord).reduce((sum, { count }) => sum + count, 0)
  assert.deepEqual(
    rows.filter(({ outcome }) => outcome === null),
    [],
    'something waits for ever',
  )
  assert.equal(total(false) + repeats, bodies.length)
  for (const outcome of ['applied', 'repeated', 'refused', 'parked']) {
    assert.ok(
      rows.some((row) => row.outcome === outcome),
      `nothing ended ${outcome}`,
    )
  }
  const split = await hub.pool.query<{ told: number }>(
    `select sum(substring(result ->> 'detail' from 'of (\\d+) records')::int)::int as told
     from inbox_message where connection_id = 'market' and code = 'SPLIT'`,
  )
  const known = await hub.pool.query<{ known: number }>(
    `select sum(substring(result ->> 'detail' from ', (\\d+) known,')::int)::int as known
     from inbox_message where connection_id = 'market' and code = 'SPLIT'`,
  )
  assert.equal(total(true) + (known.rows[0]?.known ?? 0), split.rows[0]?.told)
  const parked = itemsOf(
    await hub.request('GET', '/api/v1/messages?connection=market&state=parked'),
  )
  assert.ok(parked.every(({ detail }) => typeof detail === 'string' && detail !== ''))
})
