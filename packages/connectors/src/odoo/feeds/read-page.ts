import type { z } from 'zod'
import { searchNested } from '../client/nested-read.ts'
import type { Domain, Odoo } from '../client/odoo.ts'
import { toDateTime } from '../client/values.ts'
import { beginning, type Position, shifted, toSecond } from './cursor.ts'

/** What a feed reads, archived records included. */
export interface Source<Row extends z.ZodObject> {
  readonly model: string
  readonly domain: Domain
  /** Has `id` and `write_date`. */
  readonly row: Row
  readonly isAbsent?: (path: string) => boolean
}

export interface Stamped {
  readonly id: number
  readonly write_date: string | null
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly position: Position
  readonly hasMore: boolean
}

export interface PageLimits {
  readonly limit: number
  readonly overlapSeconds: number
  readonly now: Date
}

type Read<Row> = (
  domain: Domain,
  order: string,
  limit: number,
) => Promise<readonly (Row & Stamped)[]>

/**
 * Reads the next page of a model and loses nothing: neither what is written while it reads, nor what shares a second.
 *
 * Odoo shows whole seconds of `write_date` and sorts by what it does not show, so that a cursor of time and id
 * leaves out records, and an offset leaves out one for every record that is written meanwhile. Instead seconds are
 * read whole, and one that holds more than a page by id, whatever the order in which they were written.
 *
 * A transaction that began earlier may be committed later: each pass begins an overlap before the last write that was
 * seen, until that has been read once more an overlap later. All times are Odoo's own; only how long ago something
 * was seen is measured by the hub's clock.
 */
export async function readPage<Row extends z.ZodObject>(
  odoo: Odoo,
  source: Source<Row>,
  { position, ...limits }: PageLimits & { readonly position: Position | null },
): Promise<Page<z.output<Row> & Stamped>> {
  const read: Read<z.output<Row>> = (domain, order, limit) =>
    readRows(odoo, source, { domain, order, limit })
  if (position === null) return readAll(read, { since: await latestWrite(read), after: 0 }, limits)
  if (position.at === 'all') return readAll(read, position, limits)
  const pass = position.at === 'changes' ? position : passAfter(position, limits)
  return readChanges(read, pass, limits)
}

/** Of those that the source is about, archived ones included. */
export async function readRows<Row extends z.ZodObject>(
  odoo: Odoo,
  { model, domain: own, row, isAbsent }: Source<Row>,
  search: { readonly domain: Domain; readonly order: string; readonly limit: number },
): Promise<(z.output<Row> & Stamped)[]> {
  const rows = await searchNested(odoo, model, {
    ...search,
    domain: [...search.domain, ...own],
    row,
    context: { active_test: false },
    ...(isAbsent === undefined ? {} : { isAbsent }),
  })
  return rows as (z.output<Row> & Stamped)[]
}

/** A position behind all that there is: what is written from now on is read. */
export async function positionAtEnd<Row extends z.ZodObject>(
  odoo: Odoo,
  source: Source<Row>,
  now: Date,
): Promise<Position> {
  const latest = await latestWrite((domain, order, limit) =>
    readRows(odoo, source, { domain, order, limit }),
  )
  return { at: 'end', latest, seenAt: toSecond(now), isSettled: false }
}

async function latestWrite(read: Read<unknown>): Promise<string> {
  const [last] = await read([['write_date', '!=', false]], 'write_date desc, id desc', 1)
  return last?.write_date ?? beginning
}

async function readAll<Row>(
  read: Read<Row>,
  { since, after }: { readonly since: string; readonly after: number },
  { limit, overlapSeconds, now }: PageLimits,
): Promise<Page<Row & Stamped>> {
  const rows = await read([['id', '>', after]], 'id', limit)
  const last = rows.at(-1)
  if (last && rows.length === limit) {
    return { rows, position: { at: 'all', since, after: last.id }, hasMore: true }
  }
  const from = shifted(since, -overlapSeconds)
  const seen = { latest: since, before: beginning, seenAt: toSecond(now) }
  const position: Position = { at: 'changes', from, second: from, after: 0, ...seen }
  return { rows, position, hasMore: true }
}

type Pass = Extract<Position, { at: 'changes' }>

function passAfter(
  { latest, seenAt, isSettled }: Extract<Position, { at: 'end' }>,
  { overlapSeconds }: PageLimits,
): Pass {
  const from = isSettled ? shifted(latest, 1) : shifted(latest, -overlapSeconds)
  return { at: 'changes', from, second: from, after: 0, latest, before: latest, seenAt }
}

async function readChanges<Row>(
  read: Read<Row>,
  pass: Pass,
  limits: PageLimits,
): Promise<Page<Row & Stamped>> {
  const { limit } = limits
  if (pass.after > 0) return readSecond(read, pass, limit)
  const rows = await read([['write_date', '>=', moment(pass.second)]], 'write_date, id', limit)
  const last = rows.at(-1)?.write_date
  if (!last || rows.length < limit) {
    const latest = later(pass.latest, last ?? beginning)
    return { rows, position: endOf({ ...pass, latest }, limits), hasMore: false }
  }
  // The last second may hold more than is seen of it.
  const whole = rows.filter(({ write_date }) => write_date !== last)
  const next = { ...pass, second: last, latest: later(pass.latest, last) }
  if (whole.length === 0) return readSecond(read, next, limit)
  return { rows: whole, position: next, hasMore: true }
}

/** Who is written meanwhile leaves the second and comes later; nobody moves within it. */
async function readSecond<Row>(
  read: Read<Row>,
  pass: Pass,
  limit: number,
): Promise<Page<Row & Stamped>> {
  const { second, after } = pass
  const domain: Domain = [
    ['write_date', '>=', moment(second)],
    ['write_date', '<', moment(shifted(second, 1))],
    ['id', '>', after],
  ]
  const rows = await read(domain, 'id', limit)
  const last = rows.at(-1)
  const isWhole = last === undefined || rows.length < limit
  const next = isWhole ? { second: shifted(second, 1), after: 0 } : { after: last.id }
  return { rows, position: { ...pass, ...next }, hasMore: true }
}

function endOf({ latest, before, seenAt }: Pass, { overlapSeconds, now }: PageLimits): Position {
  if (latest !== before) return { at: 'end', latest, seenAt: toSecond(now), isSettled: false }
  const isSettled = now.getTime() - Date.parse(seenAt) >= overlapSeconds * 1_000
  return { at: 'end', latest, seenAt, isSettled }
}

function later(a: string, b: string): string {
  return a > b ? a : b
}

function moment(time: string): string {
  return toDateTime(new Date(time))
}
