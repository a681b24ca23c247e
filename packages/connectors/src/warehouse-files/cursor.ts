import { createHash } from 'node:crypto'
import { z } from 'zod'

/**
 * How far the files of a warehouse were taken. The hub keeps it together with what was read, so that a file in it is
 * known to be kept, and can be archived: whatever dies in between, nothing is lost.
 */
const cursor = z.object({
  /** The last control number of an acknowledgment. */
  last: z.int().min(0).max(999_999_999),
  /** Files that were read and still lie where they lay. */
  pending: z.array(
    z.object({
      name: z.string(),
      /** The first 16 signs of the SHA-256 of what was read. */
      hash: z.string(),
      /** Number of the acknowledgment that it gets; null for none. */
      ack: z.int().nullable(),
    }),
  ),
})
export type Cursor = z.output<typeof cursor>
export type PendingFile = Cursor['pending'][number]

const none: Cursor = { last: 0, pending: [] }

/** One that nobody can read is one that nobody has written. */
export function readCursor(text: string | null): Cursor {
  if (text === null) return none
  try {
    return cursor.parse(JSON.parse(text))
  } catch {
    return none
  }
}

export function writeCursor(value: Cursor): string {
  return JSON.stringify(value)
}

/** Numbers of what mapping documents write lie below: they are made of the numbers of cases. */
const firstAcknowledgment = 500_000_000
const epochMs = Date.UTC(2026, 0, 1)

/**
 * The next control number of an acknowledgment: the seconds since 2026, and one more than the last one in any case. So a
 * cursor that is begun anew does not repeat what was used before. It begins again after 15 years.
 */
export function nextControlNumber(last: number, now: Date): number {
  const seconds = Math.max(0, Math.floor((now.getTime() - epochMs) / 1_000))
  const byClock = firstAcknowledgment + (seconds % firstAcknowledgment)
  const next = last >= byClock && last - byClock < 1_000_000 ? last + 1 : byClock
  return Math.min(next, 999_999_999)
}

/** Stands for the hash of a file that was not read, and goes to the refused ones. */
export const unreadHash = 'unread'

/** SHA-256, in hexadecimal digits. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
