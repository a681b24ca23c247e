import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { callWarehouse, malformed } from './call.ts'
import type { Config } from './config.ts'
import { status } from './contract.ts'

/** `GET /status`: whether the token is taken, for whom, and what would not work. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const response = await callWarehouse(connection, { method: 'GET', path: ['status'] })
  const read = status.safeParse(await response.json())
  if (!read.success) throw malformed('what came is no status of contract 1')
  const { account, warehouses, tokenExpiresAt } = read.data
  const { config } = connection
  const unknown = Object.values(config.warehouses).filter(
    (name) => warehouses?.includes(name) === false,
  )
  return {
    account,
    notes: [
      ...unknown.map((name) => `The warehouse has no warehouse ${name}.`),
      ...(config.inboundSecrets.length === 0 && !config.asksForEvents
        ? ['Nothing is heard of it: it has no inbound secret, and is not asked for events.']
        : []),
    ],
    credentialExpiresAt: tokenExpiresAt === undefined ? undefined : new Date(tokenExpiresAt),
  }
}
