import type { MasterDataKind } from '@backhaul/sdk/canonical'
import type { Queryable } from '../database.ts'
import { masterDataTables } from './tables.ts'

/** A product as lists show it. */
export interface ProductRow {
  readonly productId: string
  readonly source: string
  readonly sku: string | null
  readonly gtin: string | null
  readonly name: string | null
  readonly baseUnit: string
  readonly category: string | null
  readonly tags: readonly string[]
  readonly supersededBy: string | null
  readonly isActive: boolean
  readonly sourceUpdatedAt: Date | null
  readonly updatedAt: Date
}

/** A product with what belongs to it. */
export interface ProductDetail extends ProductRow {
  readonly identifiers: readonly {
    readonly kind: string
    readonly scope: string
    readonly value: string
  }[]
  readonly units: readonly { readonly unit: string; readonly ratio: string }[]
  readonly components: readonly { readonly productId: string; readonly ratio: string }[]
}

const columns = `p.product_id as "productId", p.source, p.sku, p.gtin, p.name, p.base_unit as "baseUnit", p.category,
  p.tags, p.superseded_by as "supersededBy", p.is_active as "isActive",
  p.source_updated_at as "sourceUpdatedAt", p.updated_at as "updatedAt"`

/** An identifier that is looked for, in one of the forms that it may be stored in. */
export interface SoughtKey {
  readonly valueKey: string
  /** Kinds that have this form. */
  readonly kinds: readonly string[]
}

/** Products by their ids; only those that are called so where something is `sought`. */
export async function listProducts(
  db: Queryable,
  page: {
    readonly sought: readonly SoughtKey[] | null
    readonly after: string
    readonly limit: number
  },
): Promise<ProductRow[]> {
  const { sought, after, limit } = page
  const isSought =
    sought === null
      ? ''
      : `and p.product_id in (
          select i.product_id from json_to_recordset($3) as g ("valueKey" text, kinds text[])
          join product_identifier i on i.value_key = g."valueKey" and i.kind = any (g.kinds)
          union
          select "valueKey" from json_to_recordset($3) as g ("valueKey" text, kinds text[]) where 'id' = any (kinds))`
  const { rows } = await db.query<ProductRow>(
    `select ${columns} from product p where p.product_id > $1 ${isSought} order by p.product_id limit $2`,
    sought === null ? [after, limit] : [after, limit, JSON.stringify(sought)],
  )
  return rows
}

export async function findProduct(db: Queryable, productId: string): Promise<ProductDetail | null> {
  const { rows } = await db.query<ProductDetail>(
    `select ${columns},
       coalesce((select json_agg(json_build_object('kind', kind, 'scope', scope, 'value', value)
         order by kind, scope, value) from product_identifier i where i.product_id = p.product_id), '[]') as identifiers,
       coalesce((select json_agg(json_build_object('unit', unit, 'ratio', trim_scale(ratio)::text)
         order by ratio, unit) from product_unit u where u.product_id = p.product_id), '[]') as units,
       coalesce((select json_agg(json_build_object('productId', component_id, 'ratio', trim_scale(ratio)::text)
         order by component_id) from product_component c where c.product_id = p.product_id), '[]') as components
     from product p where p.product_id = $1`,
    [productId],
  )
  return rows[0] ?? null
}

/** How much there is of a kind. Counted: for a person who asks, not for a loop. */
export interface KindCount {
  readonly kind: MasterDataKind
  readonly total: number
  readonly active: number
  readonly syncedAt: Date | null
}

export async function countMasterData(db: Queryable): Promise<KindCount[]> {
  const counts = Object.entries(masterDataTables).map(
    ([kind, { name }]) => `select '${kind}' as kind, count(*) as total,
       count(*) filter (where is_active) as active from ${name}`,
  )
  const { rows } = await db.query<KindCount>(
    `select c.kind, c.total, c.active, m.synced_at as "syncedAt"
     from (${counts.join(' union all ')}) c join master_data_change m on m.kind = c.kind
     order by c.kind`,
  )
  return rows
}
