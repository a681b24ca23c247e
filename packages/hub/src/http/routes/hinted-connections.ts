import type { HeaderValues, Webhook } from '@backhaul/sdk/connector'
import type { ActiveConnection, WorkingConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'

/**
 * Whose polls a hint wakes: of the connection that was called, or, where the system calls one address for several
 * accounts, of those connections of the same connector whose accounts it names.
 *
 * A hint that cannot be read wakes the connection that was called: looking once more is harmless.
 */
export function hintedConnections(
  connections: Pick<Connections, 'list'>,
  hint: {
    readonly connection: WorkingConnection
    readonly webhook: Pick<Webhook, 'accountsOf'>
    readonly rawBody: Uint8Array
    readonly headers: HeaderValues
  },
): readonly Pick<ActiveConnection, 'id'>[] {
  const { connection, webhook, ...request } = hint
  const accounts = webhook.accountsOf(request)
  if (accounts === null) return [connection]
  const named = new Set(accounts)
  return connections.list().filter((one) => {
    const isAlike = one.connectorKey === connection.connectorKey && one.storedState !== 'disabled'
    if (!isAlike || one.state === 'broken') return false
    const account = one.connector.accountOf?.(one.config)
    return account !== undefined && named.has(account)
  })
}
