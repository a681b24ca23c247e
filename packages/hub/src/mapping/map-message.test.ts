import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inboundOf, pumpMessage as message, pumpWords } from '../../test/support/mapping.ts'
import type { InboundMapping } from './document/compile-mapping.ts'
import { mapMessage } from './map-message.ts'

const requests = inboundOf(`
mapping: 1
direction: inbound
description: Returns that customers ask for in the shop
source: { format: json, id: record.rma }
constants: { company: main }
events:
  - type: return.requested
    when: record.status == "Approved" || record.status == "Requested"
    time: time(record.requestedAt, "America/Los_Angeles", "yyyy-MM-dd HH:mm")
    data:
      sourceRef: record.rma
      company: constants.company
      channel: { value: marketplace }
      currency: upper(record.currency)
      customer:
        partyId: { from: record.buyer.id, required: true }
        name: { from: record.buyer.name, default: { value: unknown } }
      refs:
        - { system: { value: shop }, type: { value: rma }, value: record.rma }
        - { system: { value: shop }, type: { value: ticket }, value: record.ticket }
      lines:
        each: record.items
        as: line
        when: line.qty > 0
        fields:
          lineNo: index + 1
          product: product("sku", line.sku)
          quantity: quantity(line.qty, line.uom, line.sku)
          baseUnit: baseUnit(line.uom, line.sku)
          said: said(line.qty, line.uom, line.sku)
          reason:
            code: vocabulary("reason", line.reason)
            source: line.reason
  - type: return.approved
    when: record.status == "Approved"
    data:
      refs:
        - { system: { value: shop }, type: { value: rma }, value: record.rma }
      lines:
        each: record.items
        as: line
        fields: { lineNo: index + 1, quantity: 'quantity(line.qty, line.uom, line.sku)' }
`)

const item = { sku: 'PUMP-12V', qty: 2, uom: 'case', reason: 'DOA' }
const request = {
  rma: 1001,
  status: 'Requested',
  requestedAt: '2026-11-02 10:00',
  currency: 'eur',
  buyer: { id: 77 },
  items: [item],
}

function map(mapping: InboundMapping, value: unknown) {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
  return mapMessage(mapping, { message, bytes, words: pumpWords })
}

function eventsOf(mapping: InboundMapping, value: unknown) {
  const reading = map(mapping, value)
  assert.ok(reading.kind === 'events', JSON.stringify(reading))
  return reading.events
}

function unreadableOf(mapping: InboundMapping, value: unknown) {
  const reading = map(mapping, value)
  assert.ok(reading.kind === 'unreadable', JSON.stringify(reading))
  return reading
}

describe('a message of a shop', () => {
  test('becomes a return, in the language of the hub', () => {
    const [event, ...others] = eventsOf(requests, request)
    assert.deepEqual(others, [])
    assert.deepEqual(JSON.parse(JSON.stringify(event)), {
      id: '1001:0',
      source: 'shop-eu',
      type: 'return.requested',
      time: '2026-11-02T18:00:00.000Z',
      data: {
        sourceRef: '1001',
        company: 'main',
        channel: 'marketplace',
        kind: 'standard',
        priority: 'normal',
        flags: [],
        orderRefs: [],
        currency: 'EUR',
        customer: { partyId: '77', name: 'unknown' },
        refs: [{ system: 'shop', type: 'rma', value: '1001' }],
        lines: [
          {
            lineNo: 1,
            product: { sku: 'PUMP-12V', erpId: '42', name: 'Pump 12 V' },
            quantity: '48',
            baseUnit: 'EA',
            said: { value: '2', unit: 'CS', baseRatio: '24' },
            reason: { code: 'defective_consumer', source: 'DOA' },
            requestedResolution: 'refund',
            returnRequired: true,
          },
        ],
      },
    })
  })

  test('becomes as many events as conditions hold, in their order', () => {
    const events = eventsOf(requests, { ...request, status: 'Approved' })
    assert.deepEqual(
      events.map(({ id, type }) => [id, type]),
      [
        ['1001:0', 'return.requested'],
        ['1001:1', 'return.approved'],
      ],
    )
  })

  test('is ignored where no condition holds', () => {
    assert.equal(map(requests, { ...request, status: 'Draft' }).kind, 'ignored')
  })

  test('leaves lines out whose condition does not hold', () => {
    const [event] = eventsOf(requests, { ...request, items: [{ ...item, qty: 0 }, item] })
    assert.ok(event?.type === 'return.requested')
    assert.deepEqual(
      (event.data as { lines: { lineNo: number }[] }).lines.map(({ lineNo }) => lineNo),
      [2],
    )
  })

  test('has the time of its arrival where its document names none', () => {
    const [, approved] = eventsOf(requests, { ...request, status: 'Approved' })
    assert.equal(approved?.time, message.receivedAt)
  })

  test('with words that nobody has translated names all of them at once', () => {
    const items = [
      { ...item, reason: 'NEW' },
      { ...item, reason: 'OLD' },
      { ...item, uom: 'pallet' },
      { ...item, sku: 'HOSE' },
      { ...item, sku: 'TWICE' },
      { ...item, reason: 'NEW' },
    ]
    const { code, unmapped } = unreadableOf(requests, { ...request, items })
    assert.equal(code, 'MD01')
    assert.deepEqual(unmapped, [
      { vocabulary: 'reason', value: 'NEW', company: 'main' },
      { vocabulary: 'reason', value: 'OLD', company: 'main' },
      { vocabulary: 'unit', value: 'pallet', company: 'main' },
      { vocabulary: 'product:sku', value: 'HOSE', company: 'main' },
      { vocabulary: 'product:sku', value: 'TWICE', company: 'main' },
    ])
  })

  test('with a pack that the product does not have waits for it', () => {
    const words = { ...pumpWords, packRatio: () => null }
    const bytes = Buffer.from(JSON.stringify(request))
    const reading = mapMessage(requests, { message, bytes, words })
    assert.ok(reading.kind === 'unreadable')
    assert.equal(reading.code, 'MD02')
  })

  test('names everything that is wrong with it, where, and nothing that is in it', () => {
    const value = {
      ...request,
      requestedAt: 'secret',
      buyer: {},
      items: [{ ...item, qty: 'secret' }],
    }
    const { code, problems } = unreadableOf(requests, value)
    assert.equal(code, 'IT03')
    assert.deepEqual(
      problems.map(({ pointer }) => pointer),
      ['/events/0/time', '/events/0/data/customer/partyId', '/events/0/data/lines/0'],
    )
    assert.doesNotMatch(JSON.stringify(problems), /secret/)
  })

  test('names at most twenty problems', () => {
    const items = Array.from({ length: 50 }, () => ({ ...item, qty: -1, uom: null }))
    const { problems } = unreadableOf(requests, { ...request, status: 'Approved', items })
    assert.equal(problems.length, 20)
  })

  test('whose event the contract does not take says where', () => {
    const { problems } = unreadableOf(requests, { ...request, currency: 'EURO' })
    assert.equal(problems[0]?.pointer, '/events/0/data/currency')
  })

  test('that is no JSON says so', () => {
    const { code, problems } = unreadableOf(requests, '{"rma": ')
    assert.equal(code, 'IT03')
    assert.match(problems[0]?.message ?? '', /no JSON/)
  })
})

const notes = (data: string, rest = '') =>
  inboundOf(
    `mapping: 1\nsource: { format: json }\nevents:\n  - type: case.noted\n${rest}    data:\n${data}`,
  )

describe('a field', () => {
  const noteOf = (field: string, value: unknown) => {
    const [event] = eventsOf(notes(`      note: ${field}\n      actor: record.by\n`), value)
    return (event?.data as { readonly note?: string } | undefined)?.note
  }

  test('takes its default where nothing is there, or it cannot be worked out', () => {
    const field = '{ from: record.a, default: record.b }'
    assert.equal(noteOf(field, { a: 'x', b: 'y' }), 'x')
    assert.equal(noteOf(field, { a: '', b: 'y' }), 'y')
    assert.equal(noteOf(field, { a: null, b: 'y' }), 'y')
    assert.equal(noteOf('{ from: record.a + "!", default: { value: none } }', {}), 'none')
    assert.equal(
      noteOf(`{ from: 'time(record.a, "UTC", "iso")', default: record.a }`, { a: 'b' }),
      'b',
    )
  })

  test('has no default for a word that nobody has translated', () => {
    const mapping = notes(
      `      note: { from: 'vocabulary("reason", record.a)', default: { value: x } }\n`,
    )
    assert.equal(unreadableOf(mapping, { a: 'NEW' }).code, 'MD01')
    assert.equal(map(mapping, { a: '' }).kind, 'events')
  })

  test('becomes a text or a number where the contract wants one', () => {
    assert.equal(noteOf('record.a', { a: 12.5 }), '12.5')
    const lines = inboundOf(`
mapping: 1
source: { format: json }
events:
  - type: goods.received
    data:
      receiptId: record.id
      complete: record.complete
      lines: { each: record.lines, as: line, fields: { lineNo: line.no, quantity: line.qty } }
`)
    const [event] = eventsOf(lines, { id: 7, complete: 'true', lines: { no: '1', qty: 2 } })
    assert.deepEqual(JSON.parse(JSON.stringify(event?.data)), {
      receiptId: '7',
      complete: true,
      lines: [{ lineNo: 1, quantity: '2', condition: 'ok' }],
    })
  })

  test('reads own properties only', () => {
    const mapping = notes(`      note: { value: a }\n      actor: record.toString\n`)
    assert.deepEqual(eventsOf(mapping, {})[0]?.data, { note: 'a' })
  })

  test('leaves an object out of which nothing came from the message', () => {
    const mapping = notes(`      note: record.a
      refs:
        - { system: { value: shop }, type: { value: rma }, value: record.rma }
`)
    assert.deepEqual(eventsOf(mapping, { a: 'b' })[0]?.data, { note: 'b', refs: [] })
  })
})

describe('an event', () => {
  test('is made for each item of a list, under an id of its own', () => {
    const mapping = notes('      note: parcel.text\n', '    each: record.parcels\n    as: parcel\n')
    const events = eventsOf(mapping, { parcels: [{ text: 'a' }, { text: 'b' }] })
    assert.deepEqual(
      events.map(({ data }) => (data as { note: string }).note),
      ['a', 'b'],
    )
    assert.equal(new Set(events.map(({ id }) => id)).size, 2)
  })

  test('has the id that its document says', () => {
    const mapping = notes('      note: record.a\n', '    id: record.a + ":noted"\n')
    assert.equal(eventsOf(mapping, { a: 'b' })[0]?.id, 'b:noted')
  })

  test('says in its problems which item is meant', () => {
    const mapping = notes(
      '      note: parcel.a + "!"\n',
      '    each: record.parcels\n    as: parcel\n',
    )
    const { problems } = unreadableOf(mapping, { parcels: [{ a: 'a' }, {}] })
    assert.equal(problems[0]?.pointer, '/events/0/1/data/note')
  })
})

const report = inboundOf(`
mapping: 1
source: { format: csv, delimiter: "\\t", records: rows, groupBy: 'row["Order ID"]', id: 'row["RMA"]' }
events:
  - type: goods.received
    data:
      receiptId: row.RMA
      note: source.nothing
      lines:
        each: record.rows
        as: line
        fields: { quantity: line.Qty, product: { sku: line.SKU } }
`)

describe('a file', () => {
  const rows = 'Order ID\tRMA\tSKU\tQty\nS1\tR1\tA\t1\nS2\tR2\tB\t2\nS1\tR1\tC\t3\n'

  test('becomes a message for each group of its rows, named by the document', () => {
    const reading = map(report, rows)
    assert.ok(reading.kind === 'records', JSON.stringify(reading))
    assert.deepEqual(
      reading.records.map(({ externalId }) => externalId),
      ['R1', 'R2'],
    )
    const [first] = reading.records
    assert.ok(first)
    const mapped = mapMessage(report, {
      message,
      bytes: first.body,
      words: pumpWords,
      isRecord: true,
    })
    assert.ok(mapped.kind === 'events', JSON.stringify(mapped))
    assert.equal(mapped.events[0]?.id, 'R1:0')
    assert.deepEqual(
      (mapped.events[0]?.data as { lines: { quantity: string }[] } | undefined)?.lines.map(
        ({ quantity }) => quantity,
      ),
      ['1', '3'],
    )
  })

  test('with one record is that record', () => {
    const [event] = eventsOf(report, 'Order ID\tRMA\tSKU\tQty\nS1\tR1\tA\t1\n')
    assert.equal(event?.id, 'R1:0')
  })

  test('without a record is ignored', () => {
    assert.equal(map(report, 'Order ID\tRMA\tSKU\tQty\n').kind, 'ignored')
  })

  test('may end in rows that are blank', () => {
    assert.equal(eventsOf(report, 'Order ID\tRMA\tSKU\tQty\nS1\tR1\tA\t1\n\t\t\t\n').length, 1)
  })

  test('with a row that nothing groups cannot be read', () => {
    const { code, problems } = unreadableOf(report, 'RMA\tSKU\tQty\nR1\tA\t1\nR2\tA\t1\n')
    assert.equal(code, 'IT03')
    assert.equal(problems[0]?.message, 'record 1 has nothing to group it by')
  })

  test('gives each record what stands beside the records', () => {
    const mapping = inboundOf(`
mapping: 1
source: { format: json, records: data.returns }
events:
  - { type: case.noted, data: { note: record.note, actor: source.data.by } }
`)
    const returns = [{ note: 'a' }, { note: 'b' }]
    const reading = map(mapping, { data: { by: 'ada', returns }, other: 1 })
    assert.ok(reading.kind === 'records')
    assert.deepEqual(JSON.parse(String(reading.records[1]?.body)), {
      record: { note: 'b' },
      source: { data: { by: 'ada' }, other: 1 },
    })
    assert.match(reading.records[0]?.externalId ?? '', /^[0-9a-f]{64}$/)
  })
})
