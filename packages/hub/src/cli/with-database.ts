import { userInfo } from 'node:os'
import { loadConfig } from '../platform/config/load-config.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import { createLogger, type Logger } from '../platform/logger.ts'
import { formatForTerminal } from '../platform/terminal-log.ts'
import type { Pool } from '../store/database.ts'
import { pendingMigrations } from '../store/migrate.ts'
import { CliError } from './cli-error.ts'
import { hasDatabase, openDatabase } from './open-database.ts'
import type { Session } from './session.ts'

/** What a command has that only looks into the database. */
export interface CliDatabase {
  readonly config: HubConfig
  readonly pool: Pool
  readonly log: Logger
}

/** Connections of a command: it does one thing after the other, and now and then two at once. */
const poolSize = 3

/**
 * Opens the database for the time of `work`. An embedded one that does not run is started for it, and
 * stopped afterwards.
 *
 * @param needs.database - `migrated`: refuse one that does not have today's tables; `any`: take it as it
 *   is, and make the embedded one where there is none.
 */
export async function withDatabase<T>(
  session: Session,
  needs: { readonly database: 'migrated' | 'any' },
  work: (database: CliDatabase) => Promise<T>,
): Promise<T> {
  const { config } = loadConfig({ configPath: session.configPath, env: session.context.env })
  if (needs.database === 'migrated') await refuseAbsent(config)
  const log = commandLogger(session)
  const onProgress = session.say
  const name = `cli ${osUser()}`
  const database = await openDatabase({ config, log, name, poolSize, isWatched: false, onProgress })
  try {
    const { pool } = database
    if (needs.database === 'migrated') await refuseUnmigrated(pool)
    return await work({ config, pool, log })
  } finally {
    await database.close()
  }
}

async function refuseAbsent(config: HubConfig): Promise<void> {
  if (await hasDatabase(config)) return
  throw new CliError(
    'unavailable',
    `There is no database in ${config.dataDir} yet. Start the hub with: backhaul serve`,
    { code: 'DATABASE_ABSENT' },
  )
}

async function refuseUnmigrated(pool: Pool): Promise<void> {
  const pending = await pendingMigrations(pool)
  if (pending.length === 0) return
  throw new CliError('error', `The database lacks ${pending.join(', ')}. Run: backhaul migrate`, {
    code: 'MIGRATIONS_PENDING',
  })
}

/** Warnings for a person; a script gets the exit code and the problem only. */
function commandLogger({ isQuiet, context }: Session): Logger {
  return createLogger({
    level: isQuiet ? 'silent' : 'warn',
    destination: { write: (line) => void context.stderr.write(formatForTerminal(line)) },
  })
}

/** The account that runs the command; where it has no name, its number. */
export function osUser(): string {
  try {
    return userInfo().username
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`
  }
}
