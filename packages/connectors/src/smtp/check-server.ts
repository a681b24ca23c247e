import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'
import { withSession } from './session.ts'

/** Greets the server, encrypts, logs in, and sends nothing. */
export async function checkServer(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  await withSession(connection, () => Promise.resolve())
  const { user, host, security, from } = config
  const notes = [
    ...(security === 'none' ? ['Mails travel unencrypted to the server.'] : []),
    ...(user === undefined ? ['The server takes mails without a login.'] : []),
    `Whether it takes mails from ${from.address} shows with the first one.`,
  ]
  return { account: `${user ?? 'no login'} at ${host}`, notes }
}
