import type { Connector } from '@backhaul/sdk/connector'
import { HubError } from '../platform/errors.ts'

/** The connectors that this hub was built with. */
export interface Registry {
  /** @throws {HubError} VALIDATION_FAILED for a key that no connector has. */
  get(key: string): Connector
  find(key: string): Connector | undefined
  /** By key. */
  list(): readonly Connector[]
}

/** @throws {TypeError} when two connectors have one key. */
export function createRegistry(connectors: readonly Connector[]): Registry {
  const byKey = new Map<string, Connector>()
  for (const connector of connectors) {
    if (byKey.has(connector.key)) throw new TypeError(`two connectors are called ${connector.key}`)
    byKey.set(connector.key, connector)
  }
  const list = connectors.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  return {
    list: () => list,
    find: (key) => byKey.get(key),
    get(key) {
      const connector = byKey.get(key)
      if (connector !== undefined) return connector
      const known = list.map((one) => one.key).join(', ')
      throw new HubError('VALIDATION_FAILED', `There is no such connector. Known are: ${known}.`, {
        problems: [
          { pointer: '/connector', code: 'unknown_connector', message: `known are: ${known}` },
        ],
      })
    },
  }
}
