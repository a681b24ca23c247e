import { createHash } from 'node:crypto'
import type { Domain } from '../client/odoo.ts'
import { toDateTime } from '../client/values.ts'
import type { Place } from './cursor.ts'

/** A record that was written, and the second in which it was. */
export interface Change {
  readonly id: number
  /** Seconds since 1970, by the server's clock. */
  readonly second: number
}

/** Asks a model which of its records were written; the conditions come on top of the model's own. */
export type FindChanges<C extends Change> = (options: {
  readonly domain: Domain
  readonly order: 'write_date,id' | 'write_date desc' | 'id'
  readonly limit: number
}) => Promise<readonly C[]>

export interface Page<C extends Change> {
  readonly changes: readonly C[]
  readonly place: Place
  /** Nothing is left of this look. */
  readonly isEnd: boolean
}

export interface LookOptions {
  /** How many changes a page may have. */
  readonly limit: number
  /** A transaction is committed at most this long after the time that it writes down. */
  readonly overlapSeconds: number
  /** Our own time, used as a stopwatch only. */
  readonly nowSecond: number
  /** How many ids and times are asked for at once. */
  readonly indexSize?: number
}

const indexSizeByDefault = 1_000
const digestLength = 22

/**
 * Reads the next page of the changes of one model, and loses none:
 *
 * - Odoo shows whole seconds and sorts by microseconds, so a page ends with a whole second, never within one.
 *   A second of more changes than a page holds is read by id (recording 50).
 * - Records that change while pages are read move to the end: no page is found by an offset, which they shift.
 * - What began early and was committed late lies before what was seen already. The next look goes back by the
 *   overlap from the newest change, or from the newest one at the time when a look of several pages began.
 * - A record may be written again within the second in which it was read. What the overlap shows again is read
 *   once more when it is older than the overlap; only then it is passed by.
 *
 * Only the server's clock says where a look begins and ends.
 */
export async function readPage<C extends Change>(
  find: FindChanges<C>,
  place: Place,
  options: LookOptions,
): Promise<Page<C>> {
  if (place.afterId !== null) return readSecond(find, place, { ...options, after: place.afterId })
  const { limit, indexSize = indexSizeByDefault } = options
  const size = Math.max(indexSize, limit)
  const found = await find({ domain: since(place.from), order: 'write_date,id', limit: size })
  const isAll = found.length < size
  const begun =
    place.until === null ? await beginLook(find, place, { found, isAll, options }) : place
  if (begun === null) return { changes: [], place: atEnd(place, options), isEnd: true }
  const until = begun.until ?? Number.POSITIVE_INFINITY
  const rows = found.filter(({ second }) => second <= until)
  if ((isAll || rows.length < found.length) && rows.length <= limit) {
    return { changes: rows, place: atEnd(withNewest(begun, rows), options), isEnd: true }
  }
  const cut = (rows[limit] ?? rows.at(-1))?.second ?? begun.from
  const changes = rows.slice(0, limit).filter(({ second }) => second < cut)
  const walked = withNewest({ ...begun, from: cut }, changes)
  if (changes.length > 0) return { changes, place: walked, isEnd: false }
  return readSecond(find, walked, { ...options, after: 0 })
}

/** Says where the look ends, and notes what it shows; null when all of it was read before, for good. */
async function beginLook<C extends Change>(
  find: FindChanges<C>,
  place: Place,
  {
    found,
    isAll,
    options,
  }: { readonly found: readonly C[]; readonly isAll: boolean; readonly options: LookOptions },
): Promise<Place | null> {
  if (!isAll) return { ...place, until: await newestOf(find, place), tail: null, tailSince: null }
  const { overlapSeconds, nowSecond } = options
  const until = found.at(-1)?.second ?? place.newest ?? place.from
  const tail = digestOf(found)
  if (tail !== place.tail) return { ...place, until, tail, tailSince: nowSecond }
  if (place.tailSince === null) return null
  const isSettled = nowSecond - place.tailSince >= overlapSeconds
  return { ...place, until, tailSince: isSettled ? null : place.tailSince }
}

/** The newest change of all: a look of several pages ends there. */
async function newestOf<C extends Change>(find: FindChanges<C>, { from }: Place): Promise<number> {
  const [newest] = await find({ domain: since(from), order: 'write_date desc', limit: 1 })
  return newest?.second ?? from
}

/** A part of one second, by id. The look goes on after it. */
async function readSecond<C extends Change>(
  find: FindChanges<C>,
  place: Place,
  { limit, after }: LookOptions & { readonly after: number },
): Promise<Page<C>> {
  const { from } = place
  const domain: Domain = [...since(from), ['write_date', '<', text(from + 1)], ['id', '>', after]]
  const changes = await find({ domain, order: 'id', limit })
  const isDone = changes.length < limit
  const next = isDone
    ? { ...place, from: from + 1, afterId: null }
    : { ...place, afterId: changes.at(-1)?.id ?? after }
  return { changes, place: withNewest(next, changes), isEnd: false }
}

/** Where the next look begins. */
function atEnd(place: Place, { overlapSeconds }: LookOptions): Place {
  const { newest, until } = place
  const end = newest === null || until === null ? newest : Math.min(newest, until)
  const from = end === null ? place.from : Math.max(0, end - overlapSeconds)
  return { ...place, from, until: null, afterId: null }
}

function withNewest(place: Place, rows: readonly Change[]): Place {
  const newest = rows.reduce((latest, { second }) => Math.max(latest, second), place.newest ?? 0)
  return rows.length === 0 ? place : { ...place, newest }
}

function digestOf(rows: readonly Change[]): string {
  const pairs = rows.map(({ id, second }) => `${id}@${second}`).toSorted()
  return createHash('sha256').update(pairs.join()).digest('base64url').slice(0, digestLength)
}

function since(second: number): Domain {
  return [['write_date', '>=', text(second)]]
}

function text(second: number): string {
  return toDateTime(new Date(second * 1_000))
}
