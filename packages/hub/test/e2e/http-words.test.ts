import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  document,
  documentCheck,
  documentDiff,
  documentSummary,
} from '../../src/http/schemas/documents.ts'
import { exception } from '../../src/http/schemas/exceptions.ts'
import {
  entriesSet,
  importPlan,
  unmapped,
  vocabulary,
  vocabularyChange,
  vocabularyEntry,
} from '../../src/http/schemas/vocabularies.ts'
import { newId } from '../../src/platform/ids.ts'
import { withTransaction } from '../../src/store/database.ts'
import { insertParked } from '../../src/store/parked.ts'
import { insertParkedValues } from '../../src/store/parked-values.ts'
import { itemsOf, type Json, startTestHub, type TestHub, textIn } from '../support/hub.ts'

/** A mapping document that makes a note of every message. */
function contentOf(note: string): string {
  return `mapping: 1
direction: inbound
source: { format: json }
events:
  - type: case.noted
    data: { note: { value: ${note} } }
`
}

const mapping = { kind: 'mapping', name: 'erp/returns', content: contentOf('one') }

describe('documents over the API', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  async function draft(content: string, name = mapping.name): Promise<Json> {
    const body = { ...mapping, name, content }
    const { json } = await hub.request('POST', '/api/v1/documents', { body })
    return json
  }

  async function step(id: unknown, verb: string, headers: Record<string, string> = {}) {
    return hub.request('POST', `/api/v1/documents/${String(id)}/${verb}`, { headers })
  }

  test('go from a draft into force, and the one before goes back into force', async () => {
    const made = await hub.request('POST', '/api/v1/documents', { body: mapping, as: 'integrator' })
    assert.equal(made.status, 201)
    assert.deepEqual(document.parse(made.json), made.json)
    const again = await hub.request('POST', '/api/v1/documents', { body: mapping })
    assert.deepEqual([again.status, again.json['id']], [200, made.json['id']])
    const early = await step(made.json['id'], 'activate')
    assert.deepEqual([early.status, early.json['code']], [409, 'CONFLICT'])

    const checked = await step(made.json['id'], 'check')
    assert.deepEqual(documentCheck.parse(checked.json), checked.json)
    assert.equal((await step(made.json['id'], 'review')).json['state'], 'reviewed')
    const active = await step(made.json['id'], 'activate')
    assert.deepEqual([active.json['state'], active.json['replaces']], ['active', null])
    assert.equal(hub.httpDeps.glossary.activeDocument('mapping', mapping.name)?.version, 1)

    const second = await draft(contentOf('two'))
    await step(second['id'], 'check')
    assert.equal((await step(second['id'], 'activate')).json['replaces'], 1)
    assert.equal((await get(made.json['id'])).json['state'], 'retired')
    assert.equal((await step(made.json['id'], 'roll-back')).status, 409)
    const back = await step(second['id'], 'roll-back')
    assert.deepEqual([back.json['version'], back.json['state']], [1, 'active'])
    assert.equal(hub.httpDeps.glossary.activeDocument('mapping', mapping.name)?.version, 1)
    assert.equal((await step(made.json['id'], 'roll-back')).status, 409)

    const [listed] = itemsOf(await hub.request('GET', '/api/v1/documents?kind=mapping'))
    assert.deepEqual(documentSummary.parse(listed), listed)
    assert.deepEqual([listed?.['version'], listed?.['activeVersion']], [2, 1])
    const history = itemsOf(
      await hub.request('GET', `/api/v1/documents/${String(listed?.['id'])}/history?limit=1`),
    )
    assert.deepEqual(
      history.map(({ version }) => version),
      [2],
    )
    const audit = itemsOf(await hub.request('GET', `/api/v1/audit?object=${String(second['id'])}`))
    assert.deepEqual(
      audit.map(({ action }) => action),
      ['document.rolled_back', 'document.activated', 'document.checked', 'document.drafted'],
    )
  })

  function get(id: unknown) {
    return hub.request('GET', `/api/v1/documents/${String(id)}`)
  }

  test('that are wrong stay drafts, with the line and what is wrong', async () => {
    const wrong = await draft('mapping: 1\nevents: [\n', 'erp/wrong')
    const { json } = await step(wrong['id'], 'check')
    const [problem] = json['problems'] as Json[]
    assert.ok(Number(problem?.['line']) >= 2, JSON.stringify(json))
    assert.equal((json['document'] as Json)['state'], 'draft')
    assert.equal((await step(wrong['id'], 'activate')).status, 409)
    const list = await draft('- 1\n', 'erp/list')
    assert.equal(((await step(list['id'], 'check')).json['problems'] as Json[]).length, 1)
  })

  test('are changed by who has read them as they are', async () => {
    const made = await draft(contentOf('one'), 'erp/tagged')
    const read = await get(made['id'])
    const etag = read.headers.get('etag') ?? ''
    assert.equal((await step(made['id'], 'check', { 'if-match': etag })).status, 200)
    const late = await step(made['id'], 'retire', { 'if-match': etag })
    assert.deepEqual([late.status, late.json['code']], [412, 'PRECONDITION_FAILED'])
  })

  test('show what differs from the version in force', async () => {
    const first = await draft('a: 1\nb: 2\n', 'erp/diff')
    await step(first['id'], 'check')
    await step(first['id'], 'activate')
    const second = await draft('a: 1\nb: 3\n', 'erp/diff')
    const { json } = await hub.request('GET', `/api/v1/documents/${String(second['id'])}/diff`)
    assert.deepEqual(documentDiff.parse(json), json)
    assert.match(textIn(json, 'diff'), /^-b: 2\n\+b: 3$/m)
    const same = await hub.request(
      'GET',
      `/api/v1/documents/${String(second['id'])}/diff?against=2`,
    )
    assert.equal(same.json['diff'], '')
    const alone = await hub.request('GET', `/api/v1/documents/${String(first['id'])}/diff`)
    assert.equal(alone.json['from'], null)
  })

  test('have names by their kind, and a content', async () => {
    for (const wrong of [
      { ...mapping, name: 'returns' },
      { ...mapping, name: '../returns' },
      { ...mapping, kind: 'policy' },
      { ...mapping, kind: 'mood' },
      { ...mapping, content: '' },
    ]) {
      const { status } = await hub.request('POST', '/api/v1/documents', { body: wrong })
      assert.equal(status, 422, JSON.stringify(wrong))
    }
    assert.equal((await get(newId())).status, 404)
  })
})

describe('where four eyes are asked for', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ config: { changeControl: { fourEyes: true } } })
  })
  after(() => hub.close())

  test('nothing goes into force that its author alone has seen', async () => {
    const { json } = await hub.request('POST', '/api/v1/documents', { body: mapping })
    const path = `/api/v1/documents/${textIn(json, 'id')}`
    await hub.request('POST', `${path}/check`)
    assert.equal((await hub.request('POST', `${path}/activate`)).status, 409)
    assert.equal((await hub.request('POST', `${path}/review`)).status, 403)
    const reviewed = await hub.request('POST', `${path}/review`, { as: 'integrator' })
    assert.match(textIn(reviewed.json, 'reviewedBy'), /test integrator$/)
    assert.equal((await hub.request('POST', `${path}/activate`)).json['state'], 'active')
  })
})

describe('vocabularies over the API', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  const path = '/api/v1/vocabularies/reason'
  const kaputt = {
    sourceValue: 'Kaputt',
    canonicalValue: 'defective_consumer',
    connectionId: 'erp',
  }

  /** Parks a message that cannot be read for a word. */
  async function park(value: string): Promise<string> {
    const messageId = newId()
    await withTransaction(hub.pool, async (tx) => {
      const { rows } = await tx.query<{ now: Date }>(
        `select date_trunc('milliseconds', now()) as now`,
      )
      const now = rows[0]?.now ?? new Date(0)
      await tx.query(
        `insert into inbox_message (connection_id, message_id, received_at, topic, external_id, body_hash, body, actor, outcome, code)
         values ('erp', $1, $2, 'canonical-events', ($1::uuid)::text, '', $3, 'test', 'parked', 'MD01')`,
        [messageId, now, Buffer.from('{}')],
      )
      const message = { messageId, connectionId: 'erp', topic: 'canonical-events' }
      const parked = { ...message, receivedAt: now, code: 'MD01', detail: null }
      await insertParked(tx, [{ ...parked, waitsFor: [], isWaiting: false }], now)
      await insertParkedValues(tx, [{ ...message, company: null, vocabulary: 'reason', value }])
    })
    return messageId
  }

  test('say what a word waits for, and setting it replays the message that waited', async () => {
    const messageId = await park('Kaputt')
    const [waiting] = itemsOf(await hub.request('GET', '/api/v1/unmapped'))
    assert.deepEqual(unmapped.parse(waiting), waiting)
    assert.deepEqual([waiting?.['value'], waiting?.['messages']], ['Kaputt', 1])
    const [raised] = itemsOf(await hub.request('GET', '/api/v1/exceptions?queue=MD'))
    assert.deepEqual(exception.parse(raised), raised)
    assert.deepEqual([raised?.['key'], raised?.['caseNo']], ['MD01:erp:reason:kaputt', null])

    const assigned = await hub.request(
      'POST',
      `/api/v1/exceptions/${textIn(raised, 'id')}/assign`,
      {
        as: 'integrator',
        body: { owner: 'kim' },
      },
    )
    assert.deepEqual(
      [(assigned.json['exception'] as Json)['owner'], assigned.json['message']],
      ['kim', null],
    )
    const foreign = await hub.request('POST', `/api/v1/exceptions/${textIn(raised, 'id')}/assign`, {
      as: 'agent',
      body: { owner: 'lee' },
    })
    assert.equal(foreign.status, 403)

    const set = await hub.request('POST', `${path}/entries`, { body: { entries: [kaputt] } })
    assert.deepEqual(entriesSet.parse(set.json), set.json)
    assert.deepEqual([set.json['added'], set.json['replayed']], [1, 1])
    const scope = { connectionId: 'erp', company: null, at: new Date().toISOString() }
    assert.equal(hub.httpDeps.glossary.translate('reason', 'kaputt', scope), 'defective_consumer')
    await hub.settled()
    const { json } = await hub.request('GET', `/api/v1/messages/${messageId}`)
    // It was tried again, and is no event: the word was all that was made up about it.
    assert.equal(json['code'], 'IT03')
    const [resolved] = itemsOf(await hub.request('GET', '/api/v1/exceptions?status=resolved'))
    assert.deepEqual([resolved?.['action'], resolved?.['owner']], ['map_and_replay', 'kim'])
    assert.deepEqual(itemsOf(await hub.request('GET', '/api/v1/unmapped')), [])
  })

  test('an exception of a word is resolved and opened again by hand', async () => {
    await park('Zweite Wahl')
    const [raised] = itemsOf(await hub.request('GET', '/api/v1/exceptions?code=MD01'))
    const one = `/api/v1/exceptions/${textIn(raised, 'id')}`
    const resolved = await hub.request('POST', `${one}/resolve`, { body: { action: 'dismiss' } })
    assert.equal((resolved.json['exception'] as Json)['status'], 'resolved')
    const reopened = await hub.request('POST', `${one}/reopen`)
    const shown = reopened.json['exception'] as Json
    assert.deepEqual([shown['status'], shown['action'], shown['resolvedAt']], ['open', null, null])
    const audit = itemsOf(await hub.request('GET', `/api/v1/audit?object=${textIn(raised, 'id')}`))
    assert.deepEqual(
      audit.map(({ action }) => action),
      ['exception.reopened', 'exception.resolved'],
    )
  })

  test('are all listed with what their words can mean', async () => {
    const all = itemsOf(await hub.request('GET', '/api/v1/vocabularies'))
    for (const one of all) assert.deepEqual(vocabulary.parse(one), one)
    assert.equal(all.length, 16)
    const reason = all.find(({ name }) => name === 'reason')
    assert.equal(reason?.['entries'], 1)
    assert.equal(all.find(({ name }) => name === 'unit')?.['values'], null)
    assert.equal((await hub.request('GET', '/api/v1/vocabularies/moods/entries')).status, 404)
  })

  test('keep who changed what, also of a word that is gone', async () => {
    const [entry] = itemsOf(await hub.request('GET', `${path}/entries?prefix=KAP&connection=erp`))
    assert.deepEqual(vocabularyEntry.parse(entry), entry)
    assert.equal(
      (await hub.request('DELETE', `${path}/entries/${textIn(entry, 'id')}`)).status,
      204,
    )
    assert.equal(
      (await hub.request('DELETE', `${path}/entries/${textIn(entry, 'id')}`)).status,
      404,
    )
    const history = itemsOf(await hub.request('GET', `${path}/history?word=kaputt`))
    for (const one of history) assert.deepEqual(vocabularyChange.parse(one), one)
    assert.deepEqual(
      history.map(({ action }) => action),
      ['removed', 'added'],
    )
  })

  test('are set whole or not at all, and say which entry is wrong', async () => {
    const entries = [kaputt, { ...kaputt, sourceValue: 'x', canonicalValue: 'no such reason' }]
    const { status, json } = await hub.request('POST', `${path}/entries`, { body: { entries } })
    assert.equal(status, 422)
    assert.equal((json['errors'] as Json[])[0]?.['pointer'], '/entries/1/canonicalValue')
    assert.deepEqual(itemsOf(await hub.request('GET', `${path}/entries`)), [])
  })

  test('go out as a table, and come in as one after a look at what would change', async () => {
    const csv =
      'source,canonical,connection\nKaputt,defective_consumer,erp\n=cmd,wrong_goods,\nfalsch,no_such,\n'
    const plan = await hub.request('POST', `${path}/import?plan=true`, { body: { csv } })
    assert.deepEqual(importPlan.parse(plan.json), plan.json)
    assert.deepEqual(
      [plan.json['added'], plan.json['refused']],
      [2, [{ line: 4, reason: 'canonical: is not among the canonical values of this vocabulary' }]],
    )
    const refused = await hub.request('POST', `${path}/import`, { body: { csv } })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /line 4: canonical/)
    const fine = csv.replace(/falsch.*\n/, '')
    const done = await hub.request('POST', `${path}/import`, { body: { csv: fine } })
    assert.equal(done.json['added'], 2)
    const table = await hub.request('GET', `${path}/export`)
    assert.equal(table.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(
      table.text,
      "connection,company,source,canonical,valid_from,valid_to\n,,'=cmd,wrong_goods,,\nerp,,Kaputt,defective_consumer,,\n",
    )
    const again = await hub.request('POST', `${path}/import?plan=true`, {
      body: { csv: table.text },
    })
    assert.equal(again.json['unchanged'], 2)
    assert.equal(
      (await hub.request('POST', `${path}/import`, { body: { csv: 'a,b\n' } })).status,
      400,
    )
  })
})
