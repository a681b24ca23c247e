import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'

const second = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const id = z.int().min(0)

/** Of one model: first all records, by their ids; then, pass after pass, those that were written since. */
const position = z.discriminatedUnion('at', [
  z.object({
    at: z.literal('all'),
    /** The last write before the reading began: changes count from there on. */
    since: second,
    /** All up to this id are read. */
    after: id,
  }),
  z.object({
    at: z.literal('changes'),
    /** Where the pass began. */
    from: second,
    /** All that was written before this second is read. */
    second,
    /** And of this second, all up to this id. */
    after: id,
    /** The last write that was seen by now. */
    latest: second,
    /** That of the pass before, and when that saw it. */
    before: second,
    seenAt: second,
  }),
  z.object({
    at: z.literal('end'),
    latest: second,
    /** When `latest` was first seen, by the hub's clock. */
    seenAt: second,
    /** Seen again once all that may have been committed late is: the next pass begins after it. */
    isSettled: z.boolean(),
  }),
])
export type Position = z.output<typeof position>

/** Of a feed: where it is in the model that it is about, and in those whose records belong to it. */
const cursor = z.object({
  // Null where nothing is read yet: a module that such records come with was installed later.
  positions: z.array(position.nullable()).min(1).max(4),
  /** Which of them is read next. */
  turn: z.int().min(0).max(3),
})
export type Cursor = z.output<typeof cursor>

/** Before anything that Odoo can have written. */
export const beginning = '2000-01-01T00:00:00Z'

/** @throws {TerminalError} CURSOR_INVALID for one of another version: the feed has to be read from its start. */
export function readCursor(text: string | null): Cursor | null {
  if (text === null) return null
  const parsed = cursor.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  const reason = 'the position of this feed cannot be read: pull it from its start'
  throw new TerminalError({ code: 'CURSOR_INVALID', reason })
}

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

/** Whole seconds, which is what Odoo shows of its times. */
export function toSecond(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`
}

export function shifted(time: string, seconds: number): string {
  return toSecond(new Date(Date.parse(time) + seconds * 1_000))
}
