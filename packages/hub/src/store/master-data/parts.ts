import type { Tx } from '../database.ts'
import { type IdentifiedKind, identifierTables, masterDataTables } from './tables.ts'

export interface IdentifierWrite {
  readonly ownerId: string
  readonly kind: string
  readonly scope: string
  readonly valueKey: string
  readonly value: string
}

/** An identifier without whoever has it. */
export type IdentifierKey = Pick<IdentifierWrite, 'kind' | 'scope' | 'valueKey'>

export interface RatioWrite {
  readonly productId: string
  /** A unit, or the id of a component. */
  readonly name: string
  readonly ratio: string
}

export interface IdentifierWrites {
  readonly ownerIds: readonly string[]
  readonly identifiers: readonly IdentifierWrite[]
  readonly source: string
  /** Whether the rows are the source's own: names that it added to them before are theirs then. */
  readonly isOwner: boolean
}

/**
 * Makes these the identifiers that a source gives to rows. What another source has given stays, and is not given twice:
 * of one identifier that both give, the row's own source is remembered.
 *
 * @returns the identifiers that were taken off them.
 */
export async function replaceIdentifiers(
  tx: Tx,
  kind: IdentifiedKind,
  { ownerIds, identifiers, source, isOwner }: IdentifierWrites,
): Promise<IdentifierKey[]> {
  const { table, owner } = identifierTables[kind]
  const { rows } = await tx.query<IdentifierKey>({
    name: `replace-${table}`,
    text: `with g as materialized (
        select * from json_to_recordset($1)
          as g ("ownerId" text, kind text, scope text, "valueKey" text, value text)),
      come as (
        insert into ${table} (value_key, kind, scope, ${owner}, value, source)
        select "valueKey", kind, scope, "ownerId", value, case when $4 then null else $3 end from g
        on conflict (value_key, kind, scope, ${owner}) do update
          set value = excluded.value, source = excluded.source
          where (${table}.value <> excluded.value or ${table}.source is not null)
            and ($4 or ${table}.source = $3))
      delete from ${table} i
      where i.${owner} = any ($2) and (i.source = $3 or $4 and i.source is null) and not exists (
        select from g
        where g."ownerId" = i.${owner} and g."valueKey" = i.value_key and g.kind = i.kind and g.scope = i.scope)
      returning i.kind, i.scope, i.value_key as "valueKey"`,
    values: [JSON.stringify(identifiers), ownerIds, source, isOwner],
  })
  return rows
}

/** Keeps the names of rows that go over to another source as those of the sources that gave them. */
export async function keepNames(
  tx: Tx,
  kind: IdentifiedKind,
  ownerIds: readonly string[],
): Promise<void> {
  const { table, owner } = identifierTables[kind]
  const { name, key } = masterDataTables[kind]
  await tx.query({
    name: `keep-${table}`,
    text: `update ${table} i set source = o.source from ${name} o
      where o.${key} = i.${owner} and i.${owner} = any ($1) and i.source is null`,
    values: [ownerIds],
  })
}

/** Gives products exactly these pack ratios. */
export function replaceUnits(
  tx: Tx,
  productIds: readonly string[],
  units: readonly RatioWrite[],
): Promise<void> {
  return replaceRatios(tx, 'product_unit', { column: 'unit', productIds, ratios: units })
}

/** Makes kits consist of exactly these components. */
export function replaceComponents(
  tx: Tx,
  productIds: readonly string[],
  components: readonly RatioWrite[],
): Promise<void> {
  const column = 'component_id'
  return replaceRatios(tx, 'product_component', { column, productIds, ratios: components })
}

async function replaceRatios(
  tx: Tx,
  table: 'product_unit' | 'product_component',
  given: {
    readonly column: string
    readonly productIds: readonly string[]
    readonly ratios: readonly RatioWrite[]
  },
): Promise<void> {
  const { column, productIds, ratios } = given
  await tx.query({
    name: `replace-${table}`,
    text: `with g as materialized (
        select * from json_to_recordset($1) as g ("productId" text, name text, ratio numeric)),
      come as (
        insert into ${table} (product_id, ${column}, ratio) select "productId", name, ratio from g
        on conflict (product_id, ${column}) do update set ratio = excluded.ratio
          where ${table}.ratio <> excluded.ratio)
      delete from ${table} i
      where i.product_id = any ($2)
        and not exists (select from g where g."productId" = i.product_id and g.name = i.${column})`,
    values: [JSON.stringify(ratios), productIds],
  })
}
