import { createHash } from 'node:crypto'
import { type PollDefinition, type PollPage, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { type Tracker, tracker, trackerPage } from './shapes.ts'

/** An event of EasyPost's. Those that are about no tracker are taken, and mean nothing. */
const event = z.looseObject({
  id: z.string().regex(/^[\x21-\x7e]{1,150}$/),
  object: z.literal('Event'),
  description: z.string().max(200),
  result: z.looseObject({}),
})

/**
 * What a tracker says, by its scans: the webhook of it, its repeat and the poll have one id.
 */
function trackerId({ id, tracking_details: scans }: Tracker): string {
  const said = scans.map(({ status, datetime, status_detail: detail }) => [
    status,
    detail,
    datetime,
  ])
  return `${id}:${createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 32)}`
}

export const trackerWebhook = webhook({
  payload: event,
  verify: schemes.easypost.verify,
  secrets: ({ webhookSecrets }: Config) => webhookSecrets,
  messageId: ({ id, result }) => {
    const told = tracker.safeParse(result)
    return told.success ? trackerId(told.data) : id
  },
  // EasyPost takes any 2xx within seven seconds.
  accepted: { status: 200 },
})

/** Where a look at trackers stands. */
const cursor = z.object({
  v: z.literal(1),
  /** Trackers that changed from then on are told. */
  since: z.iso.datetime(),
  /** Id of the last tracker that was read; null between two looks. */
  before: z.string().nullable(),
  /** When the look under way began; null between two looks. */
  began: z.iso.datetime().nullable(),
})

const overlapMs = 15 * 60_000
const dayMs = 86_400_000

/**
 * Looks at trackers that were made lately, for webhooks get lost. EasyPost lists them by when they were made only,
 * so that every look goes over all of the last days, and tells of those that have changed.
 */
export const trackers: PollDefinition<Config> = {
  everySeconds: 1_800,
  async pull(page): Promise<PollPage> {
    const { config, now, limit } = page
    const oldest = new Date(now.getTime() - config.trackDays * dayMs).toISOString()
    const at = readCursor(page.cursor) ?? { v: 1, since: oldest, before: null, began: null }
    const query = new URLSearchParams({
      page_size: String(Math.min(limit, 100)),
      start_datetime: oldest,
      ...(at.before === null ? {} : { before_id: at.before }),
    })
    const path = `/trackers?${query.toString()}`
    const answer = await call(page, { method: 'GET', path, answer: trackerPage })
    const last = answer.trackers.at(-1)
    const hasMore = answer.has_more && last !== undefined
    const began = at.began ?? now.toISOString()
    const since = new Date(Date.parse(began) - overlapMs).toISOString()
    const next = hasMore
      ? { ...at, before: last.id, began }
      : { v: 1 as const, since, before: null, began: null }
    const changed = answer.trackers.filter((one) => isNews(one, at.since))
    return { messages: changed.map(messageOf), cursor: JSON.stringify(next), hasMore }
  },
}

function isNews({ updated_at: at, tracking_details: scans }: Tracker, since: string): boolean {
  return scans.length > 0 && Date.parse(at) >= Date.parse(since)
}

/** As the webhook would have told it. */
function messageOf(one: Tracker) {
  const body = { object: 'Event', description: 'tracker.updated', result: one }
  return { topic: 'tracker', messageId: trackerId(one), body }
}

/** A cursor that cannot be read begins anew: what is told twice is dropped by its id. */
function readCursor(text: string | null): z.output<typeof cursor> | null {
  try {
    return text === null ? null : cursor.parse(JSON.parse(text))
  } catch {
    return null
  }
}
