import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { judge } from '../../../test/drill/judge.ts'
import { otherChannels } from '../../../test/drill/other-channels.ts'
import { wordsOf } from '../../../test/drill/words.ts'
import { inboundOf } from '../../../test/support/mapping.ts'
import type { InboundMapping } from '../document/compile-mapping.ts'
import { mapMessage } from '../map-message.ts'
import type { Reading } from '../reading.ts'
import { learnMapping } from './learn-mapping.ts'

const message = {
  id: '01920000-0000-7000-8000-000000000002',
  topic: 'any',
  connectionId: 'other',
  receivedAt: '2026-11-23T08:00:00.000Z',
}

function read(
  mapping: InboundMapping,
  bytes: Uint8Array,
  words: Parameters<typeof wordsOf>[0],
): Reading[] {
  const given = { message, words: wordsOf(words) }
  const reading = mapMessage(mapping, { ...given, bytes })
  if (reading.kind !== 'records') return [reading]
  return reading.records.map(({ body }) =>
    mapMessage(mapping, { ...given, bytes: body, isRecord: true }),
  )
}

function learnJson(topic: string, ...payloads: readonly unknown[]) {
  return learnMapping({
    samples: payloads.map((payload, index) => ({
      name: `sample-${index}.json`,
      bytes: Buffer.from(JSON.stringify(payload)),
    })),
    topic,
    connection: 'shop-eu',
  })
}

describe('samples of other channels', () => {
  const total = { right: 0, all: 0 }
  for (const { name, topic, samples, truth } of otherChannels) {
    const learned = learnMapping({ samples, topic, connection: 'other' })

    test(`${name}: nothing is wrong and sure`, () => {
      const judgment = judge(learned, truth)
      assert.deepEqual(judgment.wrong, [])
      assert.ok(judgment.missing.length <= 2, judgment.missing.join('\n'))
      total.right += judgment.right.length
      total.all += Object.keys(truth).length
    })

    test(`${name}: messages become events once its words are translated`, () => {
      const mapping = inboundOf(learned.document)
      const words = learned.vocabularies.map((word) => ({
        ...word,
        canonicalValue: word.canonicalValue ?? 'wrong_goods',
      }))
      for (const { bytes } of samples) {
        const readings = read(mapping, bytes, words)
        assert.ok(readings.length > 0)
        assert.ok(
          readings.every(({ kind }) => kind === 'events'),
          JSON.stringify(readings),
        )
      }
    })
  }

  test('of ten fields nine are found without asking', () => {
    assert.ok(total.right >= 0.9 * total.all, `${total.right} of ${total.all}`)
  })
})

describe('a draft', () => {
  test('keeps to what a person has answered', () => {
    const samples = [
      { name: 'a', bytes: Buffer.from('{"rma":"R-1","items":[{"sku":"P","qty":2}]}') },
    ]
    const answers = {
      'events[0].data.currency': '{ value: CHF }',
      'events[0].data.note': 'record.comment',
      'events[0].data.orderRefs[0]': 'record.rma',
      'events[0].data.lines.fields.product.name': '',
    }
    const { document, decisions } = learnMapping({ samples, topic: 'returns', hints: { answers } })
    assert.match(document, /currency: \{ value: CHF \}\n/)
    assert.match(document, /note: record\.comment\n/)
    assert.match(document, /orderRefs:\n +- record\.rma\n/)
    assert.ok(decisions.every(({ path }) => !Object.hasOwn(answers, path)))
    inboundOf(document)
  })

  test('leaves an answer out of account that is no YAML', () => {
    const answers = { 'events[0].data.currency': '{ value: [ }', 'events[0].data.note': 'a\nb: c' }
    const learned = learnMapping({
      samples: [{ name: 'a', bytes: Buffer.from('{"rma":"R-1"}') }],
      topic: 'returns',
      hints: { answers },
    })
    inboundOf(learned.document)
  })

  test('asks whether the day or the month stands first where both can be', () => {
    const one = (date: string) => ({
      rmaNumber: 'R',
      requestDate: date,
      items: [{ sku: 'P', qty: 1 }],
    })
    const unclear = learnJson('returns', one('03/04/2026'), one('05/06/2026'))
    const asked = unclear.decisions.find(({ path }) => path === 'events[0].time')
    assert.deepEqual(asked?.choices, [
      'time(record.requestDate, constants.zone, "dd/MM/yyyy")',
      'time(record.requestDate, constants.zone, "MM/dd/yyyy")',
    ])
    const clear = learnJson('returns', one('03/04/2026'), one('05/26/2026'))
    assert.match(clear.document, /"MM\/dd\/yyyy"/)
  })

  test('asks what stands in for something that some messages lack', () => {
    const full = { rma: 'R-1', currency: 'EUR', items: [{ sku: 'P', qty: 1, reason: 'defekt' }] }
    const bare = { rma: 'R-2', currency: 'EUR', items: [{ sku: 'P', qty: 1 }] }
    const { decisions } = learnJson('returns', full, full, bare)
    const asked = decisions.find(({ path }) => path.endsWith('reason.code'))
    assert.match(asked?.question ?? '', /missing in 33 %/)
  })

  test('reads the list that a payload is, and a single thing where others are a list', () => {
    const list = learnJson('returns', [
      { rma: 'R-1', lines: [{ sku: 'P', qty: 1, reason: 'defekt' }] },
    ])
    assert.match(list.document, /each: record\n +as: entry\n/)
    assert.match(list.document, /sourceRef: entry\.rma\n/)
    const scans = ['delivered', 'lost'].map((status) => ({
      status,
      trackingNumber: 'JD0012345678',
    }))
    inboundOf(learnJson('tracking', scans).document)
  })

  test('says of a return request in X12 what its positions say', () => {
    const segments = [
      'ISA*00*          *00*          *ZZ*BUYER          *ZZ*SELLER         *261123*0930*U*00401*000000001*0*P*>',
      'GS*AN*BUYER*SELLER*20261123*0930*1*X*004010',
      'ST*180*0001',
      'BGN*00*RA-1*20261123',
      'N1*BY*Acme Plumbing*92*A77',
      'BLI*SK*PUMP-12V*2*EA',
      'RDR*CR*DR',
      'SE*6*0001',
      'GE*1*1',
      'IEA*1*000000001',
    ]
    const bytes = Buffer.from(`${segments.join('~\n')}~\n`)
    const { document, vocabularies } = learnMapping({
      samples: [{ name: 'a.edi', bytes }],
      topic: '180',
    })
    const [reading] = read(inboundOf(document), bytes, vocabularies)
    assert.ok(reading?.kind === 'events', JSON.stringify(reading))
    const [event] = reading.events
    assert.ok(event?.type === 'return.requested')
    const data = event.data as unknown as {
      sourceRef: string
      lines: readonly { quantity: string; reason: { code: string } }[]
    }
    assert.equal(data.sourceRef, 'RA-1')
    assert.deepEqual(
      data.lines.map(({ quantity, reason }) => [quantity, reason.code]),
      [['2', 'defective_consumer']],
    )
  })

  test('is made of nothing at all', () => {
    const { decisions, confidence } = learnMapping({ samples: [], topic: 'returns' })
    assert.ok(decisions.length > 0)
    assert.ok(confidence < 0.5)
  })

  test('is less sure of a file of which parts cannot be read', () => {
    const samples = [
      { name: 'good.json', bytes: Buffer.from('{"rma":"R-1"}') },
      { name: 'bad.json', bytes: Buffer.from('{"rma":') },
    ]
    const { decisions } = learnMapping({ samples, topic: 'returns' })
    const asked = decisions.find(({ path }) => path === 'source.format')
    assert.equal(asked?.question, '1 of the samples cannot be read this way')
  })
})
