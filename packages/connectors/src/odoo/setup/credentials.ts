import { z } from 'zod'
import type { Odoo } from '../client/odoo.ts'
import { dateTime, text } from '../client/values.ts'
import { byHand, type Look, type Part, present, unknown } from './part.ts'
import type { Site } from './site.ts'

const keyRow = z.object({ id: z.int(), name: text, scope: text, expiration_date: dateTime })

const dayMs = 24 * 60 * 60 * 1000
/** Time to make a new key and to set it. */
const warnMs = 14 * dayMs

/**
 * When the key of the connection ends. Odoo does not tell which of a user's keys it is: with a next key at hand
 * the last one counts, else the one that ends first.
 *
 * @returns null for never, undefined where it cannot be found out: 17 knows of no end.
 */
export async function keyExpiry(own: Odoo, userId: number): Promise<Date | null | undefined> {
  const known = await own.fieldsOf('res.users.apikeys', ['expiration_date'])
  if (!known.has('expiration_date')) return undefined
  const keys = await own.search('res.users.apikeys', {
    domain: [['user_id', '=', userId]],
    row: keyRow,
  })
  const usable = keys.filter(({ scope }) => scope === null || scope === 'rpc')
  const ends = usable.flatMap(({ expiration_date: end }) => (end === null ? [] : [Date.parse(end)]))
  const ahead = ends.filter((end) => end > own.now.getTime())
  const hasNext = own.config.nextKey !== undefined
  if (usable.length === 0) return undefined
  if (ahead.length === 0 || (hasNext && ends.length < usable.length)) return null
  return new Date(hasNext ? Math.max(...ahead) : Math.min(...ahead))
}

export const keyPart: Part = {
  key: 'api-key',
  title: 'API key of the user',
  look: lookAtKey,
}

async function lookAtKey({ own, user }: Site): Promise<Look> {
  const end = await keyExpiry(own, user.id)
  if (end === undefined) return unknown('Odoo does not say when it ends.')
  if (end === null) return present('It does not end.')
  const day = end.toISOString().slice(0, 10)
  if (end.getTime() - own.now.getTime() > warnMs) return present(`It ends on ${day}.`)
  return byHand(
    `It ends on ${day}. Make a new one as ${user.login} (Preferences > Account Security > New API Key), set it as nextKey of the connection, and later as key. Delete keys that are not used any more.`,
  )
}
