import {
  array,
  extend,
  type infer as Infer,
  nullable,
  number,
  object,
  record,
  string,
} from 'zod/mini'
import { fetchBody } from '../../api/client.ts'

const counted = object({ count: number(), list: string(), query: record(string(), string()) })

const overview = object({
  at: string(),
  mine: nullable(counted),
  queues: nullable(
    array(
      extend(counted, {
        queue: string(),
        unassigned: number(),
        overdue: number(),
        dueSoon: number(),
      }),
    ),
  ),
  overdue: nullable(counted),
  dueSoon: nullable(counted),
  openedToday: nullable(counted),
  deadLetters: nullable(counted),
  parkedWords: nullable(counted),
  refundsBlocked: extend(counted, {
    amounts: array(object({ amount: string(), currency: string() })),
  }),
  connections: nullable(
    object({
      down: number(),
      broken: number(),
      degraded: number(),
      authExpiring: number(),
      paused: number(),
      healthy: number(),
    }),
  ),
  headlines: array(extend(counted, { headline: string() })),
})

export type Overview = Infer<typeof overview>
export type Counted = Infer<typeof counted>

/** @param today - when the reader's day began. */
export function readOverview(today: Date, signal: AbortSignal): Promise<Overview> {
  return fetchBody('/api/v1/overview', overview, {
    query: { today: today.toISOString() },
    signal,
  })
}

/** When the day began in a zone that it is `now` in. */
export function startOfDay(now: Date, zone: string): Date {
  const format = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  })
  const [hours = 0, minutes = 0, seconds = 0] = format.format(now).split(':').map(Number)
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000
  return new Date(Math.floor((now.getTime() - ms) / 1_000) * 1_000)
}
