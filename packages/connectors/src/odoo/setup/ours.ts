import { z } from 'zod'
import { type Domain, parseAs } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import type { Site } from './site.ts'

/** External id of something that the set-up makes. It finds it again, and says that it is ours to take back. */
export function setupKey({ prefix }: Pick<Config, 'prefix'>, name: string): string {
  return `${prefix}.setup_${name}`
}

/** As {@link setupKey}, for a text that may hold anything. */
export function plainName(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]+/g, '_')
}

const externalIds = z.record(z.string(), z.string())

/**
 * Finds a record by its external id, reading only.
 *
 * `get_external_id` answers every user, for records that are named; so those that come into question are found
 * first, archived ones among them.
 *
 * @returns its id, or null.
 */
export async function findOurs(
  { config, reader }: Pick<Site, 'config' | 'reader'>,
  name: string,
  among: { readonly model: string; readonly domain: Domain },
): Promise<number | null> {
  const rows = await reader.search(among.model, {
    domain: among.domain,
    row: z.object({ id: z.int() }),
    context: { active_test: false },
  })
  if (rows.length === 0) return null
  const ids = rows.map(({ id }) => id)
  const answer = await reader.ask(among.model, 'get_external_id', { ids })
  const known = parseAs(externalIds, answer, `${among.model}.get_external_id`)
  const key = setupKey(config, name)
  const found = Object.entries(known).find(([, one]) => one === key)
  return found === undefined ? null : Number(found[0])
}
