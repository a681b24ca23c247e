import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { editedMessage, messageDetail } from '../../src/http/schemas/messages.ts'
import { endParkedMessage, holdParkedMessage } from '../../src/pipeline/parked-messages.ts'
import { newId } from '../../src/platform/ids.ts'
import { withTransaction } from '../../src/store/database.ts'
import { releaseOne } from '../../src/store/parked.ts'
import { insertParkedValues } from '../../src/store/parked-values.ts'
import {
  type Answer,
  itemsOf,
  type Json,
  startTestHub,
  type TestHub,
  textIn,
} from '../support/hub.ts'
import { until } from '../support/ring.ts'

/** An event of the erp's, as text, whose time is one that no clock shows where it is broken. */
function noteText(subject: string, time: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `note-${subject}`,
    source: 'erp',
    type: 'backhaul.case.noted.v1',
    subject,
    time,
    data: { note: 'Two boxes' },
  })
}
const broken = '2026-11-23 at eight'
const whole = '2026-11-23T08:00:00Z'

describe('a parked message that a person edits', { timeout: 60_000 }, () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub()
  })
  after(() => hub.close())

  async function makeReturn(sourceRef: string): Promise<string> {
    const lines = [
      { lineNo: 1, product: { sku: 'PUMP' }, quantity: '2', reason: { code: 'wrong_goods' } },
    ]
    const customer = { partyId: 'C-1' }
    const { json } = await hub.request('POST', '/api/v1/returns', {
      body: { channel: 'ecommerce', sourceRef, customer, currency: 'EUR', lines },
      headers: { 'idempotency-key': sourceRef },
    })
    return textIn(json, 'id')
  }

  /** A message of the erp's that cannot be read. */
  async function park(sourceRef: string) {
    const caseId = await makeReturn(sourceRef)
    const sent = noteText(caseId, broken)
    const { json } = await hub.webhook(sent, { id: sourceRef })
    const id = textIn(json, 'messageId')
    assert.equal((await show(id))['code'], 'IT03')
    return { caseId, sent, id }
  }

  async function show(id: string): Promise<Json> {
    const { json } = await hub.request('GET', `/api/v1/messages/${id}`)
    assert.deepEqual(messageDetail.parse(json), json)
    return json
  }

  function edit(
    id: string,
    body: object,
    as: 'admin' | 'integrator' | 'auditor' | 'agent' = 'admin',
  ): Promise<Answer> {
    return hub.request('POST', `/api/v1/messages/${id}/edit`, { body, as })
  }

  async function stored(id: string) {
    const { rows } = await hub.pool.query<{
      body: Buffer
      hash: Buffer
      externalId: string
      topic: string
      actor: string
    }>(
      `select body, body_hash as hash, external_id as "externalId", topic, actor from inbox_message where message_id = $1`,
      [id],
    )
    const [row] = rows
    assert.ok(row)
    return row
  }

  async function audited(id: string): Promise<Json[]> {
    const entries = itemsOf(await hub.request('GET', `/api/v1/audit?object=${id}`))
    return entries.map(({ action, actor, detail }) => ({ action, actor, detail }))
  }

  test('becomes a new one that is applied, and stays what it was', async () => {
    const { caseId, sent, id } = await park('edit-1')
    const sentRow = await stored(id)
    const answer = await edit(
      id,
      { body: noteText(caseId, whole), reason: 'Their clock' },
      'integrator',
    )
    assert.equal(answer.status, 202)
    assert.deepEqual(editedMessage.parse(answer.json), answer.json)
    const editedId = textIn(answer.json, 'messageId')
    await hub.settled()

    const edited = await show(editedId)
    assert.deepEqual([edited['outcome'], edited['caseId']], ['applied', caseId])
    assert.deepEqual([edited['editOf'], edited['editedAs']], [id, null])
    const row = await stored(editedId)
    assert.deepEqual([row.externalId, row.topic], [`${sentRow.externalId}#edit-1`, sentRow.topic])
    assert.match(row.actor, /test integrator$/)

    const original = await show(id)
    assert.deepEqual(await stored(id), sentRow)
    assert.equal(sentRow.body.toString(), sent)
    assert.deepEqual(
      [original['outcome'], original['code'], original['parked']],
      ['refused', 'EDITED', null],
    )
    assert.deepEqual([original['editOf'], original['editedAs']], [null, editedId])
    assert.equal(original['detail'], `It was replaced by the message ${editedId}.`)
    const [entry] = await audited(id)
    assert.equal(entry?.['action'], 'message.edited')
    assert.match(String(entry?.['actor']), /test integrator$/)
    assert.deepEqual(entry?.['detail'], { reason: 'Their clock', editedAs: editedId })
  })

  test('is a repeat when its sender sends it again', async () => {
    const { caseId, sent, id } = await park('edit-2')
    await edit(id, { body: noteText(caseId, whole), reason: 'Their clock' })
    await hub.settled()
    const again = await hub.webhook(sent, { id: 'edit-2' })
    assert.deepEqual(
      [again.status, again.json['messageId'], again.json['isRepeat']],
      [202, id, true],
    )
    await hub.settled()
    const { rows } = await hub.pool.query(
      `select from case_event where case_id = $1 and type = 'case.noted'`,
      [caseId],
    )
    assert.equal(rows.length, 1)
  })

  test('is replaced once, however many edit it at the same time', async () => {
    const { caseId, id } = await park('edit-3')
    const bodies = Array.from({ length: 6 }, () => ({
      body: noteText(caseId, whole),
      reason: 'Now',
    }))
    const answers = await Promise.all(bodies.map((body) => edit(id, body)))
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
    assert.deepEqual(statuses, [202, 409, 409, 409, 409, 409])
    await hub.settled()
    assert.equal((await audited(id)).length, 1)
    const late = await edit(id, { body: noteText(caseId, whole), reason: 'Late' })
    assert.deepEqual([late.status, late.json['code']], [409, 'CONFLICT'])
    assert.equal((await hub.request('POST', `/api/v1/messages/${id}/replay`)).status, 404)
  })

  test('that is parked again is edited again, under the next number', async () => {
    const { caseId, id } = await park('edit-4')
    const first = await edit(id, { body: '{"still":"broken"}', reason: 'A first try' })
    const firstId = textIn(first.json, 'messageId')
    await hub.settled()
    assert.equal((await show(firstId))['code'], 'IT03')
    const second = await edit(firstId, { body: noteText(caseId, whole), reason: 'A second try' })
    const secondId = textIn(second.json, 'messageId')
    await hub.settled()
    const { externalId } = await stored(id)
    assert.equal((await stored(secondId)).externalId, `${externalId}#edit-2`)
    const middle = await show(firstId)
    assert.deepEqual([middle['editOf'], middle['editedAs']], [id, secondId])
    assert.equal((await show(secondId))['outcome'], 'applied')
  })

  test('takes the exception with it of a word that only it waited for', async () => {
    const { caseId, id } = await park('edit-5')
    const other = await park('edit-6')
    const word = { connectionId: 'erp', company: null, vocabulary: 'reason' }
    await withTransaction(hub.pool, (tx) =>
      insertParkedValues(tx, [
        { ...word, messageId: id, value: 'OOPS' },
        { ...word, messageId: id, value: 'SHARED' },
        { ...word, messageId: other.id, value: 'SHARED' },
      ]),
    )
    await edit(id, { body: noteText(caseId, whole), reason: 'No such word' })
    await hub.settled()
    const open = itemsOf(await hub.request('GET', '/api/v1/exceptions?code=MD01'))
    assert.deepEqual(
      open.map(({ detail }) => /“(\w+)”/.exec(String(detail))?.[1]),
      ['SHARED'],
    )
    await hub.request('POST', `/api/v1/messages/${other.id}/discard`, {
      body: { reason: 'A test' },
    })
    assert.deepEqual(itemsOf(await hub.request('GET', '/api/v1/exceptions?code=MD01')), [])
  })

  test('is taken as bytes where it is no text, and only where those have changed', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00])
    const { json } = await hub.webhook(bytes, { id: 'edit-7' })
    const id = textIn(json, 'messageId')
    const same = { body: bytes.toString('base64'), bodyEncoding: 'base64', reason: 'Bytes' }
    assert.equal((await edit(id, same)).status, 422)
    assert.equal((await edit(id, { ...same, body: 'no base64!' })).status, 422)
    assert.equal((await edit(id, { body: '', reason: 'Empty' })).status, 422)
    assert.equal((await edit(id, { body: 'x', reason: 'x' })).status, 422)
    const changed = await edit(id, { ...same, body: Buffer.from([0xff, 1]).toString('base64') })
    assert.equal(changed.status, 202)
    const kept = await stored(textIn(changed.json, 'messageId'))
    assert.deepEqual(kept.body, Buffer.from([0xff, 1]))
  })

  test('is not one of the hub itself, and not one that nobody knows', async () => {
    const type = 'backhaul.parcel.in_transit.v1'
    const data = { refs: [{ system: 'api', type: 'return', value: 'nobody' }] }
    const event = { specversion: '1.0', id: newId(), source: 'x', type, time: whole, data }
    const { json } = await hub.request('POST', '/api/v1/events', { body: event })
    const own = await edit(textIn(json, 'messageId'), { body: '{}', reason: 'Say another thing' })
    assert.deepEqual([own.status, own.json['code']], [409, 'CONFLICT'])
    assert.equal((await edit(newId(), { body: '{}', reason: 'Nothing' })).status, 404)
  })

  test('is for those who may replay', async () => {
    const { id } = await park('edit-8')
    for (const as of ['auditor', 'agent'] as const) {
      assert.equal((await edit(id, { body: '{}', reason: 'Not me' }, as)).status, 403)
      const discard = { body: { reason: 'Not me' }, as }
      assert.equal(
        (await hub.request('POST', `/api/v1/messages/${id}/discard`, discard)).status,
        403,
      )
    }
    assert.notEqual((await show(id))['parked'], null)
  })

  test('can be given up instead, for a reason, and is not tried again', async () => {
    const { sent, id } = await park('discard-1')
    const path = `/api/v1/messages/${id}/discard`
    assert.equal((await hub.request('POST', path, { body: {} })).status, 422)
    const done = await hub.request('POST', path, { body: { reason: 'A test of theirs' } })
    assert.deepEqual([done.status, done.json], [200, { messageId: id }])
    const given = await show(id)
    assert.deepEqual(
      [given['outcome'], given['code'], given['parked'], given['body']],
      ['refused', 'DISCARDED', null, sent],
    )
    assert.deepEqual((await audited(id))[0]?.['detail'], { reason: 'A test of theirs' })
    assert.equal((await hub.request('POST', path, { body: { reason: 'Again' } })).status, 409)
    assert.equal((await hub.webhook(sent, { id: 'discard-1' })).json['isRepeat'], true)
    assert.equal((await show(id))['code'], 'DISCARDED')
  })

  test('is left alone by a processor that was about to try it again', async () => {
    const { id } = await park('edit-9')
    await withTransaction(hub.pool, async (tx) => {
      const message = await holdParkedMessage(tx, id)
      await withTransaction(hub.pool, (other) => releaseOne(other, id))
      hub.ring.wakeProcessor()
      await until(async () => {
        const { rows } = await hub.pool.query(
          `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        return rows.length > 0
      })
      await endParkedMessage(tx, message, { code: 'EDITED', detail: 'By hand.', action: 'auto' })
    })
    await hub.settled()
    const { code, outcome, parked } = await show(id)
    assert.deepEqual([code, outcome, parked], ['EDITED', 'refused', null])
  })
})
