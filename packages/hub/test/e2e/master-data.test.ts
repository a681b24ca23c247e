import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Connector, defineConnector } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { exception } from '../../src/http/schemas/exceptions.ts'
import { issue, product, productDetail, pushResult } from '../../src/http/schemas/master-data.ts'
import { createApiKey } from '../../src/pipeline/api-keys.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { makeWorkplace, type Workplace } from '../support/cli.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'
import { until } from '../support/ring.ts'
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts'

const products = '/api/v1/master-data/products'
const pump = {
  id: '1',
  sku: 'PUMP-12V',
  gtin: '4006381333931',
  units: [{ unit: 'CS', ratio: '24' }],
}

/** A system that has three products, two to a page. */
const catalog: Connector = defineConnector({
  key: 'catalog',
  title: 'Catalog',
  sdkVersion: 1,
  config: z.object({}),
  roles: ['erp'],
  limits: { timeoutMs: 1_000 },
  feeds: {
    products: {
      pull: async ({ cursor }) => {
        const from = Number(cursor ?? 0)
        const all = ['F-1', 'F-2', 'F-3'].map((id) => ({ id, sku: `SKU-${id}` }))
        const items = all.slice(from, from + 2)
        return { items, cursor: String(from + items.length), hasMore: from + 2 < all.length }
      },
    },
  },
})

describe('master data', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ connectors: [catalog] })
  })
  after(() => hub.close())

  const push = (
    items: readonly unknown[],
    more: Json = {},
    as: 'machine' | 'integrator' = 'integrator',
  ) => hub.request('POST', products, { as, body: { items, ...more } })

  test('is pushed in batches: what is acceptable is taken, the rest is said and listed', async () => {
    const { status, json } = await push([pump, { id: '2', gtin: '4006381333932' }, 'junk'])
    assert.equal(status, 200)
    assert.deepEqual(pushResult.parse(json), json)
    const { written, refused } = pushResult.parse(json)
    assert.equal(written, 1)
    assert.deepEqual(
      refused.map(({ index, id, code }) => [index, id, code]),
      [
        [1, '2', 'GTIN_INVALID'],
        [2, 'item 2', 'INVALID'],
      ],
    )
    const again = await push([pump])
    assert.deepEqual([again.json['written'], again.json['unchanged']], [0, 1])
    const issues = itemsOf(await hub.request('GET', '/api/v1/master-data/issues?type=refused'))
    for (const one of issues) assert.deepEqual(issue.parse(one), one)
    assert.deepEqual(
      issues.map((one) => one['value']),
      ['2', 'item 2'],
    )
  })

  test('is known to look-ups a moment later', async () => {
    await push([{ id: '10', sku: 'VALVE-3' }])
    const scope = { connectionId: 'erp', company: null, at: '2026-11-23T08:00:00Z' }
    await until(() => hub.masterData.product('sku', 'valve-3', scope).kind === 'found')
    assert.equal(hub.masterData.knowsProducts, true)
  })

  test('is refused as a whole when it is no batch, or too large a one', async () => {
    const bodies = [{}, { items: [] }, { items: Array.from({ length: 1_001 }, () => pump) }]
    for (const body of bodies) {
      assert.equal((await hub.request('POST', products, { body })).status, 422)
    }
    assert.equal((await push([pump], { source: 'No Name' })).status, 422)
  })

  test('of a source comes from that source: a machine brings its own only', async () => {
    const { key } = await createApiKey(
      { ...hub, clock: systemClock },
      { name: 'erp', role: 'machine', connectionId: 'erp' },
      { actor: 'test' },
    )
    const headers = { authorization: `Bearer ${key}` }
    const own = { items: [{ id: 'E-1', sku: 'OWN', name: 'Ours' }] }
    await hub.request('POST', products, { as: null, headers, body: own })
    const shown = await hub.request('GET', '/api/v1/products/E-1')
    assert.equal(shown.json['source'], 'erp')
    const body = { ...own, source: 'catalog' }
    const other = await hub.request('POST', products, { as: null, headers, body })
    assert.equal(other.status, 403)
    const foreign = await push([{ id: 'E-1', sku: 'OWN', name: 'Theirs' }], { source: 'legacy' })
    const { refused } = pushResult.parse(foreign.json)
    assert.deepEqual(
      refused.map(({ code }) => code),
      ['OTHER_SOURCE'],
    )
  })

  test('is found by any identifier, and shown whole', async () => {
    const found = itemsOf(await hub.request('GET', '/api/v1/products?identifier=04006381333931'))
    for (const one of found) assert.deepEqual(product.parse(one), one)
    assert.deepEqual(
      found.map((one) => one['id']),
      ['1'],
    )
    const { json } = await hub.request('GET', '/api/v1/products/1', { as: 'agent' })
    assert.deepEqual(productDetail.parse(json), json)
    assert.deepEqual(json['units'], pump.units)
    assert.equal((await hub.request('GET', '/api/v1/products/nobody')).status, 404)
  })

  test('is listed a page at a time', async () => {
    const ids: string[] = []
    for (let path: string | undefined = '/api/v1/products?limit=1'; path !== undefined; ) {
      const page = await hub.request('GET', path)
      ids.push(...itemsOf(page).map((one) => textIn(one, 'id')))
      path = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1]
    }
    assert.deepEqual(ids, [...new Set(ids)].toSorted())
    assert.ok(ids.includes('1') && ids.includes('10'))
  })

  test('in conflict is an exception that a person can take, resolve and open again', async () => {
    await push([
      { id: '20', sku: 'TWIN' },
      { id: '21', sku: 'twin' },
    ])
    const [found] = itemsOf(await hub.request('GET', '/api/v1/exceptions?queue=MD&code=MD03'))
    assert.deepEqual(exception.parse(found), found)
    assert.equal(found?.['caseId'], null)
    const path = `/api/v1/exceptions/${textIn(found, 'id')}`
    const shown = (json: Json) => json['exception'] as Json
    const given = await hub.request('POST', `${path}/assign`, {
      as: 'integrator',
      body: { owner: 'kim' },
    })
    assert.deepEqual(
      [given.status, shown(given.json)['owner'], given.json['message']],
      [200, 'kim', null],
    )
    const not = await hub.request('POST', `${path}/assign`, { as: 'agent', body: { owner: 'lee' } })
    assert.equal(not.status, 403)
    const resolved = await hub.request('POST', `${path}/resolve`, {
      body: { action: 'correct_source' },
    })
    assert.deepEqual(
      [shown(resolved.json)['status'], shown(resolved.json)['owner']],
      ['resolved', 'kim'],
    )
    const reopened = await hub.request('POST', `${path}/reopen`, { body: {} })
    assert.equal(shown(reopened.json)['status'], 'open')
    const { rows } = await hub.pool.query(
      `select action from audit_entry where object_id = $1 order by seq`,
      [textIn(found, 'id')],
    )
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['exception.assigned', 'exception.resolved', 'exception.reopened'],
    )
    const detail = await hub.request('GET', '/api/v1/products/20')
    assert.deepEqual((detail.json['conflicts'] as Json[])[0]?.['candidates'], ['20', '21'])
    await push([{ id: '21', sku: 'SINGLE' }])
    assert.equal((await hub.request('GET', path)).json['status'], 'resolved')
  })

  test('of customers is not named to those who may not see customers', async () => {
    const identifiers = [{ kind: 'vat', value: 'DE123456789' }]
    const body = {
      items: [
        { id: 'P-1', identifiers },
        { id: 'P-2', identifiers },
      ],
    }
    await hub.request('POST', '/api/v1/master-data/parties', { body })
    for (const [as, value] of [
      ['admin', 'de123456789'],
      ['integrator', '[masked]'],
    ] as const) {
      const listed = itemsOf(
        await hub.request('GET', '/api/v1/master-data/issues?type=ambiguous', { as }),
      )
      const [party] = listed.filter((one) => one['object'] === 'party')
      assert.equal(party?.['value'], value)
    }
  })

  test('of a connection that feeds is read by itself, to its end', async () => {
    const by = { actor: 'test' }
    const connection = {
      connectionId: 'catalog',
      connector: 'catalog',
      title: 'Catalog',
      config: {},
    }
    await hub.connections.createConnection({ ...connection, roles: ['erp'], subscriptions: [] }, by)
    const status = async () => (await hub.request('GET', '/api/v1/master-data')).json
    await until(async () => {
      const [feed] = (await status())['feeds'] as Json[]
      return feed !== undefined && feed['firstEndedAt'] !== null
    })
    const [feed] = (await status())['feeds'] as Json[]
    assert.deepEqual(
      [feed?.['connectionId'], feed?.['state'], feed?.['runItems']],
      ['catalog', 'waiting', 3],
    )
    assert.equal((await hub.request('GET', '/api/v1/products/F-3')).json['source'], 'catalog')
  })
})

describe('master data on the command line', () => {
  let database: TestDatabase
  let place: Workplace
  before(async () => {
    database = await createTestDatabase()
    place = await makeWorkplace({
      DATABASE_URL: database.url,
      BACKHAUL_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
    })
  })
  after(async () => {
    await place.remove()
    await database.drop()
  })

  const csv = [
    'id;sku;gtin;name;units;identifiers;tags;isActive',
    '1;PUMP-12V;4006381333931;"Pump; brass";CS=24|PAL=480;channel_sku@shop=B0-1;heavy|brass;yes',
    '2;VALVE;4006381333932;Valve;;;;no',
  ].join('\n')

  async function run(...args: readonly string[]) {
    const { code, stdout } = await place.run([...args, '--json'])
    return { code, json: JSON.parse(stdout) as Json }
  }

  test('is imported from CSV: what is not acceptable is said, and the exit code says so', async () => {
    const file = join(place.folder, 'products.csv')
    await writeFile(file, csv)
    const { code, json } = await run('master-data', 'import', file)
    assert.deepEqual(
      [code, json['written'], (json['refused'] as Json[])[0]?.['code']],
      [7, 1, 'GTIN_INVALID'],
    )
    const again = await run('master-data', 'import', file)
    assert.deepEqual([again.json['written'], again.json['unchanged']], [0, 1])
  })

  test('is imported from JSON, by the kind that the file or the command names', async () => {
    const file = join(place.folder, 'parties.json')
    await writeFile(file, JSON.stringify({ items: [{ id: 'P-1', name: 'Branch' }] }))
    assert.equal((await run('master-data', 'import', file)).json['written'], 1)
    const other = join(place.folder, 'list.json')
    await writeFile(other, '[{"id":"W-1"}]')
    assert.equal((await place.run(['master-data', 'import', other])).code, 2)
    assert.equal(
      (await run('master-data', 'import', other, '--kind', 'warehouses')).json['written'],
      1,
    )
  })

  test('is found by what it is called, and shown with how it is packed', async () => {
    const { json } = await run('product', 'find', 'b0-1')
    assert.deepEqual(
      (json['items'] as Json[]).map((one) => one['productId']),
      ['1'],
    )
    const shown = await run('product', 'show', '1')
    assert.deepEqual(shown.json['units'], [
      { unit: 'CS', ratio: '24' },
      { unit: 'PAL', ratio: '480' },
    ])
    assert.equal((await place.run(['product', 'show', 'nobody'])).code, 3)
  })

  test('says how much there is, and what is wrong with it', async () => {
    const { json } = await run('master-data', 'status')
    assert.deepEqual(json['issues'], { ambiguous: 0, refused: 1, unknown: 0 })
    const { stdout } = await place.run(['master-data', 'issues'])
    assert.match(stdout, /refused +products/)
  })
})
