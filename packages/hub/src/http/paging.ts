import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HubError } from '../platform/errors.ts'

const maxPage = 200

/** What every list can be asked. */
export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maxPage)
    .default(50)
    .describe('How many items a page has at most.'),
  cursor: z
    .string()
    .max(1_200)
    .optional()
    .describe('`next_cursor` of the page before. Opaque; not to be made or changed.'),
}

/** A page of `item`. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    data: z.array(item),
    next_cursor: z.string().nullable().describe('For the next page; null on the last one.'),
    has_more: z.boolean(),
  })
}

/** Makes a cursor of where a list goes on. */
export function makeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Reads a cursor that `makeCursor` made. @throws {HubError} MALFORMED_REQUEST for anything else. */
export function readCursor<Place extends z.ZodType>(
  cursor: string | undefined,
  place: Place,
): z.output<Place> | undefined {
  if (cursor === undefined) return undefined
  const parsed = place.safeParse(parse(cursor))
  if (parsed.success) return parsed.data
  throw new HubError('MALFORMED_REQUEST', 'This cursor was not made by this list.', {
    problems: [{ pointer: '/cursor', code: 'invalid', message: 'not a cursor of this list' }],
  })
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return null
  }
}

export interface Page<Item> {
  readonly data: Item[]
  readonly next_cursor: string | null
  readonly has_more: boolean
}

/** Answers with a page, and says in a Link header where the next one is. */
export function sendPage<Item>(
  reply: FastifyReply,
  { data, next }: { readonly data: Item[]; readonly next: readonly (string | number)[] | null },
): Page<Item> {
  const cursor = next === null ? null : makeCursor(next)
  if (cursor !== null) reply.header('link', `<${nextAddress(reply.request, cursor)}>; rel="next"`)
  return { data, next_cursor: cursor, has_more: cursor !== null }
}

function nextAddress({ url }: FastifyRequest, cursor: string): string {
  const [path = '', query = ''] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.set('cursor', cursor)
  return `${path}?${parameters.toString()}`
}

/** A page out of one row more than it shows. */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  placeOf: (last: Row) => readonly (string | number)[],
): { items: Row[]; next: readonly (string | number)[] | null } {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next: rows.length > limit && last !== undefined ? placeOf(last) : null }
}
