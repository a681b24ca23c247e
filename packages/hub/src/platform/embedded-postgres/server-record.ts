import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { isSystemError, replacePrivateFile } from '../private-files.ts'
import { embeddedDatabaseFailure } from './failure.ts'
import { findFreePort } from './free-port.ts'

const recordSchema = z.object({
  /** Sets this server's processes apart from those of others on the machine. */
  name: z.string(),
  /** The folder of the server, where it is not `postgres` in the data folder. */
  home: z.string().nullable(),
  port: z.int(),
  /** Of the superuser `postgres`, who makes the hub's role and database. */
  adminPassword: z.string(),
  /** Of the role `backhaul`, whom the hub connects as. */
  password: z.string(),
  /** Whether that role and database were made. */
  isProvisioned: z.boolean(),
})

/** What has to be known of a server from one start to the next. It holds passwords. */
export type ServerRecord = z.output<typeof recordSchema>

export function recordPath(dataDir: string): string {
  return join(dataDir, 'embedded-postgres.json')
}

/** @returns null before the first start. */
export async function readRecord(dataDir: string): Promise<ServerRecord | null> {
  const path = recordPath(dataDir)
  try {
    return recordSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    if (isSystemError(error, 'EACCES')) throw error
    throw embeddedDatabaseFailure(`${path} is damaged. Put back a copy of it.`, error)
  }
}

export async function writeRecord(dataDir: string, record: ServerRecord): Promise<void> {
  await replacePrivateFile(recordPath(dataDir), `${JSON.stringify(record, null, 2)}\n`)
}

export async function newRecord(home: string | null): Promise<ServerRecord> {
  return {
    name: `backhaul-${randomBytes(4).toString('hex')}`,
    home,
    port: await findFreePort(),
    adminPassword: randomBytes(24).toString('hex'),
    password: randomBytes(24).toString('hex'),
    isProvisioned: false,
  }
}
