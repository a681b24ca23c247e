import { z } from 'zod'

const cursor = z.object({
  v: z.literal(1),
  /** Orders that were modified after this are read, in whole seconds since 1970 by the shop's clock. */
  after: z.int().min(0),
  /** Page of them: above 1 only within one second that holds more orders than a page. */
  page: z.int().min(1),
})
export type Cursor = z.output<typeof cursor>

/** One that cannot be read begins anew: what is read twice is dropped by its id. */
export function readCursor(
  text: string | null,
  { now, firstLookDays }: { readonly now: Date; readonly firstLookDays: number },
): Cursor {
  const parsed = text === null ? null : cursor.safeParse(parseJson(text))
  if (parsed?.success) return parsed.data
  const start = Math.floor(now.getTime() / 1_000) - firstLookDays * 86_400
  return { v: 1, after: Math.max(0, start), page: 1 }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * Where the next page begins, after one that ended with an order modified at `last`. An order that is modified while
 * it is read goes to the end of the list, so that pages are never counted over time: each begins with the second of
 * the last order.
 */
export function nextCursor(
  { after, page }: Cursor,
  {
    last,
    isFull,
    overlapSeconds,
  }: { readonly last: number | null; readonly isFull: boolean; readonly overlapSeconds: number },
): Cursor {
  if (last === null) return { v: 1, after, page: 1 }
  // `modified_after` leaves that very second out.
  const reached = last - 1
  if (!isFull) return { v: 1, after: Math.max(after, last - overlapSeconds), page: 1 }
  return reached > after ? { v: 1, after: reached, page: 1 } : { v: 1, after, page: page + 1 }
}
