import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'

const reading = z.object({
  /** Orders that have changed since. */
  since: z.iso.datetime(),
  /** When the round began: the next one reads from then on, and a little before. */
  began: z.iso.datetime(),
  /** Where Shopify's next page begins. */
  after: z.string().nullable(),
  /** The very first round tells only what is under way: everything else is over. */
  isFirst: z.boolean(),
})
export type Cursor = z.output<typeof reading>

export function readCursor(text: string): Cursor {
  try {
    return reading.parse(JSON.parse(text))
  } catch {
    throw new TerminalError({
      code: 'CURSOR_UNREADABLE',
      reason: 'The cursor is not of this poll.',
    })
  }
}

export function writeCursor(cursor: Cursor): string {
  return JSON.stringify(cursor)
}
