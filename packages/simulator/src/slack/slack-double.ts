import {
  type BookEntry,
  type DoubleAnswer,
  type DoubleRequest,
  type HttpDouble,
  startHttpDouble,
} from '../double/index.ts'

export interface SlackOptions {
  readonly token?: string
  /** Channels that the app was invited to. */
  readonly channels?: readonly string[]
  /** Messages that a channel takes in a second; 1 where it is left out, as Slack has it. */
  readonly perSecond?: number
  readonly now?: () => Date
  readonly seed?: number
}

export interface SlackMessage {
  readonly channel: string
  readonly ts: string
  readonly threadTs: string | null
  readonly text: string
  readonly metadata?: {
    readonly event_type: string
    readonly event_payload: Record<string, unknown>
  }
}

export interface SlackDouble {
  readonly double: HttpDouble
  /** `http://127.0.0.1:<port>/api`. */
  readonly url: string
  readonly messages: readonly SlackMessage[]
  close(): Promise<void>
}

/** What is wrong stands inside a 200. */
function no(error: string): DoubleAnswer {
  return { status: 200, body: { ok: false, error } }
}

/**
 * Starts a workspace that takes messages of an app. It posts what it is given as often as it is given it, holds
 * channels to their rate with 429 and `Retry-After`, and shows pages of at most 100 messages, the newest first.
 */
export async function startSlack(options: SlackOptions = {}): Promise<SlackDouble> {
  const { token = 'xoxb-double-token', channels = ['C0RETURNS'], now = () => new Date() } = options
  const messages: SlackMessage[] = []
  const lastPosts = new Map<string, number>()
  const office: Office = { channels, messages, now, lastPosts, perSecond: options.perSecond ?? 1 }
  const double = await startHttpDouble({
    routes: [
      ['GET', '/api/auth.test', authTest],
      ['POST', '/api/auth.test', authTest],
      ['POST', '/api/chat.postMessage', (request) => postMessage(office, request)],
      ['GET', '/api/conversations.history', ({ query }) => history(office, query)],
      ['GET', '/api/conversations.replies', ({ query }) => replies(office, query)],
    ],
    authorize: ({ headers }) =>
      headers.authorization === `Bearer ${token}` ? null : no('invalid_auth'),
    notFound: no('unknown_method'),
    books: () => messages.map(bookOf),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  return { double, url: `${double.url}/api`, messages, close: () => double.close() }
}

interface Office {
  readonly channels: readonly string[]
  readonly messages: SlackMessage[]
  readonly now: () => Date
  readonly lastPosts: Map<string, number>
  readonly perSecond: number
}

function authTest(): DoubleAnswer {
  const body = { ok: true, url: 'https://example.slack.com/', team: 'Example', user: 'backhaul' }
  return { status: 200, body: { ...body, team_id: 'T0EXAMPLE', user_id: 'U0BACKHAUL' } }
}

function postMessage(office: Office, request: DoubleRequest): DoubleAnswer {
  const { channel, text, thread_ts: threadTs, metadata } = (request.json() ?? {}) as PostedBody
  if (typeof channel !== 'string' || !office.channels.includes(channel))
    return no('channel_not_found')
  if (typeof text !== 'string' || text === '') return no('no_text')
  const nowMs = office.now().getTime()
  const waitMs = (office.lastPosts.get(channel) ?? 0) + 1_000 / office.perSecond - nowMs
  if (waitMs > 0) {
    const headers = { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
    return { status: 429, headers, body: { ok: false, error: 'ratelimited' } }
  }
  office.lastPosts.set(channel, nowMs)
  const count = String(office.messages.length + 1).padStart(6, '0')
  const ts = `${Math.floor(nowMs / 1_000)}.${count}`
  const isKnown = office.messages.some((one) => one.channel === channel && one.ts === threadTs)
  office.messages.push({
    channel,
    ts,
    threadTs: isKnown && typeof threadTs === 'string' ? threadTs : null,
    text,
    ...(metadata === undefined ? {} : { metadata }),
  })
  return { status: 200, body: { ok: true, channel, ts, message: { type: 'message', text, ts } } }
}

interface PostedBody {
  readonly channel?: unknown
  readonly text?: unknown
  readonly thread_ts?: unknown
  readonly metadata?: NonNullable<SlackMessage['metadata']>
}

function history({ channels, messages }: Office, query: URLSearchParams): DoubleAnswer {
  const channel = query.get('channel') ?? ''
  if (!channels.includes(channel)) return no('channel_not_found')
  const oldest = Number(query.get('oldest') ?? 0)
  const roots = messages
    .filter((one) => one.channel === channel && one.threadTs === null && Number(one.ts) >= oldest)
    .toReversed()
  return pageOf(roots, query)
}

function replies({ messages }: Office, query: URLSearchParams): DoubleAnswer {
  const [channel, ts] = [query.get('channel'), query.get('ts')]
  const found = messages.filter(
    (one) => one.channel === channel && (one.ts === ts || one.threadTs === ts),
  )
  return found.length === 0 ? no('thread_not_found') : pageOf(found, query)
}

function pageOf(all: readonly SlackMessage[], query: URLSearchParams): DoubleAnswer {
  const start = Number(query.get('cursor') ?? 0)
  const end = start + Math.min(100, Number(query.get('limit') ?? 100))
  const isWhole = query.get('include_all_metadata') === 'true'
  const shown = all.slice(start, end).map(({ ts, threadTs, text, metadata }) => ({
    type: 'message',
    ts,
    text,
    ...(threadTs === null ? {} : { thread_ts: threadTs }),
    ...(isWhole && metadata ? { metadata } : {}),
  }))
  const next = end < all.length ? String(end) : ''
  const body = { ok: true, messages: shown, has_more: next !== '' }
  return { status: 200, body: { ...body, response_metadata: { next_cursor: next } } }
}

function bookOf({ channel, ts, metadata, threadTs }: SlackMessage): BookEntry {
  const caseNo = metadata?.event_payload['case_no']
  return {
    caseNo: typeof caseNo === 'string' ? caseNo : null,
    ref: `${channel}:${ts}`,
    kind: 'message',
    status: threadTs === null ? 'posted' : 'replied',
  }
}
