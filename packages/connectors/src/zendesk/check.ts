import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { read } from './client.ts'
import type { Config } from './config.ts'

const me = z.looseObject({
  user: z.looseObject({
    name: z.string(),
    email: z.string().nullish(),
    role: z.string().nullish(),
  }),
})

/** Asks who we are. A wrong token makes of the caller an anonymous user, and no error. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const { user } = await read(connection, { path: '/users/me' }, me)
  const role = user.role ?? 'unknown'
  const isAgent = role === 'agent' || role === 'admin'
  const notes = [
    ...(isAgent ? [] : [`The user is no agent (${role}): tickets cannot be written.`]),
    ...(role === 'agent'
      ? ['Incremental exports are for administrators: what a webhook loses is not found.']
      : []),
    ...(config.fields.action === undefined
      ? ['No field for what agents ask for is configured: run the set-up.']
      : []),
    ...(config.webhookSecrets.length === 0
      ? [
          'No signing secret of the webhook is configured: what agents ask for comes by the poll only.',
        ]
      : []),
  ]
  const { host } = new URL(config.url)
  return { account: `${user.name} (${user.email ?? 'no e-mail address'}), ${role}, ${host}`, notes }
}
