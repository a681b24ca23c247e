import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { dryRun } from '../../src/http/schemas/dry-run.ts'
import { mappingTrial } from '../../src/http/schemas/mapping-trial.ts'
import { learnMapping } from '../../src/mapping/learn/learn-mapping.ts'
import { drillSamples } from '../drill/channel.ts'
import { answers, meanings } from '../drill/person.ts'
import {
  type Answer,
  itemsIn,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'
import { until } from '../support/ring.ts'

const secret = 'the-drill-knows-this-secret-text'
const samples = drillSamples({ seed: 11, count: 30 })
const topic = 'retouraanvraag'
const name = `drill/${topic}`

describe('a channel that nobody has written code for', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ subscriptions: [] })
    await must(
      hub.request('POST', '/api/v1/connections', {
        body: {
          connectionId: 'drill',
          connector: 'document',
          title: 'Drill',
          roles: ['channel'],
          config: {
            inbound: { scheme: 'header', secrets: [secret] },
            outbound: { url: 'https://drill.example/' },
          },
        },
      }),
    )
  })
  after(() => hub.close())

  async function must(asked: Promise<Answer>): Promise<Json> {
    const { status, text, json } = await asked
    assert.ok(status < 300, `${status} ${text}`)
    return json
  }

  function post(body: Buffer): Promise<Json> {
    const headers = { 'x-backhaul-secret': secret, 'content-type': 'application/json' }
    const sent = { as: null, headers, body: String(body) }
    return must(hub.request('POST', `/webhooks/drill/${topic}`, sent))
  }

  async function draft(content: string): Promise<string> {
    const body = { kind: 'mapping', name, content }
    return `/api/v1/documents/${textIn(await must(hub.request('POST', '/api/v1/documents', { body })), 'id')}`
  }

  async function activate(content: string): Promise<void> {
    const at = await draft(content)
    const checked = await must(hub.request('POST', `${at}/check`))
    assert.deepEqual(checked['problems'], [])
    await must(hub.request('POST', `${at}/activate`))
  }

  function tryOut(at: string, body: object = {}): Promise<Json> {
    return must(hub.request('POST', `${at}/dry-run`, { body }))
  }

  function outcomes(): Promise<Record<string, number>> {
    return must(hub.request('GET', '/api/v1/messages?connection=drill&limit=100')).then((json) => {
      const tally: Record<string, number> = {}
      for (const { outcome } of itemsIn<{ outcome: string }>(json)) {
        tally[outcome] = (tally[outcome] ?? 0) + 1
      }
      return tally
    })
  }

  const learned = learnMapping({ samples, topic, connection: 'drill', hints: { answers } })

  test('is recorded whole before anybody understands it', async () => {
    for (const { bytes } of samples) await post(bytes)
    await hub.settled()
    assert.deepEqual(await outcomes(), { parked: samples.length })
  })

  test('can be tried on what was recorded, before anything is in force', async () => {
    const at = await draft(learned.document)
    const result = await tryOut(at)
    assert.deepEqual(dryRun.parse(result), result)
    assert.equal(result['checked'], samples.length)
    // Both are unreadable, for different reasons: no document before, no words now.
    assert.equal(result['changed'], samples.length)
    assert.equal(result['next_cursor'], null)
  })

  test('shows what a mapping that is being written makes of a message, and of a text', async () => {
    const { data } = (await must(
      hub.request('GET', `/api/v1/messages?connection=drill&topic=${topic}&limit=1`),
    )) as { data: { id: string }[] }
    const messageId = data[0]?.id
    const trial = (body: object, as?: 'auditor') =>
      hub.request('POST', '/api/v1/mapping-trials', { body, ...(as ? { as } : {}) })
    const read = await must(trial({ name, content: learned.document, sample: { messageId } }))
    assert.deepEqual(mappingTrial.parse(read), read)
    assert.deepEqual(read['problems'], [])
    assert.equal((read['reading'] as Json)['code'], 'MD01')
    const content = 'mapping: 1\ndirection: inbound\nsource: { format: json }\n'
    const note = `${content}events:\n  - type: case.noted\n    data: { note: record.text }\n`
    const sample = { text: '{"text":"hello"}' }
    const [event] = ((await must(trial({ name, content: note, sample })))['reading'] as Json)[
      'events'
    ] as Json[]
    assert.deepEqual(event?.['data'], { note: 'hello' })
    const broken = await must(trial({ name, content: `${content}events: 3\n` }))
    assert.equal(broken['reading'], null)
    assert.ok((broken['problems'] as { line: number }[])[0]?.line)
    assert.equal((await trial({ name, content: note, sample }, 'auditor')).status, 403)
    const nobody = { messageId: '01890000-0000-7000-8000-000000000000' }
    assert.equal((await trial({ name, content: note, sample: nobody })).status, 404)
    assert.equal((await trial({ name: 'drill', content: note })).status, 422)
    const elsewhere = await must(
      hub.request('GET', '/api/v1/messages?connection=drill&topic=other'),
    )
    assert.deepEqual(itemsIn(elsewhere), [])
    const parked = `/api/v1/messages?connection=drill&state=parked&topic=${topic}&limit=100`
    assert.equal(itemsIn(await must(hub.request('GET', parked))).length, samples.length)
  })

  test('is understood once its words are translated, with nothing left behind', async () => {
    await activate(learned.document)
    const sure = learned.vocabularies.filter(({ canonicalValue }) => canonicalValue !== null)
    for (const { vocabulary, sourceValue, canonicalValue } of sure) {
      await say(vocabulary, sourceValue, canonicalValue ?? '')
    }
    const parked = await must(
      hub.request('GET', '/api/v1/messages?connection=drill&state=parked&limit=100'),
    )
    for (const { id } of itemsIn<{ id: string }>(parked)) {
      await must(hub.request('POST', `/api/v1/messages/${id}/replay`, { body: {} }))
    }
    await hub.settled()
    const first = await outcomes()
    assert.ok((first['applied'] ?? 0) > 0 && (first['parked'] ?? 0) > 0, JSON.stringify(first))
    const asked = itemsIn<{ vocabulary: string; value: string }>(
      await must(hub.request('GET', '/api/v1/unmapped?connection=drill')),
    )
    assert.ok(asked.length > 0)
    for (const { vocabulary, value } of asked) {
      await say(vocabulary, value, meanings[vocabulary]?.[value] ?? '')
    }
    // A message that was being read while its word was translated is tried again by itself after two seconds.
    await until(async () => (await outcomes())['parked'] === undefined)
    await hub.settled()
    assert.deepEqual(await outcomes(), { applied: samples.length })
  })

  test('shows what another version would change, page by page, and changes nothing', async () => {
    const same = await tryOut(await draft(`${learned.document}# the same\n`))
    assert.deepEqual([same['checked'], same['same']], [samples.length, samples.length])
    const changed = learned.document.replace('{ value: ecommerce }', '{ value: marketplace }')
    const at = await draft(changed)
    const pages: Json[] = []
    let cursor: unknown
    do {
      const page = await tryOut(at, { limit: 12, ...(cursor === undefined ? {} : { cursor }) })
      pages.push(page)
      cursor = page['next_cursor']
    } while (cursor !== null)
    assert.deepEqual(
      pages.map((page) => page['changed']),
      [12, 12, 6],
    )
    const [sample] = (pages[0]?.['samples'] ?? []) as { caseId: string; changes: unknown[] }[]
    assert.deepEqual(
      sample?.changes.map((change) => (change as { fields: unknown[] }).fields),
      [[{ pointer: '/data/channel', before: 'ecommerce', after: 'marketplace' }]],
    )
    assert.match(sample?.caseId ?? '', /^[0-9a-f-]{36}$/)
    assert.deepEqual(await outcomes(), { applied: samples.length })
  })

  test('shows which messages another version could not read any more', async () => {
    const field = 'vocabulary("resolution", line.gewenst)'
    const unknown = learned.document.replace(field, 'vocabulary("resolution", line.regelnr)')
    const result = await tryOut(await draft(unknown))
    assert.equal(result['newlyUnmapped'], samples.length)
    const broken = learned.document.replace('"dd-MM-yyyy HH:mm"', '"yyyy-MM-dd"')
    const other = await tryOut(await draft(broken))
    assert.deepEqual([other['newlyUnreadable'], other['newlyUnmapped']], [samples.length, 0])
  })

  test('is not tried by a draft that is none', async () => {
    const at = await draft('mapping: 1\ndirection: inbound\n')
    const { status, json } = await hub.request('POST', `${at}/dry-run`, { body: {} })
    assert.deepEqual([status, json['code']], [422, 'VALIDATION_FAILED'])
    const viewer = await hub.request('POST', `${at}/dry-run`, { body: {}, as: 'auditor' })
    assert.equal(viewer.status, 403)
  })

  async function say(vocabulary: string, sourceValue: string, canonicalValue: string) {
    const entry = { connectionId: 'drill', sourceValue, canonicalValue }
    const at = `/api/v1/vocabularies/${vocabulary}/entries`
    await must(hub.request('POST', at, { body: { entries: [entry] } }))
  }
})
