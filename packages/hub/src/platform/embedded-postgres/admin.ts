import pg from 'pg'
import { isSystemError } from '../private-files.ts'
import type { ServerRecord } from './server-record.ts'

const connectTimeoutMs = 5000

/** Runs `work` on a connection of the superuser. */
async function withAdmin<T>(
  { port, adminPassword }: ServerRecord,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: adminPassword,
    database: 'postgres',
    connectionTimeoutMillis: connectTimeoutMs,
  })
  // A connection that breaks between two statements says so here; the next statement fails too.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Whether the server on the record's port is this one, takes its password and answers. */
export async function answers(record: ServerRecord): Promise<boolean> {
  try {
    return await withAdmin(record, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select current_setting('cluster_name') as name`,
      )
      return rows[0]?.name === record.name
    })
  } catch (error) {
    if (isTransient(error)) return false
    throw error
  }
}

/** Nobody listens yet or any more, or the server is starting or stopping (57P03, 57P01). */
function isTransient(error: unknown): boolean {
  return (
    isSystemError(error, 'ECONNREFUSED', 'ECONNRESET', '57P03', '57P01') ||
    (error instanceof Error && error.message === 'Connection terminated unexpectedly')
  )
}

/**
 * Makes the role that the hub connects as, and its database. The role may create databases, as
 * tests and restores do; it is no superuser, so that a statement cannot reach files or programs.
 */
export async function provision(record: ServerRecord): Promise<void> {
  await withAdmin(record, async (client) => {
    const { rows } = await client.query<{ hasRole: boolean; hasDatabase: boolean }>(
      `select exists (select from pg_roles where rolname = 'backhaul') as "hasRole",
              exists (select from pg_database where datname = 'backhaul') as "hasDatabase"`,
    )
    const password = client.escapeLiteral(record.password)
    const verb = rows[0]?.hasRole ? 'alter' : 'create'
    await client.query(`${verb} role backhaul login createdb password ${password}`)
    if (!rows[0]?.hasDatabase) await client.query('create database backhaul owner backhaul')
  })
}
