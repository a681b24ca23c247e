import assert from 'node:assert/strict'
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type RecordingSink, startRecordingSink } from '@backhaul/simulator'
import { createDropFolder } from '../../src/pipeline/files/drop-folder.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { newId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import {
  type Answer,
  itemsIn,
  itemsOf,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'
import { until } from '../support/ring.ts'

const secret = 'the-market-knows-this-secret-text'

/** A market that nobody has written code for: German words, decimal commas, local time. */
const inbound = `
mapping: 1
direction: inbound
source: { format: json }
events:
  - type: return.requested
    id: '"asked:" + record.kopf.nr'
    time: time(record.kopf.zeit, "Europe/Berlin", "dd.MM.yyyy HH:mm")
    data:
      sourceRef: record.kopf.nr
      channel: { value: marketplace }
      currency: { value: EUR }
      customer: { partyId: record.kunde.id }
      lines:
        each: record.positionen
        as: pos
        fields:
          lineNo: index + 1
          product: { sku: pos.artikel }
          quantity: quantity(decimal(pos.menge, ","), pos.einheit, pos.artikel)
          reason:
            code: vocabulary("reason", pos.grund)
  - type: case.noted
    when: record.kopf.notiz != ""
    id: '"note:" + record.kopf.nr'
    time: time(record.kopf.zeit, "Europe/Berlin", "dd.MM.yyyy HH:mm")
    data:
      refs: [{ system: { value: market }, type: { value: return }, value: record.kopf.nr }]
      note: record.kopf.notiz
`

const outbound = `
mapping: 1
direction: outbound
request:
  method: { value: PUT }
  path: '"/ruecksendungen/" + command.caseNo'
target: { format: json }
body:
  stand: command.body.headline
  text: command.body.sentence
answer: { externalId: response.vorgang.id }
`

const csv = `
mapping: 1
direction: inbound
source:
  format: csv
  delimiter: ";"
  header: true
  records: rows
  groupBy: row.RMA
  id: '"sheet:" + record.rows[0].RMA'
events:
  - type: return.requested
    id: '"sheet:" + record.rows[0].RMA'
    time: time(record.rows[0].Datum, "Europe/Berlin", "dd.MM.yyyy")
    data:
      sourceRef: record.rows[0].RMA
      channel: { value: field }
      currency: { value: EUR }
      customer:
        partyId: record.rows[0].Kunde
      lines:
        each: record.rows
        as: line
        fields:
          lineNo: index + 1
          product: { sku: line.Artikel }
          quantity: quantity(decimal(line.Menge, ","), "EA", line.Artikel)
          reason:
            code: vocabulary("reason", line.Grund)
`

function message(nr: string, changes: { grund?: string; notiz?: string } = {}): string {
  const { grund = 'kaputt', notiz = '' } = changes
  return JSON.stringify({
    kopf: { nr, zeit: '23.11.2026 09:30', notiz },
    kunde: { id: 'K-77' },
    positionen: [
      { artikel: 'P-1', menge: '2,0', einheit: 'EA', grund },
      { artikel: 'P-2', menge: '1', einheit: 'EA', grund: 'kaputt' },
    ],
  })
}

const sheet = [
  'RMA;Datum;Kunde;Artikel;Menge;Grund',
  'S-1;20.11.2026;K-1;P-1;2,0;kaputt',
  'S-1;20.11.2026;K-1;P-2;1;kaputt',
  'S-2;21.11.2026;K-2;P-1;1;passt nicht',
].join('\r\n')

describe('a system that speaks a language of its own', () => {
  let hub: TestHub
  let market: RecordingSink
  before(async () => {
    hub = await startTestHub({ subscriptions: [] })
    market = await startRecordingSink()
    await must(
      hub.request('POST', '/api/v1/connections', {
        body: {
          connectionId: 'market',
          connector: 'document',
          title: 'Market',
          roles: ['channel'],
          config: {
            inbound: { scheme: 'header', secrets: [secret] },
            outbound: { url: market.url },
          },
        },
      }),
    )
  })
  after(async () => {
    await hub.close()
    await market.close()
  })

  async function must(asked: Promise<Answer>): Promise<Json> {
    const { status, text, json } = await asked
    assert.ok(status < 300, `${status} ${text}`)
    return json
  }

  function post(body: string, topic = 'ruecksendung'): Promise<Answer> {
    return hub.request('POST', `/webhooks/market/${topic}`, {
      as: null,
      headers: { 'x-backhaul-secret': secret, 'content-type': 'application/json' },
      body,
    })
  }

  async function activate(name: string, content: string): Promise<void> {
    const drafted = await must(
      hub.request('POST', '/api/v1/documents', { body: { kind: 'mapping', name, content } }),
    )
    const at = `/api/v1/documents/${textIn(drafted, 'id')}`
    const checked = await must(hub.request('POST', `${at}/check`))
    assert.deepEqual(checked['problems'], [])
    await must(hub.request('POST', `${at}/activate`))
  }

  async function say(word: string, meaning: string): Promise<void> {
    const entry = { connectionId: 'market', sourceValue: word, canonicalValue: meaning }
    await must(
      hub.request('POST', '/api/v1/vocabularies/reason/entries', { body: { entries: [entry] } }),
    )
  }

  async function stateOf(answer: Json): Promise<Json> {
    return must(hub.request('GET', `/api/v1/messages/${textIn(answer, 'messageId')}`))
  }

  async function caseOf(ref: string): Promise<Json | undefined> {
    const found = await hub.request('GET', `/api/v1/identifiers/${ref}`)
    return itemsOf(found)[0]
  }

  test('is kept whole where nothing says yet what it means', async () => {
    const taken = await must(post(message('M-1')))
    const stored = await stateOf(taken)
    assert.deepEqual([stored['outcome'], stored['code']], ['parked', 'NO_MAPPING'])
    assert.equal(stored['body'], message('M-1'))
  })

  test('is understood as soon as a document says it, also what came before', async () => {
    await activate('market/ruecksendung', inbound)
    await say('kaputt', 'defective_consumer')
    await until(async () => (await caseOf('M-1')) !== undefined)
  })

  test('has times, units and numbers of its own, and they are right', async () => {
    await must(post(message('M-2')))
    const found = await caseOf('M-2')
    const at = `/api/v1/returns/${textIn(found, 'returnId')}`
    const one = await must(hub.request('GET', at))
    assert.match(JSON.stringify(one), /"sku":"P-2"/)
    const { text } = await hub.request('GET', `${at}/timeline`)
    assert.match(text, /2026-11-23T08:30:00/)
    assert.equal(one['channel'], 'marketplace')
  })

  test('can say several things in one message, and a repeat of it says nothing new', async () => {
    const body = message('M-3', { notiz: 'Der Karton ist offen.' })
    const taken = await stateOf(await must(post(body)))
    assert.deepEqual([taken['outcome'], taken['code']], ['applied', null])
    assert.match(String(taken['detail']), /^2 events: 2 applied/)
    assert.equal((await must(post(body)))['isRepeat'], true)
    const changed = await stateOf(await must(post(`${body} `)))
    assert.equal(changed['outcome'], 'repeated')
  })

  test('waits for a word that nobody has translated, which is asked for once, and goes on by itself', async () => {
    for (const nr of ['W-1', 'W-2', 'W-3']) {
      const taken = await must(post(message(nr, { grund: 'Zu  GROSS' })))
      await hub.settled()
      const stored = await stateOf(taken)
      assert.deepEqual([stored['outcome'], stored['code']], ['parked', 'MD01'])
    }
    const unmapped = itemsIn<{ value: string; messages: number; suggestions: unknown[] }>(
      await must(hub.request('GET', '/api/v1/unmapped?connection=market')),
    )
    assert.deepEqual(
      unmapped.map(({ value, messages }) => [value, messages]),
      [['Zu GROSS', 3]],
    )
    assert.equal(unmapped[0]?.suggestions.length, 3)
    await say('zu gross', 'poor_fit')
    await hub.settled()
    for (const nr of ['W-1', 'W-2', 'W-3']) assert.ok(await caseOf(nr), nr)
    assert.deepEqual(
      itemsIn(await must(hub.request('GET', '/api/v1/unmapped?connection=market'))),
      [],
    )
  })

  test('that cannot be read is parked with the place of what is wrong', async () => {
    const broken = await stateOf(await must(post('{"kopf":{"nr":"B-1"}}')))
    assert.deepEqual([broken['outcome'], broken['code']], ['parked', 'IT03'])
    assert.notEqual(broken['detail'], null)
    const nothing = await stateOf(await must(post('no json')))
    assert.deepEqual([nothing['outcome'], nothing['code']], ['parked', 'IT03'])
  })

  test('is told in its own words, and its id is learned from the answer', async () => {
    market.replyAlways({
      kind: 'answer',
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"vorgang":{"id":"V-9"}}',
    })
    await activate('market/channel.update', outbound)
    await must(post(message('O-1')))
    await hub.settled()
    const [told] = await market.waitForRequests(1)
    assert.equal(told?.method, 'PUT')
    assert.match(told.path, /^\/ruecksendungen\/RMA-/)
    assert.deepEqual(Object.keys(JSON.parse(told.body.toString()) as object), ['stand', 'text'])
    assert.match(String(told.headers['idempotency-key']), /^bh_/)
  })

  test('hears of its own returns, and of no other shop\u2019s', async () => {
    await must(
      hub.request('POST', '/api/v1/connections', {
        body: {
          connectionId: 'bazaar',
          connector: 'document',
          title: 'Another market',
          roles: ['channel'],
          config: {
            inbound: { scheme: 'header', secrets: [secret] },
            outbound: { url: market.url },
          },
        },
      }),
    )
    await must(hub.request('PUT', '/api/v1/routes/channel', { body: { connectionId: 'bazaar' } }))
    const earlier = market.requests().length
    await must(post(message('O-2')))
    await hub.settled()
    const told = (await market.waitForRequests(earlier + 1)).slice(earlier)
    assert.deepEqual(
      told.map(({ path }) => path.startsWith('/ruecksendungen/')),
      [true],
    )
  })

  test('hands over a file, each record of which is a message of its own', async () => {
    await activate('market/aussendienst', csv)
    const upload = (): Promise<Json> =>
      must(
        hub.request('POST', '/api/v1/connections/market/files/aussendienst?name=heute.csv', {
          headers: { 'content-type': 'text/csv' },
          body: sheet,
        }),
      )
    const first = await upload()
    await hub.settled()
    const [file] = first['messages'] as { messageId: string; isRepeat: boolean }[]
    const stored = await stateOf({ messageId: file?.messageId })
    assert.deepEqual([stored['outcome'], stored['code']], ['applied', 'SPLIT'])
    assert.ok(await caseOf('S-1'))
    assert.equal(await caseOf('S-2'), undefined)
    await say('passt nicht', 'poor_fit')
    await hub.settled()
    assert.ok(await caseOf('S-2'))
    const [again] = (await upload())['messages'] as { isRepeat: boolean }[]
    assert.equal(again?.isRepeat, true)
  })

  test('can leave its files in a folder, where they are taken up once they are whole', async () => {
    const dir = join(tmpdir(), `backhaul-drop-${newId()}`)
    const folder = join(dir, 'market', 'aussendienst')
    await mkdir(folder, { recursive: true })
    const look = createDropFolder({
      dir,
      sizeLimitBytes: 1_000,
      connections: hub.connections,
      receiver: hub.ring.receiver,
      clock: systemClock,
      log: createLogger({ level: 'silent' }),
    })
    await writeFile(join(folder, 'a.csv'), sheet.replaceAll('S-', 'F-'))
    assert.equal(await look(), 0)
    const earlier = new Date(Date.now() - 60_000)
    await utimes(join(folder, 'a.csv'), earlier, earlier)
    await writeFile(join(folder, 'b.csv.tmp'), sheet.replaceAll('S-', 'G-'))
    await utimes(join(folder, 'b.csv.tmp'), earlier, earlier)
    await writeFile(join(folder, 'large.csv'), 'x'.repeat(2_000))
    await utimes(join(folder, 'large.csv'), earlier, earlier)
    assert.equal(await look(), 1)
    await hub.settled()
    assert.ok(await caseOf('F-2'))
    assert.deepEqual(await readdir(join(folder, 'done')), ['a.csv'])
    assert.deepEqual(await readdir(join(folder, 'refused')), ['large.csv'])
  })

  test('can send its files by mail', async () => {
    const boundary = 'part'
    const mail = [
      'From: field@distributor.example',
      'Subject: Returns of today',
      'MIME-Version: 1.0',
      `Content-Type: multipart/mixed; boundary=${boundary}`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain',
      '',
      'See the file.',
      `--${boundary}`,
      'Content-Type: text/csv; name=today.csv',
      'Content-Disposition: attachment; filename=today.csv',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(sheet.replaceAll('S-', 'E-')).toString('base64'),
      `--${boundary}--`,
      '',
    ].join('\r\n')
    const path = '/api/v1/connections/market/files/aussendienst?name=mail.eml'
    await must(
      hub.request('POST', path, { headers: { 'content-type': 'message/rfc822' }, body: mail }),
    )
    await hub.settled()
    assert.ok(await caseOf('E-1'))
  })

  test('is not heard without its secret, nor on a topic that is none', async () => {
    const stranger = await hub.request('POST', '/webhooks/market/ruecksendung', {
      as: null,
      headers: { 'x-backhaul-secret': 'somebody-else-knows-this-one' },
      body: message('X-1'),
    })
    assert.equal(stranger.status, 401)
    assert.equal((await post(message('X-2'), 'rueck%23record')).status, 404)
    assert.equal((await post(message('X-3'), '*')).status, 404)
  })
})
