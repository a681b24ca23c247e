import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { config } from '../config.ts'
import shopify from '../index.ts'
import { stages } from '../shop-stage.test.ts'

const open = stages()

describe('tokens', () => {
  test('are asked for in the form that the shop takes, and put where it looks', async () => {
    const { double, config: parsed } = await open({ accessToken: undefined, clientId: 'client-id' })
    const settings = shopify.oauth?.settings(parsed) ?? assert.fail('it asks for tokens')
    assert.deepEqual(settings.origins, [double.url])
    const granted = await fetch(settings.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: settings.grant,
        client_id: settings.clientId,
        client_secret: settings.clientSecret ?? '',
      }),
    })
    const { access_token: token } = (await granted.json()) as { access_token: string }
    const { header = '', prefix = '' } = shopify.oauth?.present ?? {}
    const response = await fetch(`${double.url}/admin/api/2026-10/graphql.json`, {
      method: 'POST',
      headers: { [header]: `${prefix}${token}` },
      body: JSON.stringify({ query: '{ shop { name } }' }),
    })
    assert.equal(response.status, 200)
  })

  test('are not asked for where the app has a lasting one, and one of the two is needed', () => {
    const basics = { url: 'https://acme.myshopify.com', clientSecret: 's' }
    const lasting = config.parse({ ...basics, accessToken: 'shpat_1', clientId: 'c' })
    assert.equal(shopify.oauth?.settings(lasting), null)
    assert.equal(config.safeParse(basics).success, false)
  })
})

test('the bucket is read from every answer, also from one that is throttled', () => {
  const throttleStatus = { maximumAvailable: 2_000, currentlyAvailable: 12, restoreRate: 100 }
  const extensions = { cost: { requestedQueryCost: 400, actualQueryCost: null, throttleStatus } }
  const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }]
  const expected = { remaining: 12, limit: 2_000, cost: 550, perSecond: 100 }
  for (const body of [
    { data: {}, extensions },
    { errors, extensions },
  ]) {
    assert.deepEqual(shopify.limits.readBody?.(body, new Date()), expected)
  }
  assert.equal(shopify.limits.readBody?.('<html>', new Date()), null)
})
