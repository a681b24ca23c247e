import type { PollDefinition, PolledMessage, PollPull } from '@backhaul/sdk/connector'
import { RetryableError, UnknownOutcomeError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { Odoo, parseAs } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import { type Cursor, firstPlace, type Place, readCursor, toSecond, writeCursor } from './cursor.ts'
import { entryMessages } from './documents/entry.ts'
import { paymentMessages } from './documents/payment.ts'
import { repairMessages } from './documents/repair.ts'
import { replacementMessages } from './documents/replacement.ts'
import { scrapMessages, transferMessages } from './documents/transfer.ts'
import { readPage } from './look.ts'
import { findChanges, type Unit, type WatchedChange, watchedModels } from './watched.ts'

/** Documents on a page, at most: each is read with all that belongs to it. */
const pageLimit = 100
const everySeconds = 30

/**
 * What people did in Odoo to documents of returns. One search for each of six models where nothing has changed.
 *
 * Two readings of one state are one message; what we did ourselves is left out where it can be told apart.
 */
export const changes: PollDefinition<Config> = {
  everySeconds,
  pull: (page) => pullPage(page).catch(asReading),
}

/** Nothing is written: a malformed answer may come out well another time, and is no unknown outcome. */
function asReading(error: unknown): never {
  if (!(error instanceof UnknownOutcomeError)) throw error
  const { code, status, message } = error
  throw new RetryableError({ code, status, reason: message, cause: error })
}

async function pullPage(page: PollPull<Config>) {
  const { config, now } = page
  const odoo = await Odoo.open(page)
  const self = await userOf(odoo)
  const models = await watchedModels(odoo)
  let cursor = readCursor(page.cursor)
  const most = Math.min(page.limit, pageLimit)
  const found: WatchedChange[] = []
  let at = Math.min(cursor.at, models.length - 1)
  // What is left of a page may be too little for a second: then the next model waits for a page of its own.
  while (at < models.length && found.length <= most / 2) {
    const watched = models[at]
    if (watched === undefined) break
    const place = cursor.places[watched.model] ?? firstPlace(now)
    const limit = most - found.length
    const options = { limit, overlapSeconds: config.overlapSeconds, nowSecond: toSecond(now) }
    const read = await readPage((search) => findChanges(odoo, watched, search), place, options)
    found.push(...read.changes)
    cursor = withPlace(cursor, watched.model, read.place)
    if (!read.isEnd) break
    at += 1
  }
  const messages = await readUnits({ odoo, self }, found)
  const isOver = at >= models.length
  return {
    messages,
    cursor: writeCursor({ ...cursor, at: isOver ? 0 : at }),
    hasMore: !isOver,
  }
}

function withPlace(cursor: Cursor, model: string, place: Place): Cursor {
  return { ...cursor, places: { ...cursor.places, [model]: place } }
}

/** Each document once, in the order in which it was first seen to change. */
async function readUnits(
  reading: { readonly odoo: Odoo; readonly self: number },
  found: readonly WatchedChange[],
): Promise<PolledMessage[]> {
  const units = new Map<string, Unit>()
  for (const { unit } of found) if (unit !== null) units.set(`${unit.kind} ${unit.id}`, unit)
  const of = (kind: Unit['kind']) =>
    [...units.values()].filter((unit) => unit.kind === kind).map(({ id }) => id)
  const { odoo } = reading
  const transfers = await transferMessages(reading, of('transfer'))
  const replacements = [...new Set([...of('replacement'), ...transfers.replacements])]
  return [
    ...transfers.messages,
    ...(await scrapMessages(reading, of('scrap'))),
    ...(await repairMessages(odoo, of('repair'))),
    ...(await replacementMessages(odoo, replacements)),
    ...(await entryMessages(reading, of('entry'))),
    ...(await paymentMessages(odoo, of('payment'))),
  ]
}

const context = z.object({ uid: z.int() })
const users = new WeakMap<Config, Promise<number>>()

/** Number of the user that the connection works as; asked once. */
function userOf(odoo: Odoo): Promise<number> {
  const known = users.get(odoo.config)
  if (known) return known
  const asking = odoo
    .ask('res.users', 'context_get')
    .then((answer) => parseAs(context, answer, 'res.users.context_get').uid)
  users.set(odoo.config, asking)
  asking.catch(() => users.delete(odoo.config))
  return asking
}
