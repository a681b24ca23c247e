import type { MasterDataKind } from '@backhaul/sdk/canonical'

/** A table of master data: its own columns beside those that all of them have, with their types. */
interface MasterDataTable {
  readonly name: string
  readonly key: string
  readonly columns: Readonly<Record<string, string>>
}

export const masterDataTables = {
  products: {
    name: 'product',
    key: 'product_id',
    columns: {
      sku: 'text',
      gtin: 'text',
      name: 'text',
      base_unit: 'text',
      category: 'text',
      tags: 'text[]',
      superseded_by: 'text',
      names_only: 'boolean',
    },
  },
  parties: {
    name: 'party',
    key: 'party_id',
    columns: { commercial_party_id: 'text', name: 'text', kind: 'text', names_only: 'boolean' },
  },
  warehouses: {
    name: 'warehouse',
    key: 'warehouse_id',
    columns: { code: 'text', name: 'text', company: 'text' },
  },
  vendors: {
    name: 'vendor',
    key: 'vendor_id',
    columns: { code: 'text', name: 'text', accepts_returns: 'boolean', claim_days: 'integer' },
  },
} as const satisfies Record<MasterDataKind, MasterDataTable>

/** Columns that every table of master data has, in the order in which rows are written. */
export const commonColumns = {
  source: 'text',
  is_active: 'boolean',
  row_hash: 'text',
  source_updated_at: 'timestamptz',
} as const

/** Kinds whose rows have identifiers, with their tables. */
export const identifierTables = {
  products: { object: 'product', table: 'product_identifier', owner: 'product_id' },
  parties: { object: 'party', table: 'party_identifier', owner: 'party_id' },
} as const

export type IdentifiedKind = keyof typeof identifierTables
export type IdentifiedObject = (typeof identifierTables)[IdentifiedKind]['object']

export function isIdentified(kind: MasterDataKind): kind is IdentifiedKind {
  return Object.hasOwn(identifierTables, kind)
}
