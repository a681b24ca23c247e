import type { MasterDataKind } from '@backhaul/sdk/canonical'
import type { Tx } from '../../store/database.ts'
import {
  keepNames,
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
  touchRows,
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
 * end. Safe to repeat. A row belongs to the source that gave it first, or to the first that said more of it than names;
 * another source can add names. More from another one is refused.
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
    await yieldStubs(tx, kind, { fresh: sorted.fresh, stored, source: origin.source })
    await upsertRows(tx, sorted.fresh, { ...place, changeNo })
    await writeParts(tx, place, sorted.fresh)
  }
  if (sorted.names.length > 0) await addNames(tx, sorted.names, { ...place, changeNo })
  if (sorted.fresh.length + sorted.names.length > 0) await endChange(tx, { kind, changeNo })
  const foreign = sorted.foreign.map(refuseForeign)
  const refused = [...batch.refused, ...foreign]
  await recordRefusals(tx, refused, place)
  const taken = [...sorted.fresh, ...sorted.names, ...sorted.unchanged]
  if (taken.length > 0) {
    const itemKeys = taken.map(({ id }) => id)
    await clearRefusals(tx, itemKeys, place)
  }
  return {
    read: batch.read,
    written: sorted.fresh.length + sorted.names.length,
    unchanged: sorted.unchanged.length,
    stale: sorted.stale.length,
    refused,
  }
}

interface Sorted {
  readonly fresh: ReadRecord[]
  readonly unchanged: ReadRecord[]
  readonly stale: ReadRecord[]
  /** Names for a row of another source. */
  readonly names: ReadRecord[]
  readonly foreign: ReadRecord[]
}

function sort(
  records: readonly ReadRecord[],
  { stored, origin }: { readonly stored: readonly StoredRow[]; readonly origin: Origin },
): Sorted {
  const known = new Map(stored.map((row) => [row.id, row]))
  const sorted: Sorted = { fresh: [], unchanged: [], stale: [], names: [], foreign: [] }
  for (const record of records) sorted[fateOf(record, known.get(record.id), origin)].push(record)
  return sorted
}

function fateOf(record: ReadRecord, row: StoredRow | undefined, origin: Origin): keyof Sorted {
  if (row === undefined) return 'fresh'
  if (row.source !== origin.source) return fateOfForeign(record, row, origin)
  if (row.hash === record.hash) return 'unchanged'
  return isOlder(record, row) ? 'stale' : 'fresh'
}

function fateOfForeign(
  { namesOnly }: ReadRecord,
  row: StoredRow,
  { takesOver }: Origin,
): keyof Sorted {
  if (takesOver === true || (row.namesOnly && !namesOnly)) return 'fresh'
  return namesOnly ? 'names' : 'foreign'
}

function isOlder({ sourceUpdatedAt: said }: ReadRecord, { sourceUpdatedAt }: StoredRow): boolean {
  return said !== null && sourceUpdatedAt !== null && Date.parse(said) < sourceUpdatedAt.getTime()
}

function refuseForeign({ id, index }: ReadRecord): RefusedRecord {
  const detail = 'id: belongs to another source'
  return { index, itemKey: id, code: 'OTHER_SOURCE', detail }
}

interface Place<Kind extends MasterDataKind = MasterDataKind> {
  readonly kind: Kind
  readonly source: string
}

/** A row of which only names were known goes over to who knows more. The names stay with who gave them. */
async function yieldStubs(
  tx: Tx,
  kind: MasterDataKind,
  given: {
    readonly fresh: readonly ReadRecord[]
    readonly stored: readonly StoredRow[]
    readonly source: string
  },
): Promise<void> {
  if (!isIdentified(kind)) return
  const coming = new Set(given.fresh.map(({ id }) => id))
  const stubs = given.stored.filter(
    ({ id, namesOnly, source }) => namesOnly && source !== given.source && coming.has(id),
  )
  if (stubs.length === 0) return
  const ids = stubs.map(({ id }) => id)
  await keepNames(tx, kind, ids)
}

async function addNames(
  tx: Tx,
  records: readonly ReadRecord[],
  { kind, source, changeNo }: Place & { readonly changeNo: number },
): Promise<void> {
  if (!isIdentified(kind)) return
  const ids = records.map(({ id }) => id)
  await touchRows(tx, ids, { kind, changeNo })
  await writeIdentifiers(tx, { kind, source }, { records, isOwner: false })
}

async function writeParts(
  tx: Tx,
  { kind, source }: Place,
  records: readonly ReadRecord[],
): Promise<void> {
  if (!isIdentified(kind)) return
  if (kind === 'products') {
    const ownerIds = records.map(({ id }) => id)
    const units = records.flatMap((record) => record.units)
    const components = records.flatMap((record) => record.components)
    await replaceUnits(tx, ownerIds, units)
    await replaceComponents(tx, ownerIds, components)
  }
  await writeIdentifiers(tx, { kind, source }, { records, isOwner: true })
}

async function writeIdentifiers(
  tx: Tx,
  { kind, source }: Place<IdentifiedKind>,
  { records, isOwner }: { readonly records: readonly ReadRecord[]; readonly isOwner: boolean },
): Promise<void> {
  const ownerIds = records.map(({ id }) => id)
  const identifiers = records.flatMap((record) => record.identifiers)
  const given = { ownerIds, identifiers, source, isOwner }
  const gone = await replaceIdentifiers(tx, kind, given)
  await watchConflicts(tx, kind, [...identifiers, ...gone])
  const ids = ownerIds.map((id) => ({ kind: 'id', scope: '', valueKey: id }))
  await clearUnknown(tx, identifierTables[kind].object, [...identifiers, ...ids])
}
