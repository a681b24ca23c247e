import assert from 'node:assert/strict'
import {
  compileMapping,
  type InboundMapping,
  type OutboundMapping,
} from '../../src/mapping/document/compile-mapping.ts'
import { parseMapping } from '../../src/mapping/document/parse-mapping.ts'
import type { Words } from '../../src/mapping/words.ts'

const translations: Readonly<Record<string, string>> = {
  'reason DOA': 'defective_consumer',
  'unit case': 'CS',
  'unit each': 'EA',
}

/** A shop that sells pumps, one by one and in cases of 24. */
export const pumpWords: Words = {
  translate: (vocabulary, value) => translations[`${vocabulary} ${value}`] ?? null,
  express: (vocabulary, value) =>
    vocabulary === 'reason' && value === 'defective_consumer' ? 'DOA' : null,
  product: (kind, value) => {
    if (value === 'TWICE') return { kind: 'ambiguous', candidates: ['1', '2'] }
    if (value !== (kind === 'id' ? '42' : 'PUMP-12V')) return { kind: 'unknown' }
    return {
      kind: 'found',
      value: {
        productId: '42',
        sku: 'PUMP-12V',
        gtin: null,
        name: 'Pump 12 V',
        baseUnit: 'EA',
        supersededBy: null,
        category: null,
        tags: [],
      },
    }
  },
  party: (kind, value) =>
    kind === 'account' && value === '77'
      ? { kind: 'found', value: { partyId: 'C-77', commercialPartyId: null, name: 'Pumps Inc' } }
      : { kind: 'unknown' },
  packRatio: (productId, unit) => (productId === '42' && unit === 'CS' ? '24' : null),
  knowsProducts: true,
  knowsParties: true,
}

export const pumpMessage = {
  id: '01920000-0000-7000-8000-000000000001',
  topic: 'returns',
  connectionId: 'shop-eu',
  receivedAt: '2026-11-23T08:00:00.000Z',
}

/** Reads and compiles a document that has to be right. */
function mappingOf(yaml: string): InboundMapping | OutboundMapping {
  const parsed = parseMapping(yaml)
  assert.ok(parsed.ok, JSON.stringify(parsed))
  const compiled = compileMapping(parsed.document)
  assert.ok(compiled.ok, JSON.stringify(compiled))
  return compiled.mapping
}

export function inboundOf(yaml: string): InboundMapping {
  const mapping = mappingOf(yaml)
  assert.ok(mapping.direction === 'inbound')
  return mapping
}

export function outboundOf(yaml: string): OutboundMapping {
  const mapping = mappingOf(yaml)
  assert.ok(mapping.direction === 'outbound')
  return mapping
}

/** What is wrong with a document, each as `line:column path: message`. */
export function problemsOf(yaml: string): readonly string[] {
  const parsed = parseMapping(yaml)
  const result = parsed.ok ? compileMapping(parsed.document) : parsed
  if (result.ok) return []
  return result.problems.map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  )
}
