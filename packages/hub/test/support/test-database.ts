import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { sha256Hex } from '../../src/platform/crypto/hash.ts'

/** Any number that nothing else on the test server locks. */
const templateLock = 727_484_900

export type TestDatabase = {
  readonly url: string
  /** Deletes the database, and ends the connections that are left on it. */
  readonly drop: () => Promise<void>
}

/**
 * Makes a migrated, empty database for one test file, on the server of the run (TEST_SERVER_URL).
 * The first one of a run migrates a template; every other is a copy of it, in some 30 ms.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const template = `template_${await migrationsHash()}`
  const name = `test_${randomBytes(6).toString('hex')}`
  await withAdmin(async (admin) => {
    await ensureTemplate(admin, template)
    await admin.query(`create database ${name} template ${template}`)
  })
  return {
    url: urlOf(name),
    drop: () => withAdmin((admin) => dropDatabase(admin, name)),
  }
}

/**
 * Ends our own connections only, since `with (force)` also wants to end a worker of the server's that cleans up there,
 * and may not. Without it the server calls its workers off by itself, and waits for all of them to be gone.
 *
 * Sessions that are ending anyway are given a second: to a client that has said good-bye, being ended is an error that
 * nobody listens to any more.
 */
async function dropDatabase(admin: pg.Client, name: string): Promise<void> {
  for (let look = 1; look <= 20 && (await hasSessions(admin, name)); look += 1) {
    await admin.query('select pg_sleep(0.05)')
  }
  for (let attempt = 1; ; attempt += 1) {
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${own}`, [name])
    try {
      await admin.query(`drop database if exists ${name}`)
      return
    } catch (error) {
      // A session that was ended is not gone before it is scheduled: the server waits five seconds for it.
      if ((error as { code?: string }).code !== objectInUse || attempt === 5) throw error
    }
  }
}

const own = 'datname = $1 and usename = current_user and pid <> pg_backend_pid()'

async function hasSessions(admin: pg.Client, name: string): Promise<boolean> {
  const { rows } = await admin.query(`select from pg_stat_activity where ${own} limit 1`, [name])
  return rows.length > 0
}

const objectInUse = '55006'

async function ensureTemplate(admin: pg.Client, template: string): Promise<void> {
  await admin.query('select pg_advisory_lock($1)', [templateLock])
  try {
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [template])
    if (rowCount === 1) return
    const draft = `${template}_draft`
    await dropDatabase(admin, draft)
    await admin.query(`create database ${draft}`)
    await migrateTo(urlOf(draft))
    await admin.query(`alter database ${draft} rename to ${template}`)
  } finally {
    await admin.query('select pg_advisory_unlock($1)', [templateLock])
  }
}

async function migrateTo(url: string): Promise<void> {
  // Imported here, so that what needs no database does not load the store.
  const { migrate } = await import('../../src/store/migrate.ts')
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  try {
    await migrate(pool, { log: () => {} })
  } finally {
    await pool.end()
  }
}

/** Of the code that migrates as well, since it makes partitions. */
async function migrationsHash(): Promise<string> {
  const store = new URL('../../src/store/', import.meta.url)
  const folder = new URL('migrations/', store)
  const files = (await readdir(folder)).toSorted().map((name) => new URL(name, folder))
  const texts = [new URL('migrate.ts', store), ...files].map((file) => readFile(file, 'utf8'))
  return sha256Hex((await Promise.all(texts)).join('\0')).slice(0, 16)
}

async function withAdmin(work: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrl() })
  admin.on('error', () => {})
  await admin.connect()
  try {
    await work(admin)
  } finally {
    await admin.end()
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl())
  url.pathname = `/${database}`
  return url.href
}

function serverUrl(): string {
  const url = process.env['TEST_SERVER_URL']
  if (url === undefined) throw new Error('TEST_SERVER_URL is not set: run this through npm test.')
  return url
}
