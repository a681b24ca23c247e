import type { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'

interface Remembered {
  readonly value: Promise<unknown>
  readonly until: number
}

/** By connection, and what it is about. Modules come and rights change, so it is asked again after a while. */
const known = new WeakMap<Config, Map<string, Remembered>>()
const memoryMs = 10 * 60 * 1000

/** What was found out about a database, or what `find` says; a failure is not remembered. */
export function remember<T>(
  { config, now }: Pick<Odoo, 'config' | 'now'>,
  about: string,
  find: () => Promise<T>,
): Promise<T> {
  const ofConnection = known.get(config) ?? new Map<string, Remembered>()
  known.set(config, ofConnection)
  const before = ofConnection.get(about)
  // The key says what it is; each is written and read in one place.
  if (before && now.getTime() < before.until) return before.value as Promise<T>
  const value = find()
  const entry = { value, until: now.getTime() + memoryMs }
  ofConnection.set(about, entry)
  value.catch(() => {
    if (ofConnection.get(about) === entry) ofConnection.delete(about)
  })
  return value
}

/** The database is not what it was. */
export function forget(config: Config): void {
  known.delete(config)
}
