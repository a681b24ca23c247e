import type { Connector } from '@backhaul/sdk/connector'
import type { Connections } from '../../connect/connections.ts'
import { CliError } from '../cli-error.ts'

/**
 * The connection that a command of a connector is about: the one that was named, or else the only one there is.
 *
 * @throws {CliError}
 */
export function findConnection(
  connections: Pick<Connections, 'list'>,
  { key, title }: Pick<Connector, 'key' | 'title'>,
  named: string | undefined,
): string {
  const own = connections.list().filter(({ connectorKey }) => connectorKey === key)
  const ids = own.map(({ id }) => id as string)
  if (named !== undefined) {
    if (ids.includes(named)) return named
    throw new CliError('notFound', `There is no connection ${named} to ${title}.`)
  }
  const [first] = ids
  if (first === undefined) {
    const hint = `backhaul connection create <id> --connector ${key}`
    throw new CliError('notFound', `There is no connection to ${title} yet. Make one: ${hint}`)
  }
  if (ids.length === 1) return first
  throw new CliError('usage', `Say which with --connection: ${ids.join(', ')}.`)
}
