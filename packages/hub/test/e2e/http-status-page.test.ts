import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newId } from '../../src/platform/ids.ts'
import {
  type Answer,
  itemsOf,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'

const dayMs = 86_400_000
const line = {
  lineNo: 1,
  product: { sku: 'PUMP', name: 'Pump <b>12 V</b>' },
  quantity: '2',
  reason: { code: 'wrong_goods' },
}

interface Scene {
  readonly hub: TestHub
  readonly clock: ManualClock
}

async function startScene(statusPage: Json = {}): Promise<Scene> {
  const clock = manualClock(new Date().toISOString())
  const publicUrl = 'https://returns.example.com'
  return { clock, hub: await startTestHub({ clock, config: { publicUrl, statusPage } }) }
}

async function makeReturn({ hub }: Scene, more: Json = {}): Promise<string> {
  const body = {
    channel: 'ecommerce',
    sourceRef: newId(),
    customer: {
      partyId: 'C-1',
      name: 'Jane Doe',
      email: 'jane@example.com',
      shipFrom: { postalCode: '5911 AA', country: 'NL' },
    },
    currency: 'EUR',
    orderRefs: ['SO-4711'],
    lines: [line],
    ...more,
  }
  const headers = { 'idempotency-key': newId() }
  return textIn((await hub.request('POST', '/api/v1/returns', { body, headers })).json, 'id')
}

async function linkTo({ hub }: Scene, id: string, body: Json = {}): Promise<string> {
  const made = await hub.request('POST', `/api/v1/returns/${id}/status-link`, {
    as: 'agent',
    body,
  })
  assert.equal(made.status, 201)
  const url = new URL(textIn(made.json, 'url'))
  assert.equal(url.origin, 'https://returns.example.com')
  return url.pathname
}

const look = ({ hub }: Scene, path: string, headers: Record<string, string> = {}) =>
  hub.request('GET', path, { as: null, headers })

function answer({ hub }: Scene, path: string, text: string): Promise<Response> {
  return fetch(`${hub.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ answer: text }),
  })
}

function assertTellsNothing({ text }: Pick<Answer, 'text'>): void {
  assert.doesNotMatch(text, /Pump|RMA-|R-77|SO-4711|Jane|5911/)
}

async function tell(
  { hub }: Scene,
  { subject, type, data }: { readonly subject: string; readonly type: string; readonly data: Json },
): Promise<void> {
  const event = {
    specversion: '1.0',
    id: newId(),
    source: 'desk',
    type: `backhaul.${type}.v1`,
    subject,
    time: new Date().toISOString(),
    data,
  }
  await hub.request('POST', '/api/v1/events', { body: event })
}

describe('the status page of a return', () => {
  let scene: Scene
  let id: string
  let path: string
  before(async () => {
    scene = await startScene({ name: 'Example Shop' })
    id = await makeReturn(scene)
    path = await linkTo(scene, id)
  })
  after(() => scene.hub.close())

  test('says that the request has come, to whoever has the link, and names nobody', async () => {
    const { status, text, headers } = await look(scene, path)
    assert.equal(status, 200)
    assert.match(text, /We have received your request\./)
    assert.match(text, /Example Shop/)
    assert.match(text, /Pump &lt;b&gt;12 V&lt;\/b&gt;/)
    assert.doesNotMatch(text, /Jane|jane@|5911|C-1|<script|<b>/)
    assert.ok(Buffer.byteLength(text) < 30_000)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.match(headers.get('x-robots-tag') ?? '', /noindex/)
    assert.match(headers.get('content-type') ?? '', /^text\/html; charset=utf-8/)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /^default-src 'none'; style-src 'sha256-/)
    assert.doesNotMatch(policy, /unsafe|script-src/)
  })

  test('speaks as the browser asks, or as was chosen', async () => {
    const german = await look(scene, path, { 'accept-language': 'de-CH, en;q=0.5' })
    assert.match(german.text, /Wir haben Ihre Anfrage erhalten\./)
    const chosen = await look(scene, `${path}?lang=en`, { 'accept-language': 'de' })
    assert.match(chosen.text, /We have received your request\./)
  })

  test('gives the label while it can be used, and the parcel with its carrier’s page', async () => {
    await tell(scene, {
      subject: id,
      type: 'return.approved',
      data: {
        lines: [{ lineNo: 1, quantity: '2' }],
        rmaNo: 'R-77',
        validUntil: '2030-01-31T00:00:00Z',
      },
    })
    await tell(scene, {
      subject: id,
      type: 'label.issued',
      data: {
        parcel: { parcelId: 'P-1', carrier: 'DHL', tracking: 'JD0146' },
        label: {
          url: 'https://labels.example.com/1.pdf',
          qrUrl: 'https://labels.example.com/1.png',
        },
      },
    })
    const { text } = await look(scene, path)
    assert.match(text, /Your return R-77/)
    assert.match(text, /by January 31, 2030/)
    assert.match(text, /href="https:\/\/labels\.example\.com\/1\.pdf"/)
    assert.match(text, /href="https:\/\/labels\.example\.com\/1\.png"/)
    assert.match(text, /href="https:\/\/www\.dhl\.com\/[^"]*JD0146"/)
    await tell(scene, {
      subject: id,
      type: 'parcel.in_transit',
      data: { parcelId: 'P-1', tracking: 'JD0146' },
    })
    const moving = await look(scene, path)
    assert.match(moving.text, /on their way to us/)
    assert.doesNotMatch(moving.text, /labels\.example\.com/)
  })

  test('says that a system is late in place of pretending to know', async () => {
    await scene.hub.pool.query(
      `insert into poll_cursor (connection_id, poll, state, run_ended_at) values ('erp', 'changes', 'failed', now() - interval '3 hours 5 minutes')`,
    )
    const { text } = await look(scene, path)
    assert.match(text, /Warehouse data is 3 hours late\./)
    await scene.hub.pool.query(`delete from poll_cursor`)
    assert.doesNotMatch((await look(scene, path)).text, /late/)
  })

  test('shows nothing of a hold but that somebody looks into it', async () => {
    await tell(scene, { subject: id, type: 'exception.raised', data: { code: 'CU03' } })
    const { text } = await look(scene, path)
    assert.doesNotMatch(text, /CU03|exception|hold/i)
  })

  test('is not there for a forged link, and tells it nothing', async () => {
    const token = path.split('/').at(-1) ?? ''
    const flipped = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
    for (const forged of [flipped, 'x', `${token}x`, id, '%3Cscript%3E']) {
      const found = await look(scene, `/status/${forged}`)
      assert.equal(found.status, 404, forged)
      assert.match(found.text, /This link leads nowhere/)
      assertTellsNothing(found)
    }
  })

  test('is another one for the link of another return', async () => {
    const other = await makeReturn(scene, { orderRefs: ['OTHER-1'] })
    const { text } = await look(scene, await linkTo(scene, other))
    assert.match(text, /OTHER-1/)
    assert.doesNotMatch(text, /SO-4711|R-77/)
  })

  test('is not found by too many looks in a short time', async () => {
    const mine = await linkTo(scene, await makeReturn(scene))
    const all = await Promise.all(Array.from({ length: 40 }, () => look(scene, mine)))
    const refused = all.filter(({ status }) => status === 429)
    assert.equal(refused.length, 10)
    for (const one of refused) assertTellsNothing(one)
    scene.clock.advance(60_000)
    assert.equal((await look(scene, mine)).status, 200)
  })
})

describe('a link to the status page', () => {
  let scene: Scene
  before(async () => {
    scene = await startScene()
  })
  after(() => scene.hub.close())

  test('ends with its time', async () => {
    const path = await linkTo(scene, await makeReturn(scene), { days: 2 })
    scene.clock.advance(2 * dayMs - 5_000)
    assert.equal((await look(scene, path)).status, 200)
    scene.clock.advance(10_000)
    const { status, text } = await look(scene, path)
    assert.equal(status, 410)
    assertTellsNothing({ text })
  })

  test('is revoked with all others of its return, and new ones work', async () => {
    const id = await makeReturn(scene)
    const [first, second] = [await linkTo(scene, id), await linkTo(scene, id, { days: 9 })]
    const revoked = await scene.hub.request('DELETE', `/api/v1/returns/${id}/status-link`, {
      as: 'agent',
    })
    assert.equal(revoked.status, 204)
    for (const path of [first, second]) {
      const found = await look(scene, path)
      assert.equal(found.status, 410)
      assertTellsNothing(found)
    }
    assert.equal((await look(scene, await linkTo(scene, id))).status, 200)
  })

  test('is made by those who deal with customers, and written down', async () => {
    const id = await makeReturn(scene)
    for (const as of ['warehouse', 'integrator', 'auditor', 'finance', 'machine'] as const) {
      const made = await scene.hub.request('POST', `/api/v1/returns/${id}/status-link`, { as })
      assert.equal(made.status, 403, as)
    }
    await linkTo(scene, id)
    const log = await scene.hub.request('GET', `/api/v1/audit?object=${id}`)
    const [entry] = itemsOf(log)
    assert.equal(entry?.['objectId'], id)
    assert.doesNotMatch(JSON.stringify(entry), /\/status\//)
    const gone = await scene.hub.request('POST', `/api/v1/returns/${newId()}/status-link`)
    assert.equal(gone.status, 404)
  })
})

describe('where the site asks a question first', () => {
  let scene: Scene
  before(async () => {
    scene = await startScene({ question: 'order_or_postcode' })
  })
  after(() => scene.hub.close())

  test('the link alone shows nothing', async () => {
    const path = await linkTo(scene, await makeReturn(scene))
    const { status, text } = await look(scene, path)
    assert.equal(status, 200)
    assert.match(text, /Order number or postcode/)
    assertTellsNothing({ text })
  })

  for (const right of ['so 4711', '5911aa', ' SO-4711 ']) {
    test(`“${right}” is a right answer, for this browser and this link`, async () => {
      const path = await linkTo(scene, await makeReturn(scene))
      const admitted = await answer(scene, path, right)
      assert.deepEqual([admitted.status, admitted.headers.get('location')], [303, path])
      const cookie = admitted.headers.get('set-cookie') ?? ''
      assert.match(cookie, /HttpOnly; Secure; SameSite=Lax/)
      const pass = cookie.split(';', 1)[0] ?? ''
      assert.match((await look(scene, path, { cookie: pass })).text, /We have received/)
      const other = await linkTo(scene, await makeReturn(scene))
      assertTellsNothing(await look(scene, other, { cookie: pass }))
      scene.clock.advance(31 * 60_000)
      assertTellsNothing(await look(scene, path, { cookie: pass }))
    })
  }

  test('guessing comes to nothing: a pause after five, and an end after twenty', async () => {
    const path = await linkTo(scene, await makeReturn(scene))
    const wrong = async () => (await answer(scene, path, '1234 ZZ')).status
    const first = await Promise.all(Array.from({ length: 8 }, wrong))
    assert.equal(first.filter((status) => status === 403).length, 5)
    assert.equal(first.filter((status) => status === 429).length, 3)
    assert.equal((await answer(scene, path, 'SO-4711')).status, 429)
    for (let tries = 5; tries < 20; tries += 1) {
      scene.clock.advance(16 * 60_000)
      assert.equal(await wrong(), 403)
    }
    scene.clock.advance(dayMs)
    const spent = await answer(scene, path, 'SO-4711')
    assert.equal(spent.status, 403)
    assert.match(await spent.text(), /does not work any more/)
  })

  test('an answer that is no form is refused', async () => {
    const path = await linkTo(scene, await makeReturn(scene))
    const json = await scene.hub.request('POST', path, { as: null, body: { answer: 'SO-4711' } })
    assert.equal(json.status, 415)
    assertTellsNothing(json)
    const long = await answer(scene, path, 'x'.repeat(5_000))
    assert.equal(long.status, 413)
  })
})
