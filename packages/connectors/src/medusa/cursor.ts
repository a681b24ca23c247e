import { z } from 'zod'

const cursor = z.object({
  v: z.literal(1),
  /** Orders that were modified then or later are read. */
  from: z.iso.datetime(),
  /** How many of them were read: above 0 only within one millisecond that holds more orders than a page. */
  offset: z.int().min(0),
})
export type Cursor = z.output<typeof cursor>

/** One that cannot be read begins anew: what is read twice is dropped by its id. */
export function readCursor(
  text: string | null,
  { now, firstLookDays }: { readonly now: Date; readonly firstLookDays: number },
): Cursor {
  const parsed = text === null ? null : cursor.safeParse(parseJson(text))
  if (parsed?.success) return parsed.data
  const from = new Date(now.getTime() - firstLookDays * 86_400_000).toISOString()
  return { v: 1, from, offset: 0 }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

interface Read {
  /** When the last order of the page was modified; null for an empty page. */
  readonly last: string | null
  readonly read: number
  readonly isFull: boolean
  readonly overlapMs: number
}

/** Pages are not counted over time, since an order that is modified meanwhile goes to the end of the list. */
export function nextCursor(
  { from, offset }: Cursor,
  { last, read, isFull, overlapMs }: Read,
): Cursor {
  if (last === null) return { v: 1, from, offset: 0 }
  if (isFull) {
    return last > from ? { v: 1, from: last, offset: 0 } : { v: 1, from, offset: offset + read }
  }
  const back = new Date(Date.parse(last) - overlapMs).toISOString()
  return { v: 1, from: back > from ? back : from, offset: 0 }
}
