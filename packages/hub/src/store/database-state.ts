import type { Queryable } from './database.ts'

/** What the database server says of itself. */
export interface ServerState {
  /** Such as `18.4`. */
  readonly version: string
  readonly now: Date
  readonly sizeMb: number
  /** For how many days from today on every history table has a partition; -1 when not even for today. */
  readonly daysAhead: number
}

export async function findServerState(db: Queryable): Promise<ServerState> {
  const { rows } = await db.query<ServerState>(
    `select split_part(current_setting('server_version'), ' ', 1) as version, clock_timestamp() as now,
       (pg_database_size(current_database()) / 1000000)::int as "sizeMb",
       coalesce((
         select min(last_day) - (now() at time zone 'UTC')::date
         from (select p.relname, max(to_date(right(c.relname, 8), 'YYYYMMDD')) as last_day
               from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_class c on c.oid = i.inhrelid
               where p.relkind = 'p' and c.relkind = 'r' and c.relname ~ '_[0-9]{8}$'
               group by p.relname) tables), -1) as "daysAhead"`,
  )
  const [state] = rows
  if (state === undefined) throw new TypeError('a query of one row came back with none')
  return state
}
