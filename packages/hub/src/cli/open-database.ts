import { access } from 'node:fs/promises'
import type { HubConfig } from '../platform/config/schema.ts'
import { masterKeyPath } from '../platform/crypto/key-ring.ts'
import { recordPath } from '../platform/embedded-postgres/server-record.ts'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../platform/embedded-postgres/start.ts'
import type { Logger } from '../platform/logger.ts'
import { createPool, type Pool } from '../store/database.ts'

/** The database of a hub, open. */
export interface OpenDatabase {
  readonly pool: Pool
  /** Gives the connections back, and stops the embedded server where no other process uses it. */
  readonly close: () => Promise<void>
}

/** Opens the database that the configuration names, or the embedded one: it is started where it does not run. */
export async function openDatabase(options: {
  readonly config: HubConfig
  readonly log: Logger
  /** Shown by the server beside the sessions. */
  readonly name: string
  readonly poolSize: number
  /** Whether to start an embedded server again that dies. */
  readonly isWatched: boolean
  readonly onProgress: (step: string) => void
}): Promise<OpenDatabase> {
  const { config, log, name, poolSize } = options
  const embedded = config.database.url === undefined ? await startEmbedded(options) : null
  const url = config.database.url ?? embedded?.url ?? ''
  const pool = createPool({ url, size: poolSize, name, log })
  return {
    pool,
    async close() {
      await pool.end()
      await embedded?.stop()
    },
  }
}

function startEmbedded(options: Parameters<typeof openDatabase>[0]): Promise<EmbeddedPostgres> {
  const { config, log, isWatched: watch, onProgress } = options
  return startEmbeddedPostgres({ dataDir: config.dataDir, log, watch, onProgress })
}

/** Whether there is a database: one that the configuration names, or an embedded one that was started before. */
export async function hasDatabase({ database, dataDir }: HubConfig): Promise<boolean> {
  return database.url !== undefined || (await hasFile(recordPath(dataDir)))
}

/** Whether there is a master key, so that none is made. */
export async function hasMasterKey({ masterKey, dataDir }: HubConfig): Promise<boolean> {
  return masterKey !== undefined || (await hasFile(masterKeyPath(dataDir)))
}

async function hasFile(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
