import type { Queryable, Tx } from '../database.ts'
import type { IdentifierKey } from './parts.ts'
import { type IdentifiedKind, type IdentifiedObject, identifierTables } from './tables.ts'

/** An identifier of which it is not clear whom it names. */
export interface Conflict extends IdentifierKey {
  /** Ids, in order; the first of very many. */
  readonly candidates: readonly string[]
}

const maxCandidates = 50

/**
 * How identifiers stand now, and how they stood when they were last looked at: only those that are, or were,
 * in conflict. Whoever is active goes before all who are not.
 */
export async function compareConflicts(
  tx: Tx,
  kind: IdentifiedKind,
  keys: readonly IdentifierKey[],
): Promise<(Conflict & { readonly known: readonly string[] | null })[]> {
  const { object, table, owner } = identifierTables[kind]
  const { rows } = await tx.query<Conflict & { known: string[] | null }>({
    name: `compare-${object}-conflicts`,
    text: `with touched as materialized (
        select distinct * from json_to_recordset($1) as g (kind text, scope text, "valueKey" text)),
      held as (
        select t.kind, t.scope, t."valueKey",
          coalesce(array_agg(i.${owner} order by i.${owner}) filter (where o.is_active),
            array_agg(i.${owner} order by i.${owner})) as holders
        from touched t
        join ${table} i on i.value_key = t."valueKey" and i.kind = t.kind and i.scope = t.scope
        join ${object} o on o.${owner} = i.${owner}
        group by t.kind, t.scope, t."valueKey" having count(*) > 1)
      select t.kind, t.scope, t."valueKey", c.candidates as known,
        case when cardinality(h.holders) > 1 then h.holders[1:${maxCandidates}] else '{}' end as candidates
      from touched t
      left join held h using (kind, scope, "valueKey")
      left join identifier_conflict c
        on c.object = '${object}' and c.value_key = t."valueKey" and c.kind = t.kind and c.scope = t.scope
      where cardinality(h.holders) > 1 or c.candidates is not null`,
    values: [JSON.stringify(keys)],
  })
  return rows
}

/** Writes conflicts as they are now; one without candidates is over. */
export async function writeConflicts(
  tx: Tx,
  object: IdentifiedObject,
  conflicts: readonly Conflict[],
): Promise<void> {
  await tx.query({
    name: 'write-conflicts',
    text: `with g as materialized (
        select * from json_to_recordset($2) as g (kind text, scope text, "valueKey" text, candidates text[])),
      come as (
        insert into identifier_conflict (object, value_key, kind, scope, candidates)
        select $1, "valueKey", kind, scope, candidates from g where cardinality(candidates) > 0
        on conflict (object, value_key, kind, scope) do update set candidates = excluded.candidates)
      delete from identifier_conflict c using g
      where cardinality(g.candidates) = 0 and c.object = $1
        and c.value_key = g."valueKey" and c.kind = g.kind and c.scope = g.scope`,
    values: [object, JSON.stringify(conflicts)],
  })
}

/** What is unclear about the identifiers of one product. */
export async function listProductConflicts(db: Queryable, productId: string): Promise<Conflict[]> {
  const { rows } = await db.query<Conflict>(
    `select c.kind, c.scope, c.value_key as "valueKey", c.candidates
     from product_identifier i
     join identifier_conflict c
       on c.object = 'product' and c.value_key = i.value_key and c.kind = i.kind and c.scope = i.scope
     where i.product_id = $1 order by c.kind, c.value_key, c.scope`,
    [productId],
  )
  return rows
}
