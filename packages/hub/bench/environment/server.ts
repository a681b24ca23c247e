import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/platform/embedded-postgres/start.ts'
import { benchLog } from './site.ts'

/** The embedded server of a bench: the hub's own, with the settings that every installation has. */
export class BenchServer {
  readonly #server: EmbeddedPostgres
  readonly #dataDir: string

  private constructor(server: EmbeddedPostgres, dataDir: string) {
    this.#server = server
    this.#dataDir = dataDir
  }

  static async start(dataDir: string): Promise<BenchServer> {
    return new BenchServer(await startEmbeddedPostgres({ dataDir, log: benchLog }), dataDir)
  }

  get pid(): number {
    return this.#server.pid
  }

  /** Of the database `name`; of the hub's own without one. */
  url(name?: string): string {
    const url = new URL(this.#server.url)
    if (name !== undefined) url.pathname = `/${name}`
    return url.href
  }

  /** Makes an empty database. */
  async createDatabase(name: string): Promise<string> {
    await this.#as(this.url(), (client) => client.query(`create database ${name}`))
    return this.url(name)
  }

  /**
   * Writes out what earlier phases left in memory, so that nobody pays for another's work. As the
   * administrator, since only one may.
   */
  async checkpoint(): Promise<void> {
    const record = JSON.parse(
      await readFile(join(this.#dataDir, 'embedded-postgres.json'), 'utf8'),
    ) as {
      adminPassword: string
    }
    const url = new URL(this.url('postgres'))
    url.username = 'postgres'
    url.password = record.adminPassword
    await this.#as(url.href, (client) => client.query('checkpoint'))
  }

  /** The server's version, and whether it keeps what it has acknowledged. */
  async describe(): Promise<Record<string, string>> {
    const names = [
      'server_version',
      'fsync',
      'full_page_writes',
      'synchronous_commit',
      'shared_buffers',
      'data_checksums',
    ]
    const result = await this.#as(this.url(), (client) =>
      client.query<{ name: string; setting: string; unit: string | null }>(
        'select name, setting, unit from pg_settings where name = any ($1) order by name',
        [names],
      ),
    )
    return Object.fromEntries(
      result.rows.map(({ name, setting, unit }) => [
        name,
        unit === null ? setting : `${setting} x ${unit}`,
      ]),
    )
  }

  /** Leaves the server; it ends when nobody else uses it. */
  stop(): Promise<void> {
    return this.#server.stop()
  }

  async #as<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString })
    await client.connect()
    try {
      return await work(client)
    } finally {
      await client.end()
    }
  }
}
