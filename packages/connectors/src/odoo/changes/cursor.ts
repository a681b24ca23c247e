import { z } from 'zod'

/** Whole seconds since 1970, by the clock of the server. */
const second = z.int().min(0)

/** How far one model has been read. */
const place = z.object({
  /** Where the next page begins, inclusive. */
  from: second,
  /** Newest change that was seen. */
  newest: second.nullable(),
  /** End of the look under way, inclusive: what the newest change was when it began. Null between two looks. */
  until: second.nullable(),
  /** Within a second of more changes than a page holds: id of the last one read. Null elsewhere. */
  afterId: z.int().min(0).nullable(),
  /** Digest of the changes that the overlap shows again at every look. */
  tail: z.string().max(32).nullable(),
  /** When that tail was seen first, by our clock; null once it was read again after it could not change any more. */
  tailSince: second.nullable(),
})
export type Place = z.output<typeof place>

const cursor = z.object({
  v: z.literal(1),
  /** Model that the next page begins with. */
  at: z.int().min(0),
  places: z.record(z.string().max(40), place),
})
export type Cursor = z.output<typeof cursor>

/** Changes of this long before the first look are read as well. */
const firstLookSeconds = 86_400

/** A cursor that cannot be read begins anew: what is read twice is dropped by its id. */
export function readCursor(text: string | null): Cursor {
  if (text === null) return emptyCursor
  const parsed = cursor.safeParse(parseJson(text))
  return parsed.success ? parsed.data : emptyCursor
}

const emptyCursor: Cursor = { v: 1, at: 0, places: {} }

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export function writeCursor(value: Cursor): string {
  return JSON.stringify(value)
}

/** Where a model begins that was never read: nobody knows the server's clock yet, a day covers the difference. */
export function firstPlace(now: Date): Place {
  const from = Math.max(0, toSecond(now) - firstLookSeconds)
  return { from, newest: null, until: null, afterId: null, tail: null, tailSince: null }
}

export function toSecond(at: Date): number {
  return Math.floor(at.getTime() / 1_000)
}
