import pg from 'pg'
import { HubError } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'

export type Pool = pg.Pool
/** A connection with a transaction open on it. Store functions take one and never open one. */
export type Tx = pg.PoolClient
/** What a single statement needs: a pool or a transaction. */
export type Queryable = Pick<pg.PoolClient, 'query'>

/** Type of 64-bit integers (`pg_type.oid`). */
function isInt8(oid: number): boolean {
  return oid === 20
}

/** Parsers by type: 64-bit counters as numbers (ours stay far below 2^53), times as Date. */
const types: pg.CustomTypesConfig = {
  // The driver's own declaration has one overload for each format; at run time it is one function.
  getTypeParser: ((oid: Parameters<typeof pg.types.getTypeParser>[0], format: 'text') =>
    isInt8(oid)
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

const sessionSettings =
  '-c statement_timeout=60s -c lock_timeout=10s -c idle_in_transaction_session_timeout=10s -c timezone=UTC -c jit=off'

/**
 * A pool whose sessions cannot hang: a transaction that idles, waits for a lock or runs for long is
 * ended by the server, so that a stopped process holds nothing for longer than that.
 */
export function createPool(options: {
  readonly url: string
  readonly size: number
  readonly name: string
  readonly log: Logger
}): Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.size,
    types,
    application_name: `backhaul ${options.name}`,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    options: sessionSettings,
  })
  // A connection that breaks while nobody uses it, or while somebody does, emits 'error': without a
  // listener that would end the process.
  pool.on('error', (error) =>
    options.log.warn({ code: sqlState(error) }, 'idle database connection lost'),
  )
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
  })
  return pool
}

/**
 * Runs `work` in one transaction and returns what it returned.
 *
 * @throws what `work` threw, after the rollback; {HubError} DATABASE_UNAVAILABLE when the connection
 * was lost. After that the outcome of a commit is not known: what was written must be safe to repeat.
 */
export async function withTransaction<T>(pool: Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const tx = await connect(pool)
  let broken: Error | undefined
  try {
    await tx.query('begin')
    const result = await work(tx)
    await tx.query('commit')
    return result
  } catch (error) {
    broken = await rollback(tx, error)
    throw asUnavailable(error)
  } finally {
    tx.release(broken)
  }
}

async function connect(pool: Pool): Promise<Tx> {
  try {
    return await pool.connect()
  } catch (error) {
    throw asUnavailable(error)
  }
}

async function rollback(tx: Tx, error: unknown): Promise<Error | undefined> {
  if (isUnavailable(error)) return error as Error
  try {
    await tx.query('rollback')
    return undefined
  } catch (rollbackError) {
    return rollbackError as Error
  }
}

/** The SQLSTATE of a server error, or the system code of a network one (`ECONNREFUSED`). */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : undefined
}

/** SQLSTATE classes that mean that the server, not the statement, is the trouble. */
const unavailableClasses = new Set(['08', '53', '57', '58'])
const unavailableSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
])
/** Sent as plain errors without a code by the driver. */
const driverMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed)/

/**
 * Whether the database, not the statement, failed: gone, restarting, out of connections, disk or memory
 * (classes 08, 53, 57, 58; 25P03 idle transaction ended; 25006 read-only after a switch-over).
 */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof HubError) return error.code === 'DATABASE_UNAVAILABLE'
  const code = sqlState(error)
  if (code === undefined) return error instanceof Error && driverMessages.test(error.message)
  if (code === '25P03' || code === '25006') return true
  return code.length === 5 && unavailableClasses.has(code.slice(0, 2))
    ? true
    : unavailableSystemCodes.has(code)
}

/** Whether running the same transaction again may succeed: serialization failure, deadlock, lock timeout. */
export function isTransient(error: unknown): boolean {
  const code = sqlState(error)
  return code === '40001' || code === '40P01' || code === '55P03'
}

function asUnavailable(error: unknown): unknown {
  if (error instanceof HubError || !isUnavailable(error)) return error
  return new HubError('DATABASE_UNAVAILABLE', 'The database does not answer.', {
    retryAfterSeconds: 1,
    cause: error,
  })
}

/** Settings without which an acknowledged message could be lost. */
const durability: Readonly<Record<string, readonly string[]>> = {
  fsync: ['on'],
  full_page_writes: ['on'],
  synchronous_commit: ['on', 'local', 'remote_write', 'remote_apply'],
}

/**
 * Refuses a server that could lose what it acknowledged, or that is too old.
 *
 * @throws {HubError} DATABASE_UNSAFE naming each setting.
 */
export async function assertDurable(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings
     where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'server_version_num')`,
  )
  const faults = rows.flatMap(({ name, setting }) => {
    if (name === 'server_version_num')
      return Number(setting) < 150_000 ? [`PostgreSQL 15 or newer is needed`] : []
    return durability[name]?.includes(setting) ? [] : [`${name} is ${setting}`]
  })
  if (faults.length > 0) {
    throw new HubError(
      'DATABASE_UNSAFE',
      `This server can lose acknowledged messages: ${faults.join(', ')}.`,
    )
  }
}
