import type { Logger } from '../logger.ts'
import type { Account } from './account.ts'
import type { Binaries } from './binaries.ts'
import type { ServerRecord } from './server-record.ts'

/** Everything that the steps of starting and stopping one server share. */
export type Server = {
  readonly dataDir: string
  /** The folder of the server: its data, its log and who uses it. */
  readonly home: string
  /** PostgreSQL's own data folder, in `home`. */
  readonly cluster: string
  readonly account: Account
  readonly binaries: Binaries
  readonly log: Logger
  readonly onProgress: (step: string) => void
  /** Settings of `postgresql.conf` over our own. */
  readonly settings: Readonly<Record<string, string>>
  /** Replaced when a start has to take another port. */
  record: ServerRecord
}

/** How the hub connects. */
export function serverUrl({ port, password }: ServerRecord): string {
  return `postgres://backhaul:${password}@127.0.0.1:${port}/backhaul`
}
