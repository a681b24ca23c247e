import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { listFields, statusesOf } from './account-fields.ts'
import { read } from './client.ts'
import type { Config } from './config.ts'

const me = z.looseObject({
  contact: z.looseObject({ name: z.string().nullish(), email: z.string().nullish() }),
})

/** Asks who we are, and whether the account has the fields and statuses that are configured. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const { contact } = await read(connection, { path: '/agents/me' }, me)
  const found = await listFields(connection)
  const names = new Set(found.map(({ name }) => name))
  const missing = Object.values(config.fields).filter((name) => !names.has(name))
  const statuses = statusesOf(found)
  const strange = [...new Set(Object.values(config.statuses))].filter(
    (label) => !statuses.has(label.toLowerCase()),
  )
  const { host } = new URL(config.url)
  return {
    account: `${contact.name ?? 'unnamed'} (${contact.email ?? 'no e-mail address'}), ${host}`,
    notes: [
      ...(missing.length > 0
        ? [`The account lacks the fields ${missing.join(', ')}: run the set-up.`]
        : []),
      ...(strange.length > 0
        ? [`The account has no status ${strange.join(', ')}: tickets keep the one that they have.`]
        : []),
    ],
  }
}
