import type { Queryable } from './database.ts'

/** Tries that took no longer than this, in milliseconds; the last group has no bound. */
export const durationBoundsMs = [
  5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
] as const

/** Tries of a connection within an hour, by how they ended, and how many took how long. */
export interface HourOfTries {
  readonly connectionId: string
  readonly hour: Date
  readonly delivered: number
  readonly retried: number
  readonly unknown: number
  readonly dead: number
  /** One number for each bound, and one for what is above. */
  readonly durations: readonly number[]
}

/** What the process that tried last knows of a connection. */
export interface ConnectionVitals {
  readonly connectionId: string
  readonly seenBy: string
  readonly isOpen: boolean
  readonly failures: number
  readonly nextProbeAt: Date | null
  readonly pausedUntil: Date | null
  readonly allowanceLeft: number | null
  readonly allowanceLimit: number | null
  readonly allowanceResetsAt: Date | null
  readonly lastTriedAt: Date | null
  readonly lastDeliveredAt: Date | null
}

/** Adds tries to what stands there; of a connection that is gone, nothing. */
export async function addTries(db: Queryable, hours: readonly HourOfTries[]): Promise<void> {
  if (hours.length === 0) return
  await db.query({
    name: 'add-tries',
    text: `insert into connection_tries as t (connection_id, hour, delivered, retried, unknown, dead, durations)
      select g."connectionId", g.hour, g.delivered, g.retried, g.unknown, g.dead, g.durations
      from json_to_recordset($1)
        as g ("connectionId" text, hour timestamptz, delivered int, retried int, unknown int, dead int, durations int[])
      join connection c on c.connection_id = g."connectionId"
      order by 1, 2
      on conflict (connection_id, hour) do update set delivered = t.delivered + excluded.delivered,
        retried = t.retried + excluded.retried, unknown = t.unknown + excluded.unknown, dead = t.dead + excluded.dead,
        durations = (select array_agg(coalesce(a, 0) + coalesce(b, 0) order by place)
          from unnest(t.durations, excluded.durations) with ordinality as both_of (a, b, place))`,
    values: [JSON.stringify(hours)],
  })
}

export async function forgetTries(db: Queryable, days: number): Promise<void> {
  await db.query(
    'delete from connection_tries where hour < now() - make_interval(days => $1::int)',
    [days],
  )
}

export async function writeVitals(db: Queryable, rows: readonly ConnectionVitals[]): Promise<void> {
  if (rows.length === 0) return
  await db.query({
    name: 'write-vitals',
    text: `insert into connection_vitals as v (connection_id, seen_at, seen_by, is_open, failures, next_probe_at, paused_until,
        allowance_left, allowance_limit, allowance_resets_at, last_tried_at, last_delivered_at)
      select g."connectionId", now(), g."seenBy", g."isOpen", g.failures, g."nextProbeAt", g."pausedUntil",
        g."allowanceLeft", g."allowanceLimit", g."allowanceResetsAt", g."lastTriedAt", g."lastDeliveredAt"
      from json_to_recordset($1) as g ("connectionId" text, "seenBy" text, "isOpen" boolean, failures int,
        "nextProbeAt" timestamptz, "pausedUntil" timestamptz, "allowanceLeft" float8, "allowanceLimit" float8,
        "allowanceResetsAt" timestamptz, "lastTriedAt" timestamptz, "lastDeliveredAt" timestamptz)
      join connection c on c.connection_id = g."connectionId"
      order by 1
      on conflict (connection_id) do update set seen_at = excluded.seen_at, seen_by = excluded.seen_by,
        is_open = excluded.is_open, failures = excluded.failures, next_probe_at = excluded.next_probe_at,
        paused_until = excluded.paused_until, allowance_left = excluded.allowance_left,
        allowance_limit = excluded.allowance_limit, allowance_resets_at = excluded.allowance_resets_at,
        last_tried_at = coalesce(excluded.last_tried_at, v.last_tried_at),
        last_delivered_at = coalesce(excluded.last_delivered_at, v.last_delivered_at)`,
    values: [JSON.stringify(rows)],
  })
}

/** The hours of the last day, oldest first, of all connections or of one. */
export async function listTries(db: Queryable, connectionId?: string): Promise<HourOfTries[]> {
  const { rows } = await db.query<HourOfTries>(
    `select connection_id as "connectionId", hour, delivered, retried, unknown, dead, durations
     from connection_tries
     where hour > now() - interval '24 hours' and ($1::text is null or connection_id = $1)
     order by connection_id, hour`,
    [connectionId ?? null],
  )
  return rows
}
