import { compileMapping, type InboundMapping } from '../../src/mapping/document/compile-mapping.ts'
import { parseMapping } from '../../src/mapping/document/parse-mapping.ts'
import { mapMessage, mapValue } from '../../src/mapping/map-message.ts'
import type { Words } from '../../src/mapping/words.ts'

/** Messages that one core maps in a second: decoded before, and from their bytes. */
interface MappingRate {
  readonly perSecond: number
  readonly decodedPerSecond: number
}

export interface Mapping {
  /** A document of 20 bare paths. */
  readonly paths: MappingRate
  /** The same document, with an expression for each path. */
  readonly expressions: MappingRate
}

const rounds = 5
const roundMessages = 30_000

const receipt = {
  receipt: 'R1',
  warehouse: 'WH1',
  dock: 'D1',
  parcel: { id: 'P1', tracking: 'T1' },
  complete: true,
  note: 'n',
  by: 'ada',
  ref: { system: 's', type: 'rma', value: 'v1' },
  lines: [
    {
      no: 1,
      qty: '2',
      condition: 'ok',
      missing: false,
      product: { sku: 'A', gtin: '12345678', channel: 'c', customer: 'd', name: 'n' },
    },
  ],
}
const bytes = Buffer.from(JSON.stringify(receipt))
const message = {
  id: '01920000-0000-7000-8000-000000000001',
  topic: 'receipts',
  connectionId: 'wms',
  receivedAt: '2026-11-23T08:00:00.000Z',
}

/** Nothing is looked up: how fast that is, is a matter of what it is looked up in. */
const words: Words = {
  translate: () => null,
  express: () => null,
  product: () => ({ kind: 'unknown' }),
  party: () => ({ kind: 'unknown' }),
  packRatio: () => null,
  knowsProducts: false,
  knowsParties: false,
}

/** Maps receipts of 311 bytes with 20 fields, on the core that the bench itself runs on. */
export function measureMapping(): Mapping {
  return {
    paths: measure(documentOf((path) => path)),
    expressions: measure(documentOf((path) => `first([${path}])`)),
  }
}

function measure(mapping: InboundMapping): MappingRate {
  return {
    perSecond: rateOf(() => mapMessage(mapping, { message, words, bytes })),
    decodedPerSecond: rateOf(() => mapValue(mapping, { message, words, value: receipt })),
  }
}

/**
 * The median of the rounds, the first of which is for warming up; per second of processor time, since other
 * processes of the machine are no matter of the mapping.
 *
 * @throws {Error} where it cannot be mapped.
 */
function rateOf(map: () => { readonly kind: string }): number {
  if (map().kind !== 'events') throw new Error('the receipt of the bench cannot be mapped')
  const rates = Array.from({ length: rounds + 1 }, () => {
    const startedAt = process.cpuUsage()
    for (let index = 0; index < roundMessages; index += 1) map()
    const { user, system } = process.cpuUsage(startedAt)
    return (roundMessages / (user + system)) * 1_000_000
  })
  return rates.slice(1).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
}

/** @throws {Error} for a document that is not right any more. */
function documentOf(say: (path: string) => string): InboundMapping {
  const parsed = parseMapping(`
mapping: 1
source: { format: json, id: record.receipt }
events:
  - type: goods.received
    data:
      receiptId: ${say('record.receipt')}
      warehouse: ${say('record.warehouse')}
      dock: ${say('record.dock')}
      parcelId: ${say('record.parcel.id')}
      tracking: ${say('record.parcel.tracking')}
      complete: ${say('record.complete')}
      note: ${say('record.note')}
      actor: ${say('record.by')}
      refs:
        - system: ${say('record.ref.system')}
          type: ${say('record.ref.type')}
          value: ${say('record.ref.value')}
      lines:
        each: record.lines
        as: line
        fields:
          lineNo: ${say('line.no')}
          quantity: ${say('line.qty')}
          condition: ${say('line.condition')}
          missingParts: ${say('line.missing')}
          product:
            sku: ${say('line.product.sku')}
            gtin: ${say('line.product.gtin')}
            channelSku: ${say('line.product.channel')}
            customerPartNo: ${say('line.product.customer')}
            name: ${say('line.product.name')}
`)
  if (!parsed.ok || parsed.document.direction !== 'inbound') throw new Error('not a document')
  const compiled = compileMapping(parsed.document)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return compiled.mapping
}
