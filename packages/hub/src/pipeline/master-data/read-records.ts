import { hash } from 'node:crypto'
import {
  gtinIssue,
  type MasterDataKind,
  type MasterDataRecord,
  masterDataRecords,
  type PartyRecord,
  type ProductRecord,
  type VendorRecord,
  type WarehouseRecord,
} from '@backhaul/sdk/canonical'
import type { z } from 'zod'
import { isPersonal, valueKey } from '../../mapping/identifiers.ts'
import type { IdentifierWrite, RatioWrite } from '../../store/master-data/parts.ts'
import type { RefusalWrite } from '../../store/master-data/refusals.ts'
import type { RowWrite } from '../../store/master-data/rows.ts'
import { isIdentified } from '../../store/master-data/tables.ts'

/** A record that is acceptable, as it is stored. */
export interface ReadRecord extends RowWrite {
  /** Its place among the items, from 0. */
  readonly index: number
  readonly identifiers: readonly IdentifierWrite[]
  readonly units: readonly RatioWrite[]
  readonly components: readonly RatioWrite[]
  /** It says nothing but what the thing is called. */
  readonly namesOnly: boolean
}

/** A record that is not. */
export interface RefusedRecord extends RefusalWrite {
  /** Its place among the items, from 0. */
  readonly index: number
}

export interface ReadRecords {
  readonly kind: MasterDataKind
  /** How many items there were. */
  readonly read: number
  /** Each id once: of several records with one id, the last. */
  readonly records: readonly ReadRecord[]
  readonly refused: readonly RefusedRecord[]
}

/** Checks items one by one, and makes rows of those that are acceptable. Nothing is thrown. */
export function readRecords(kind: MasterDataKind, items: readonly unknown[]): ReadRecords {
  const records = new Map<string, ReadRecord>()
  const refused: RefusedRecord[] = []
  for (const [index, item] of items.entries()) {
    const parsed = masterDataRecords[kind].safeParse(item)
    if (parsed.success) {
      const row = rowOf(kind, parsed.data)
      const namesOnly = isIdentified(kind) && saysNamesOnly(item)
      const columns = isIdentified(kind) ? { ...row.columns, names_only: namesOnly } : row.columns
      const record = { ...row, columns, index, namesOnly }
      records.set(record.id, record)
    } else {
      refused.push({ index, ...refusalOf(item, { index, error: parsed.error }) })
    }
  }
  return { kind, read: items.length, records: [...records.values()], refused }
}

const nameFields: ReadonlySet<string> = new Set(['id', 'sku', 'gtin', 'identifiers', 'updatedAt'])

/** Told by what was written: a field that is left out has a default by now. */
function saysNamesOnly(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return false
  return Object.entries(item).every(([key, value]) => nameFields.has(key) || value === undefined)
}

const maxDetail = 500

function refusalOf(
  item: unknown,
  { index, error }: { readonly index: number; readonly error: z.ZodError },
): RefusalWrite {
  const isGtin = error.issues.every((issue) => codeOf(issue) === gtinIssue)
  const lines = error.issues.map(({ path, message }) => `${path.join('.') || 'item'}: ${message}`)
  return {
    itemKey: idOf(item) ?? `item ${index}`,
    code: isGtin ? gtinIssue : 'INVALID',
    detail: [...new Set(lines)].join('; ').slice(0, maxDetail),
  }
}

function codeOf(issue: z.core.$ZodIssue): unknown {
  return issue.code === 'custom' ? issue.params?.['code'] : undefined
}

/** The id that a record which is not acceptable seems to have, as far as it can be stored. */
function idOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('id' in item)) return null
  const { id } = masterDataRecords.vendors.shape
  const parsed = id.safeParse(item.id)
  return parsed.success ? parsed.data : null
}

function rowOf(
  kind: MasterDataKind,
  record: MasterDataRecord,
): Omit<ReadRecord, 'index' | 'namesOnly'> {
  const { updatedAt = null, ...said } = record
  const { columns, parts } = shape(kind, record)
  return {
    id: record.id,
    // Of what it says, not of when: a system that touches a row without changing it changes nothing.
    hash: hash('sha256', JSON.stringify(said), 'base64url').slice(0, 24),
    isActive: record.isActive,
    sourceUpdatedAt: updatedAt,
    columns,
    ...parts,
  }
}

interface Shape {
  readonly columns: RowWrite['columns']
  readonly parts: Pick<ReadRecord, 'identifiers' | 'units' | 'components'>
}

const noParts = { identifiers: [], units: [], components: [] }

function shape(kind: MasterDataKind, record: MasterDataRecord): Shape {
  // The record was parsed by the schema of its kind.
  switch (kind) {
    case 'products':
      return productShape(record as ProductRecord)
    case 'parties':
      return partyShape(record as PartyRecord)
    case 'warehouses':
      return warehouseShape(record)
    case 'vendors':
      return vendorShape(record)
  }
}

function productShape(record: ProductRecord): Shape {
  const { id, sku, gtin, name, baseUnit, category, tags, supersededBy } = record
  const named = [
    ...(sku === undefined ? [] : [{ kind: 'sku', scope: '', value: sku }]),
    ...(gtin === undefined ? [] : [{ kind: 'gtin', scope: '', value: gtin }]),
    ...record.identifiers,
  ]
  const units = record.units.map(({ unit, ratio }) => ({ productId: id, name: unit, ratio }))
  const components = record.components.map(({ productId, ratio }) => {
    return { productId: id, name: productId, ratio }
  })
  return {
    columns: {
      sku,
      gtin,
      name,
      base_unit: baseUnit,
      category,
      tags,
      superseded_by: supersededBy,
    },
    parts: {
      identifiers: identifiersOf(id, named),
      units: lastOfEach(units),
      components: lastOfEach(components),
    },
  }
}

function partyShape({ id, name, kind, commercialPartyId, identifiers }: PartyRecord): Shape {
  const columns = { name, kind, commercial_party_id: commercialPartyId }
  return { columns, parts: { ...noParts, identifiers: identifiersOf(id, identifiers) } }
}

function warehouseShape({ code, name, company }: WarehouseRecord): Shape {
  return { columns: { code, name, company }, parts: noParts }
}

function vendorShape({ code, name, acceptsReturns, claimDays }: VendorRecord): Shape {
  const columns = { code, name, accepts_returns: acceptsReturns, claim_days: claimDays }
  return { columns, parts: noParts }
}

function identifiersOf(
  ownerId: string,
  named: readonly { readonly kind: string; readonly scope: string; readonly value: string }[],
): IdentifierWrite[] {
  const all = named.flatMap(({ kind, scope, value }): [string, IdentifierWrite][] => {
    const key = valueKey(kind, value)
    if (key === null) return []
    const stored = isPersonal(kind) ? key : value
    const write = { ownerId, kind, scope, valueKey: key, value: stored }
    return [[JSON.stringify([kind, scope, key]), write]]
  })
  return [...new Map(all).values()]
}

function lastOfEach(ratios: readonly RatioWrite[]): RatioWrite[] {
  return [...new Map(ratios.map((one) => [one.name, one])).values()]
}
