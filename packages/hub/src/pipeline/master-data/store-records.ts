import type { MasterDataKind } from '@backhaul/sdk/canonical'
import type { Tx } from '../../store/database.ts'
import {
  replaceComponents,
  replaceIdentifiers,
  replaceUnits,
} from '../../store/master-data/parts.ts'
import { clearRefusals, recordRefusals } from '../../store/master-data/refusals.ts'
import {
  beginChange,
  endChange,
  findRows,
  type StoredRow,
  upsertRows,
} from '../../store/master-data/rows.ts'
import {
  type IdentifiedKind,
  identifierTables,
  isIdentified,
} from '../../store/master-data/tables.ts'
import { clearUnknown } from '../../store/master-data/unknowns.ts'
import type { ReadRecord, ReadRecords, RefusedRecord } from './read-records.ts'
import { watchConflicts } from './watch-conflicts.ts'

/** What became of a batch of records. */
export interface TakenRecords {
  readonly read: number
  readonly written: number
  /** Said what was known already. */
  readonly unchanged: number
  /** Older than what is known. */
  readonly stale: number
  readonly refused: readonly RefusedRecord[]
}

export interface Origin {
  /** The system of record: a connection, or another name of where the records come from. */
  readonly source: string
  /** Also rows that belong to another source: they belong to this one from now on. */
  readonly takesOver?: boolean | undefined
}

/**
 * Writes a batch: rows that say something new, what belongs to them, and the conflicts that they make or
 * end. Safe to repeat. A row belongs to the source that gave it first; from another one it is refused.
 */
export async function storeRecords(
  tx: Tx,
  batch: ReadRecords,
  origin: Origin,
): Promise<TakenRecords> {
  const { kind, records } = batch
  const place = { kind, source: origin.source }
  const changeNo = await beginChange(tx, kind)
  const stored = await findRows(tx, { kind, ids: records.map(({ id }) => id) })
  const sorted = sort(records, { stored, origin })
  if (sorted.fresh.length > 0) {
    await upsertRows(tx, sorted.fresh, { ...place, changeNo })
    await writeParts(tx, kind, sorted.fresh)
    await endChange(tx, { kind, changeNo })
  }
  const foreign = sorted.foreign.map(refuseForeign)
  const refused = [...batch.refused, ...foreign]
  await recordRefusals(tx, refused, place)
  const taken = [...sorted.fresh, ...sorted.unchanged]
  if (taken.length > 0) {
    const itemKeys = taken.map(({ id }) => id)
    await clearRefusals(tx, itemKeys, place)
  }
  return {
    read: batch.read,
    written: sorted.fresh.length,
    unchanged: sorted.unchanged.length,
    stale: sorted.stale.length,
    refused,
  }
}

interface Sorted {
  readonly fresh: ReadRecord[]
  readonly unchanged: ReadRecord[]
  readonly stale: ReadRecord[]
  readonly foreign: ReadRecord[]
}

function sort(
  records: readonly ReadRecord[],
  { stored, origin }: { readonly stored: readonly StoredRow[]; readonly origin: Origin },
): Sorted {
  const known = new Map(stored.map((row) => [row.id, row]))
  const sorted: Sorted = { fresh: [], unchanged: [], stale: [], foreign: [] }
  for (const record of records) sorted[fateOf(record, known.get(record.id), origin)].push(record)
  return sorted
}

function fateOf(record: ReadRecord, row: StoredRow | undefined, origin: Origin): keyof Sorted {
  if (row === undefined) return 'fresh'
  if (row.source !== origin.source) return origin.takesOver === true ? 'fresh' : 'foreign'
  if (row.hash === record.hash) return 'unchanged'
  return isOlder(record, row) ? 'stale' : 'fresh'
}

function isOlder({ sourceUpdatedAt: said }: ReadRecord, { sourceUpdatedAt }: StoredRow): boolean {
  return said !== null && sourceUpdatedAt !== null && Date.parse(said) < sourceUpdatedAt.getTime()
}

function refuseForeign({ id, index }: ReadRecord): RefusedRecord {
  const detail = 'id: belongs to another source'
  return { index, itemKey: id, code: 'OTHER_SOURCE', detail }
}

async function writeParts(
  tx: Tx,
  kind: MasterDataKind,
  records: readonly ReadRecord[],
): Promise<void> {
  if (!isIdentified(kind)) return
  const ownerIds = records.map(({ id }) => id)
  if (kind === 'products') {
    const units = records.flatMap((record) => record.units)
    const components = records.flatMap((record) => record.components)
    await replaceUnits(tx, ownerIds, units)
    await replaceComponents(tx, ownerIds, components)
  }
  await writeIdentifiers(tx, kind, { ownerIds, records })
}

async function writeIdentifiers(
  tx: Tx,
  kind: IdentifiedKind,
  {
    ownerIds,
    records,
  }: { readonly ownerIds: readonly string[]; readonly records: readonly ReadRecord[] },
): Promise<void> {
  const identifiers = records.flatMap((record) => record.identifiers)
  const gone = await replaceIdentifiers(tx, kind, { ownerIds, identifiers })
  await watchConflicts(tx, kind, [...identifiers, ...gone])
  const ids = ownerIds.map((id) => ({ kind: 'id', scope: '', valueKey: id }))
  await clearUnknown(tx, identifierTables[kind].object, [...identifiers, ...ids])
}
