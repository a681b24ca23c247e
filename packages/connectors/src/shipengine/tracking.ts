import { createHash } from 'node:crypto'
import { type PollDefinition, type PollPage, webhook } from '@backhaul/sdk/connector'
import { schemes } from '@backhaul/sdk/signing'
import { z } from 'zod'
import { orNull } from '../json-call.ts'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { type Label, labelPage, type Tracking, tracking } from './shapes.ts'

/** A webhook of the events `track` (ShipEngine) and `track_event_v2` (ShipStation). */
const told = z.looseObject({
  resource_url: z.string().max(2000),
  resource_type: z.enum(['API_TRACK', 'TRACK_EVENT_V2']),
  data: tracking,
})

/** What a parcel's tracking says, by its scans: the webhook, its repeat and the poll have one id. */
function trackingId({ tracking_number: number, status_code: status, events }: Tracking): string {
  const scans = events.map((scan) => [
    scan.occurred_at,
    scan.status_code ?? null,
    scan.status_detail_code ?? null,
    scan.event_code ?? null,
  ])
  const digest = createHash('sha256')
    .update(JSON.stringify([number, status, scans]))
    .digest('hex')
  return `track:${digest.slice(0, 40)}`
}

export const trackWebhook = webhook({
  payload: told,
  verify: schemes.shipengine.verify,
  secrets: ({ webhookKeys }: Config) => webhookKeys,
  messageId: ({ data }) => trackingId(data),
  accepted: { status: 200 },
})

/** Where a look at labels stands. */
const cursor = z.object({
  v: z.literal(1),
  page: z.int().min(1),
  /** Labels from then on; the same for all pages of a look. */
  from: z.iso.datetime(),
  /** When the look before this one began; null in the first. */
  since: z.iso.datetime().nullable(),
  /** When this one began; null between two. */
  began: z.iso.datetime().nullable(),
})

const dayMs = 86_400_000
/** How late a carrier may tell of a scan for the poll to see it. */
const overlapMs = 3 * dayMs
/** Each label of a page is one more call. */
const pageSize = 25

/**
 * Looks at the parcels of return labels that were made lately, for webhooks get lost. There is no list of trackings,
 * and none of what changed: a look asks for each label, and tells of those with scans since the last one.
 */
export const labels: PollDefinition<Config> = {
  everySeconds: 7_200,
  async pull(asked): Promise<PollPage> {
    const { config, now, limit } = asked
    const from = new Date(now.getTime() - config.trackDays * dayMs).toISOString()
    const at = readCursor(asked.cursor) ?? { v: 1, page: 1, from, since: null, began: null }
    const began = at.began ?? now.toISOString()
    const query = new URLSearchParams({
      created_at_start: at.began === null ? from : at.from,
      page: String(at.page),
      page_size: String(Math.min(limit, pageSize)),
      // What is made during a look comes behind what was there before.
      sort_by: 'created_at',
      sort_dir: 'asc',
    })
    const answer = await call(asked, {
      method: 'GET',
      path: `/labels?${query.toString()}`,
      answer: labelPage,
    })
    const messages = []
    for (const one of answer.labels.filter(isUnderWay)) {
      const path = `/labels/${one.label_id}/track`
      const found = await orNull(call(asked, { method: 'GET', path, answer: tracking }))
      if (found && isNews(found, at.since)) messages.push(messageOf(config, one, found))
    }
    const hasMore = answer.page < answer.pages
    const next = hasMore
      ? { ...at, page: at.page + 1, began }
      : { v: 1, page: 1, from, since: began, began: null }
    return { messages, cursor: JSON.stringify(next), hasMore }
  },
}

function isUnderWay({ is_return_label: isReturn, voided, status }: Label): boolean {
  return isReturn === true && !voided && status === 'completed'
}

function isNews({ events }: Tracking, since: string | null): boolean {
  if (since === null) return events.length > 0
  const from = Date.parse(since) - overlapMs
  return events.some(({ occurred_at: at }) => Date.parse(at) >= from)
}

/** As the webhook would have told it. */
function messageOf(
  { url }: Config,
  { label_id: id, carrier_code: carrier }: Label,
  found: Tracking,
) {
  const data = { ...found, carrier_code: carrier }
  const body = { resource_url: `${url}/labels/${id}/track`, resource_type: 'API_TRACK', data }
  return { topic: 'track', messageId: trackingId(found), body }
}

function readCursor(text: string | null): z.output<typeof cursor> | null {
  try {
    return text === null ? null : cursor.parse(JSON.parse(text))
  } catch {
    return null
  }
}
