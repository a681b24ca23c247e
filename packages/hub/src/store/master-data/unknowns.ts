import type { Queryable, Tx } from '../database.ts'
import type { IdentifierKey } from './parts.ts'
import type { IdentifiedObject } from './tables.ts'

/** An identifier that was asked for and that nobody has. */
export interface UnknownIdentifier extends IdentifierKey {
  readonly object: IdentifiedObject
}

/** Senders can make up any number of identifiers: beyond this many, only those that are known are counted on. */
const maxUnknown = 20_000

/** Counts identifiers that messages asked for. `scope` is the connection that asked. */
export async function recordUnknown(
  db: Queryable,
  unknown: readonly UnknownIdentifier[],
): Promise<void> {
  if (unknown.length === 0) return
  await db.query({
    name: 'record-unknown',
    text: `with g as (
        select object, kind, scope, "valueKey", count(*) as times
        from json_to_recordset($1) as g (object text, kind text, scope text, "valueKey" text)
        group by object, kind, scope, "valueKey"),
      known as (
        update unknown_identifier u set times = u.times + g.times, last_at = now() from g
        where u.object = g.object and u.value_key = g."valueKey" and u.kind = g.kind and u.scope = g.scope)
      insert into unknown_identifier (object, value_key, kind, scope, times)
      select object, "valueKey", kind, scope, times from g
      where not exists (select from unknown_identifier offset ${maxUnknown})
      on conflict do nothing`,
    values: [JSON.stringify(unknown)],
  })
}

/** Forgets identifiers that somebody has now. */
export async function clearUnknown(
  tx: Tx,
  object: IdentifiedObject,
  keys: readonly IdentifierKey[],
): Promise<void> {
  await tx.query({
    name: 'clear-unknown',
    text: `delete from unknown_identifier u
      using json_to_recordset($2) as g (kind text, scope text, "valueKey" text)
      where u.object = $1 and u.value_key = g."valueKey" and u.kind = g.kind
        and (g.scope = '' or g.kind = 'customer_part_no' or u.scope = g.scope)`,
    values: [object, JSON.stringify(keys)],
  })
}

/** Forgets what nobody has asked for in `days`. @returns how many. */
export async function purgeUnknown(db: Queryable, days: number): Promise<number> {
  const { rowCount } = await db.query(
    'delete from unknown_identifier where last_at < now() - make_interval(days => $1)',
    [days],
  )
  return rowCount ?? 0
}
