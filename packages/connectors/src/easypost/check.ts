import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { user } from './shapes.ts'

/** Asks whose key it is. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const own = await call(connection, { method: 'GET', path: '/users', answer: user })
  const isTest = config.apiKey.startsWith('EZTK')
  return {
    account: own.name ? `${own.name} (${own.id})` : own.id,
    notes: [
      ...(isTest ? ['The key is a test key: no carrier takes its labels.'] : []),
      ...(config.webhookSecrets.length === 0
        ? ['No webhook secret is set: scans come by the poll only.']
        : []),
    ],
  }
}
