import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  inboundOf,
  pumpMessage as message,
  pumpWords as words,
} from '../../test/support/mapping.ts'
import type { InboundMapping } from './document/compile-mapping.ts'
import { mapMessage } from './map-message.ts'

const documents: Readonly<Record<string, InboundMapping>> = {
  paths: inboundOf(`
mapping: 1
source: { format: json, id: record.id }
events:
  - type: case.noted
    data: { note: record.note, actor: 'record.lines[0].sku' }
`),
  expressions: inboundOf(`
mapping: 1
source: { format: json }
events:
  - type: goods.received
    when: record.status == "done" || has(record.lines)
    time: time(record.at, "Europe/Berlin", "iso")
    data:
      receiptId: { from: text(record.id), default: { value: R } }
      lines:
        each: record.lines
        as: line
        fields:
          lineNo: index + 1
          quantity: quantity(line.qty, line.uom, line.sku)
  - type: case.noted
    each: record.lines
    as: line
    id: digest(line.sku)
    data: { note: 'first([line.sku, line.qty]) + "!"' }
`),
  records: inboundOf(`
mapping: 1
source: { format: json, records: lines, groupBy: row.sku, id: row.id }
events:
  - type: case.noted
    data: { note: row.note, actor: source.id }
`),
  rows: inboundOf(`
mapping: 1
source: { format: csv, records: rows }
events:
  - type: case.noted
    data: { note: 'join([row.id, row.note], " ")' }
`),
}

const scalar = fc.oneof(
  fc.constantFrom('', 'R1', 'done', 'PUMP-12V', 'case', '2026-01-01', '2', '__proto__', null),
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.boolean(),
)
const row = fc.record(
  { id: scalar, sku: scalar, qty: scalar, uom: scalar, note: scalar },
  { requiredKeys: [] },
)
const payload = fc.oneof(
  fc.record(
    {
      id: scalar,
      note: scalar,
      status: scalar,
      at: scalar,
      lines: fc.oneof(fc.array(fc.oneof(row, scalar), { maxLength: 5 }), row, scalar),
    },
    { requiredKeys: [] },
  ),
  fc.jsonValue(),
)
const body = fc.oneof(
  payload.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)

/** Maps a message, and the records that it comes to. */
function mapAll(mapping: InboundMapping, bytes: Buffer) {
  const reading = mapMessage(mapping, { message, bytes, words })
  if (reading.kind !== 'records') return [reading]
  return reading.records.map((record) =>
    mapMessage(mapping, { message, bytes: record.body, words, isRecord: true }),
  )
}

describe('any payload', () => {
  for (const [name, mapping] of Object.entries(documents)) {
    test(`ends in events, records, nothing or the reasons, by a document of ${name}, the same every time`, () => {
      fc.assert(
        fc.property(body, (bytes) => {
          const readings = mapAll(mapping, bytes)
          for (const reading of readings) {
            assert.ok(['events', 'ignored', 'unreadable'].includes(reading.kind))
            if (reading.kind !== 'unreadable') continue
            assert.ok(reading.problems.length + reading.unmapped.length > 0)
          }
          const before = structuredClone(readings)
          assert.deepEqual(structuredClone(mapAll(mapping, bytes)), before)
        }),
        { numRuns: 400 },
      )
    })
  }

  test('comes to events now and then, or the above would say nothing', () => {
    const kinds = fc
      .sample(body, 500)
      .flatMap((bytes) => Object.values(documents).flatMap((one) => mapAll(one, bytes)))
      .map(({ kind }) => kind)
    for (const kind of ['events', 'ignored', 'unreadable'] as const) {
      assert.ok(kinds.filter((one) => one === kind).length > 10, kind)
    }
  })
})
