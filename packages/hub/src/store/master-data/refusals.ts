import type { MasterDataKind } from '@backhaul/sdk/canonical'
import type { Tx } from '../database.ts'

export interface RefusalWrite {
  /** The record's id, or another name of it where it has none. */
  readonly itemKey: string
  readonly code: string
  readonly detail: string
}

interface Place {
  readonly kind: MasterDataKind
  readonly source: string
}

/** Keeps what was refused for a person to look at, once for each record. */
export async function recordRefusals(
  tx: Tx,
  refusals: readonly RefusalWrite[],
  { kind, source }: Place,
): Promise<void> {
  if (refusals.length === 0) return
  // A record that is in a batch twice would be written twice by one statement.
  const rows = [...new Map(refusals.map((one) => [one.itemKey, one])).values()]
  await tx.query({
    name: 'record-refusals',
    text: `insert into master_data_refusal (kind, source, item_key, code, detail)
      select $1, $2, "itemKey", code, detail
      from json_to_recordset($3) as g ("itemKey" text, code text, detail text)
      on conflict (kind, item_key, source) do update
      set code = excluded.code, detail = excluded.detail, times = master_data_refusal.times + 1, last_at = now()`,
    values: [kind, source, JSON.stringify(rows)],
  })
}

/** Forgets refusals of records that are acceptable now. */
export async function clearRefusals(
  tx: Tx,
  itemKeys: readonly string[],
  { kind, source }: Place,
): Promise<void> {
  await tx.query({
    name: 'clear-refusals',
    text: 'delete from master_data_refusal where kind = $1 and source = $2 and item_key = any ($3)',
    values: [kind, source, itemKeys],
  })
}
