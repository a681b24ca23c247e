import type { MasterDataKind } from '@backhaul/sdk/canonical'
import type { Queryable, Tx } from '../database.ts'
import { commonColumns, type IdentifiedKind, isIdentified, masterDataTables } from './tables.ts'

/** A record as it is stored: values by the names of columns. */
export interface RowWrite {
  readonly id: string
  readonly hash: string
  readonly isActive: boolean
  /** ISO 8601; null where its source does not say. */
  readonly sourceUpdatedAt: string | null
  readonly columns: Readonly<Record<string, unknown>>
}

/** What is known of a row before it is written. */
export interface StoredRow {
  readonly id: string
  readonly hash: string
  readonly source: string
  readonly sourceUpdatedAt: Date | null
  /** Its source said nothing of it but what it is called. */
  readonly namesOnly: boolean
}

/**
 * Takes turns with other writers of the kind until the transaction ends.
 *
 * @returns the number under which this transaction writes.
 */
export async function beginChange(tx: Tx, kind: MasterDataKind): Promise<number> {
  const { rows } = await tx.query<{ changeNo: number }>(
    'select change_no + 1 as "changeNo" from master_data_change where kind = $1 for update',
    [kind],
  )
  return rows[0]?.changeNo ?? 0
}

/** Lets readers see that there is something new under `changeNo`. */
export async function endChange(
  tx: Tx,
  { kind, changeNo }: { readonly kind: MasterDataKind; readonly changeNo: number },
): Promise<void> {
  await tx.query('update master_data_change set change_no = $2 where kind = $1', [kind, changeNo])
}

/**
 * Master data of a kind is whole from now on, so that what is not in it does not exist: unless a connection
 * that works has a feed of it that was not read to its end yet.
 */
export async function markSynced(tx: Tx, kind: MasterDataKind): Promise<void> {
  await tx.query({
    name: 'mark-synced',
    text: `update master_data_change set synced_at = now()
      where kind = $1 and synced_at is null and not exists (
        select from feed_cursor f join connection c using (connection_id)
        where f.feed = $1 and f.first_ended_at is null and c.state = 'active')`,
    values: [kind],
  })
}

export async function findRows(
  db: Queryable,
  { kind, ids }: { readonly kind: MasterDataKind; readonly ids: readonly string[] },
): Promise<StoredRow[]> {
  const { name, key } = masterDataTables[kind]
  const namesOnly = isIdentified(kind) ? 'names_only' : 'false'
  const { rows } = await db.query<StoredRow>({
    name: `find-${name}-rows`,
    text: `select ${key} as id, row_hash as hash, source, source_updated_at as "sourceUpdatedAt",
        ${namesOnly} as "namesOnly"
      from ${name} where ${key} = any ($1)`,
    values: [ids],
  })
  return rows
}

/** Inserts rows, and updates those that are there. */
export async function upsertRows(
  tx: Tx,
  rows: readonly RowWrite[],
  at: { readonly kind: MasterDataKind; readonly source: string; readonly changeNo: number },
): Promise<void> {
  const { name, key } = masterDataTables[at.kind]
  const json = rows.map(({ id, hash, isActive, sourceUpdatedAt, columns }) => ({
    ...columns,
    [key]: id,
    source: at.source,
    is_active: isActive,
    row_hash: hash,
    source_updated_at: sourceUpdatedAt,
  }))
  await tx.query({
    name: `upsert-${name}`,
    text: upsertSql[at.kind],
    values: [JSON.stringify(json), at.changeNo],
  })
}

/** Lets readers see rows anew of which only what belongs to them has changed. */
export async function touchRows(
  tx: Tx,
  ids: readonly string[],
  at: { readonly kind: IdentifiedKind; readonly changeNo: number },
): Promise<void> {
  const { name, key } = masterDataTables[at.kind]
  await tx.query({
    name: `touch-${name}`,
    text: `update ${name} set change_no = $2, updated_at = now() where ${key} = any ($1)`,
    values: [ids, at.changeNo],
  })
}

const upsertSql = {
  products: makeUpsert('products'),
  parties: makeUpsert('parties'),
  warehouses: makeUpsert('warehouses'),
  vendors: makeUpsert('vendors'),
} as const satisfies Record<MasterDataKind, string>

function makeUpsert(kind: MasterDataKind): string {
  const { name, key, columns } = masterDataTables[kind]
  const all: Readonly<Record<string, string>> = { ...columns, ...commonColumns }
  const names = Object.keys(all)
  return `insert into ${name} (${key}, ${names.join(', ')}, change_no)
    select ${key}, ${names.join(', ')}, $2
    from json_to_recordset($1) as g (${key} text, ${names.map((column) => `${column} ${all[column]}`).join(', ')})
    on conflict (${key}) do update set
      ${names.map((column) => `${column} = excluded.${column}`).join(', ')},
      change_no = excluded.change_no, updated_at = now()`
}
