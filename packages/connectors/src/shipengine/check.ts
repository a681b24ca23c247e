import { type CheckReport, type ConnectionCheck, TerminalError } from '@backhaul/sdk/connector'
import { call } from './client.ts'
import type { Config } from './config.ts'
import { carriers } from './shapes.ts'

/** Asks for the carriers of the account, and whether ours is among them. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const found = await call(connection, { method: 'GET', path: '/carriers', answer: carriers })
  const own = found.carriers.find(({ carrier_id: id }) => id === config.carrierId)
  if (!own) {
    const reason = `the account has no carrier ${config.carrierId}`
    throw new TerminalError({ code: 'CARRIER_MISSING', reason })
  }
  const isTest = config.apiKey.startsWith('TEST_')
  return {
    account: `${own.friendly_name ?? own.carrier_id} (${own.carrier_id})`,
    notes: [
      ...(isTest ? ['The key is of the sandbox: no carrier takes its labels.'] : []),
      ...(config.webhookKeys.length === 0
        ? ['No keys of webhooks are set: scans come by the poll only.']
        : []),
    ],
  }
}
