import { z } from 'zod'
import { type Line, read } from './slack-api.ts'

/** What our messages carry that no reader sees. */
export const metadataType = 'backhaul_case'

const message = z
  .object({
    ts: z.string(),
    metadata: z
      .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
      .optional(),
  })
  .loose()
const page = z.object({
  ok: z.literal(true),
  messages: z.array(message),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
})
type Message = z.output<typeof message>

/** How far back the first message of a return is looked for. */
const backDays = 60
const mostPages = 10

/** Where a return is talked of in a channel, and whether this command has been said there already. */
export interface Thread {
  /** Of its first message; null where there is none yet. */
  readonly rootTs: string | null
  /** Of the message of this command; null where there is none. */
  readonly ownTs: string | null
}

/** Looks for the thread of a case. @throws {DeliveryError} */
export async function findThread(
  line: Line,
  wanted: { readonly channel: string; readonly caseNo: string; readonly key: string },
): Promise<Thread> {
  const { channel, caseNo, key } = wanted
  const oldest = String(Math.floor(line.now.getTime() / 1_000) - backDays * 86_400)
  const query = { channel, oldest }
  const root = await find(line, { method: 'conversations.history', query }, (one) =>
    says(one, 'case_no', caseNo),
  )
  if (root === null) return { rootTs: null, ownTs: null }
  if (says(root, 'key', key)) return { rootTs: root.ts, ownTs: root.ts }
  const replies = { method: 'conversations.replies', query: { channel, ts: root.ts } }
  const own = await find(line, replies, (one) => says(one, 'key', key))
  return { rootTs: root.ts, ownTs: own?.ts ?? null }
}

async function find(
  line: Line,
  { method, query }: { readonly method: string; readonly query: Readonly<Record<string, string>> },
  fits: (one: Message) => boolean,
): Promise<Message | null> {
  let cursor = ''
  let oldest: Message | null = null
  for (let count = 0; count < mostPages; count += 1) {
    const more: Record<string, string> = cursor === '' ? {} : { cursor }
    const fixed = { limit: '200', include_all_metadata: 'true' }
    const got = await read(line, { method, query: { ...query, ...fixed, ...more }, answer: page })
    // The newest come first: the first message of a return is the last that fits.
    oldest = got.messages.findLast(fits) ?? oldest
    cursor = got.response_metadata?.next_cursor ?? ''
    if (cursor === '') break
  }
  return oldest
}

function says({ metadata }: Message, name: string, value: string): boolean {
  return metadata?.event_type === metadataType && metadata.event_payload[name] === value
}
