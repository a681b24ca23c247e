import type { MasterDataInput, MasterDataKind } from '@backhaul/sdk/canonical'
import type { FeedDefinition, FeedPull } from '@backhaul/sdk/connector'
import type { z } from 'zod'
import { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { type Cursor, type Position, readCursor, writeCursor } from './cursor.ts'
import { positionAtEnd, readPage, readRows, type Source, type Stamped } from './read-page.ts'

/** Records whose writing does not show in the `write_date` of the records that they belong to. */
export interface Belonging {
  readonly source: Source<z.ZodObject>
  /** The records that one row of it belongs to. */
  readonly ownersOf: (row: unknown) => readonly number[]
}

export function belonging<Row extends z.ZodObject>(
  source: Source<Row>,
  ownersOf: (row: z.output<Row>) => readonly (number | null)[],
): Belonging {
  const read = (row: unknown) =>
    ownersOf(row as z.output<Row>).flatMap((id) => (id === null ? [] : [id]))
  return { source, ownersOf: read }
}

export interface Plan<Kind extends MasterDataKind, Row extends z.ZodObject> {
  readonly source: Source<Row>
  readonly belongings: readonly Belonging[]
  readonly itemsOf: (
    rows: readonly (z.output<Row> & Stamped)[],
  ) => Promise<readonly MasterDataInput<Kind>[]> | readonly MasterDataInput<Kind>[]
}

/** Rows take up to 1 kB each, and the hub reads answers up to 1 MiB. */
const mostRows = 500

/**
 * A feed over a model: all of it, then what was written since, then what belongs to it and was written since.
 * What is deleted over there is not told, Odoo keeps no trace of it; what is archived is.
 */
export function feedOf<Kind extends MasterDataKind, Row extends z.ZodObject>(
  planOf: (odoo: Odoo) => Promise<Plan<Kind, Row>>,
): FeedDefinition<Config, Kind> {
  return {
    pull: async (page) => {
      const odoo = await Odoo.open(page)
      const plan = await planOf(odoo)
      const known = readCursor(page.cursor) ?? (await firstCursor(odoo, plan, page.now))
      const turn = known.turn > plan.belongings.length ? 0 : known.turn
      const before = { ...known, turn }
      const { rows, position, hasMore } = await readTurn(odoo, plan, { page, before })
      const { cursor, isOver } = advance(before, plan, { position, hasMore })
      const items = await plan.itemsOf(rows)
      return { items, cursor: writeCursor(cursor), hasMore: !isOver }
    },
  }
}

/** What belongs to a record is read with it: it counts from now on. */
async function firstCursor<Kind extends MasterDataKind, Row extends z.ZodObject>(
  odoo: Odoo,
  { belongings }: Plan<Kind, Row>,
  now: Date,
): Promise<Cursor> {
  const positions: (Position | null)[] = [null]
  for (const { source } of belongings) positions.push(await positionAtEnd(odoo, source, now))
  return { positions, turn: 0 }
}

interface Turn<Row> {
  readonly rows: readonly (Row & Stamped)[]
  readonly position: Position
  readonly hasMore: boolean
}

async function readTurn<Kind extends MasterDataKind, Row extends z.ZodObject>(
  odoo: Odoo,
  { source, belongings }: Plan<Kind, Row>,
  { page, before }: { readonly page: FeedPull<Config>; readonly before: Cursor },
): Promise<Turn<z.output<Row>>> {
  const { config, now } = page
  const limit = Math.min(page.limit, mostRows)
  const position = before.positions[before.turn] ?? null
  const limits = { position, limit, overlapSeconds: config.overlapSeconds, now }
  const other = belongings[before.turn - 1]
  if (other === undefined) return readPage(odoo, source, limits)
  const read = await readPage(odoo, other.source, limits)
  const owners = [...new Set(read.rows.flatMap((row) => other.ownersOf(row)))]
  const rows: (z.output<Row> & Stamped)[] = []
  for (let at = 0; at < owners.length; at += limit) {
    const domain = [['id', 'in', owners.slice(at, at + limit)]] as const
    rows.push(...(await readRows(odoo, source, { domain, order: 'id', limit })))
  }
  return { ...read, rows }
}

/** One model after the other; the end of the last is the end of the feed. */
function advance<Kind extends MasterDataKind, Row extends z.ZodObject>(
  { positions, turn }: Cursor,
  { belongings }: Plan<Kind, Row>,
  read: Pick<Turn<Row>, 'position' | 'hasMore'>,
): { readonly cursor: Cursor; readonly isOver: boolean } {
  const moved = [null, ...belongings].map((_, index) =>
    index === turn ? read.position : (positions[index] ?? null),
  )
  const isLast = turn >= belongings.length
  const next = isLast ? 0 : turn + 1
  return {
    cursor: { positions: moved, turn: read.hasMore ? turn : next },
    isOver: !read.hasMore && isLast,
  }
}
