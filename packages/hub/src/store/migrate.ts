import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { HubError } from '../platform/errors.ts'
import { type Pool, type Tx, withTransaction } from './database.ts'

const folder = new URL('./migrations/', import.meta.url)
/** Any number that nothing else on the server locks; two hubs that start at once take turns. */
const advisoryLock = 727_484_001

interface Migration {
  readonly name: string
  readonly sql: string
  /** SHA-256 of the file: a migration that ran must never be edited. */
  readonly digest: string
}

/** The migration files in their order. */
async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder))
    .filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name))
    .toSorted()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8')
      return { name, sql, digest: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Runs what has not run yet, each file in a transaction of its own under a lock, and makes the coming
 * days' partitions. Only forward. Safe to call from several processes at once.
 *
 * @returns the names of the migrations that ran now.
 * @throws {HubError} MIGRATION_CHANGED when a file differs from what once ran, or is missing here.
 */
export async function migrate(
  pool: Pool,
  { log }: { log: (line: string) => void },
): Promise<string[]> {
  const migrations = await readMigrations()
  const done: string[] = []
  for (const migration of migrations) {
    const ran = await withTransaction(pool, (tx) => runOne(tx, migration))
    if (!ran) continue
    log(`migrated ${migration.name}`)
    done.push(migration.name)
  }
  await withTransaction(pool, (tx) => refuseUnknown(tx, migrations))
  await ensurePartitions(pool)
  return done
}

async function runOne(tx: Tx, migration: Migration): Promise<boolean> {
  await tx.query('select pg_advisory_xact_lock($1)', [advisoryLock])
  await tx.query(`create table if not exists schema_migration (
    name text primary key, digest text not null, ran_at timestamptz not null default now())`)
  const { rows } = await tx.query<{ digest: string }>(
    'select digest from schema_migration where name = $1',
    [migration.name],
  )
  const [known] = rows
  if (known && known.digest !== migration.digest) {
    throw new HubError(
      'MIGRATION_CHANGED',
      `The migration ${migration.name} is not the one that ran on this database.`,
    )
  }
  if (known) return false
  await tx.query(`set local statement_timeout = 0; set local lock_timeout = '5s'`)
  await tx.query(migration.sql)
  await tx.query('insert into schema_migration (name, digest) values ($1, $2)', [
    migration.name,
    migration.digest,
  ])
  return true
}

async function refuseUnknown(tx: Tx, migrations: readonly Migration[]): Promise<void> {
  const { rows } = await tx.query<{ name: string }>(
    'select name from schema_migration where name <> all ($1)',
    [migrations.map(({ name }) => name)],
  )
  if (rows.length > 0) {
    throw new HubError(
      'MIGRATION_CHANGED',
      `This database was written by a newer hub: it has ${rows.map(({ name }) => name).join(', ')}.`,
    )
  }
}

/** Migrations that have not run on this database yet. */
export async function pendingMigrations(pool: Pool): Promise<string[]> {
  const migrations = await readMigrations()
  const { rows } = await pool.query<{ exists: boolean }>(
    `select to_regclass('schema_migration') is not null as exists`,
  )
  if (!rows[0]?.exists) return migrations.map(({ name }) => name)
  const ran = await pool.query<{ name: string }>('select name from schema_migration')
  const names = new Set(ran.rows.map(({ name }) => name))
  return migrations.map(({ name }) => name).filter((name) => !names.has(name))
}

/** Names of the migrations that have run, in their order. */
export async function listRanMigrations(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    'select name from schema_migration order by name',
  )
  return rows.map(({ name }) => name)
}

/** Yesterday to a week ahead, so that neither a late tick nor a clock that is off finds no partition. */
export async function ensurePartitions(pool: Pool): Promise<void> {
  await pool.query(`select ensure_day_partitions((now() at time zone 'UTC')::date - 1, 9)`)
}
