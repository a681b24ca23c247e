import type { Queryable } from '../database.ts'
import type { IdentifiedKind } from './tables.ts'

/*
 * A row as one text, as it is kept in memory: entries, each begun by `separators.entry`, of a tag, a scope and
 * a value. No value holds a separator, since none holds a control character. Tags with an `@` in front are
 * identifiers, by which the row is found.
 */
export const separators = { entry: '\u001e', scope: '\u001d', value: '\u001f' } as const

export interface RowText {
  readonly id: string
  readonly changeNo: number
  readonly text: string
}

/** How far the writes of a kind have come. */
export interface ChangeHead {
  readonly changeNo: number
  readonly isSynced: boolean
}

export type ChangePlace = Pick<RowText, 'id' | 'changeNo'>

export async function readHeads(db: Queryable): Promise<Record<IdentifiedKind, ChangeHead>> {
  const { rows } = await db.query<ChangeHead & { kind: IdentifiedKind }>({
    name: 'read-master-data-heads',
    text: `select kind, change_no as "changeNo", synced_at is not null as "isSynced"
      from master_data_change where kind in ('products', 'parties')`,
  })
  const none = { changeNo: 0, isSynced: false }
  const heads = { products: none, parties: none }
  return rows.reduce((all, { kind, ...head }) => ({ ...all, [kind]: head }), heads)
}

/** Rows that were written after `after`, in the order of their writes. */
export async function listChangedRows(
  db: Queryable,
  kind: IdentifiedKind,
  { after, limit }: { readonly after: ChangePlace; readonly limit: number },
): Promise<RowText[]> {
  const { key, text } = sources[kind]
  const { rows } = await db.query<RowText>({
    name: `list-changed-${kind}`,
    text: `${text} where (o.change_no, o.${key}) > ($1, $2) order by o.change_no, o.${key} limit $3`,
    values: [after.changeNo, after.id, limit],
  })
  return rows
}

/** Rows that have one of the identifiers, in any scope. Kind `id` is the row's own id. */
export async function findRowsByKeys(
  db: Queryable,
  kind: IdentifiedKind,
  keys: readonly { readonly kind: string; readonly valueKey: string }[],
): Promise<RowText[]> {
  const { key, table, text } = sources[kind]
  const { rows } = await db.query<RowText>({
    name: `find-${kind}-by-keys`,
    text: `${text} where o.${key} = any (array(
        select i.${key} from json_to_recordset($1) as g (kind text, "valueKey" text)
        join ${table} i on i.value_key = g."valueKey" and i.kind = g.kind
        union
        select "valueKey" from json_to_recordset($1) as g (kind text, "valueKey" text) where kind = 'id'))`,
    values: [JSON.stringify(keys)],
  })
  return rows
}

/** An entry of the text, as an SQL expression. A value that is null makes no entry. */
function entry(tag: string, value: string, scope = `''`): string {
  return `coalesce(chr(30) || ${tag} || chr(29) || ${scope} || chr(31) || ${value}, '')`
}

function identifiers(table: string, key: string): string {
  return `coalesce((select string_agg(${entry(`'@' || i.kind`, 'i.value_key', 'i.scope')}, '')
    from ${table} i where i.${key} = o.${key}), '')`
}

const sources = {
  products: {
    key: 'product_id',
    table: 'product_identifier',
    text: `select o.product_id as id, o.change_no as "changeNo",
      ${entry(`'@id'`, 'o.product_id')} || ${entry(`'sku'`, 'o.sku')} || ${entry(`'gtin'`, 'o.gtin')}
      || ${entry(`'name'`, 'o.name')} || ${entry(`'unit'`, 'o.base_unit')}
      || ${entry(`'superseded'`, 'o.superseded_by')} || ${entry(`'category'`, 'o.category')}
      || coalesce((select string_agg(${entry(`'tag'`, 't')}, '') from unnest(o.tags) t), '')
      || case when o.is_active then '' else ${entry(`'gone'`, `''`)} end
      || ${identifiers('product_identifier', 'product_id')}
      || coalesce((select string_agg(${entry(`'ratio'`, 'trim_scale(u.ratio)', 'lower(u.unit)')}, '')
          from product_unit u where u.product_id = o.product_id), '') as text
      from product o`,
  },
  parties: {
    key: 'party_id',
    table: 'party_identifier',
    text: `select o.party_id as id, o.change_no as "changeNo",
      ${entry(`'@id'`, 'o.party_id')} || ${entry(`'name'`, 'o.name')}
      || ${entry(`'commercial'`, 'o.commercial_party_id')}
      || case when o.is_active then '' else ${entry(`'gone'`, `''`)} end
      || ${identifiers('party_identifier', 'party_id')} as text
      from party o`,
  },
} as const satisfies Record<IdentifiedKind, { key: string; table: string; text: string }>
