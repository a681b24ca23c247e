import { setTimeout as delay } from 'node:timers/promises'
import { provision } from './admin.ts'
import { writeServerFile } from './cluster.ts'
import { embeddedDatabaseFailure } from './failure.ts'
import { findFreePort, isPortFree } from './free-port.ts'
import { boundLogFile, readLogTail } from './log-file.ts'
import { launchPostmaster, logPath, waitUntilReady } from './postmaster.ts'
import { disownStalePid, findPostmaster } from './postmaster-file.ts'
import { findByTitle } from './processes.ts'
import type { Server } from './server.ts'
import { writeRecord } from './server-record.ts'
import { serverConf } from './server-settings.ts'

/** How long a dead server's processes may take to notice, before they are ended. */
const patienceMs = 1000
const startAttempts = 8
const attemptPauseMs = 150

export type Running = { readonly pid: number; readonly adopted: boolean }

/**
 * Makes sure that the server runs and takes connections: adopts the one that is there, left behind
 * by a hub that was killed or in use by another, or else starts one.
 *
 * Call it with the folder's lock held.
 *
 * @param options.mayChangePort - false once somebody was given the address.
 */
export async function ensureRunning(
  server: Server,
  options: { readonly mayChangePort: boolean },
): Promise<Running> {
  const running = (await adopt(server)) ?? (await start(server, options))
  if (!server.record.isProvisioned) {
    await provision(server.record)
    await updateRecord(server, { isProvisioned: true })
  }
  return running
}

async function adopt(server: Server): Promise<Running | null> {
  const found = await findPostmaster(server.cluster)
  if (found === null || !(await waitUntilReady(server, found.pid))) return null
  const { port } = (await findPostmaster(server.cluster)) ?? found
  if (port !== server.record.port) await updateRecord(server, { port })
  return { pid: found.pid, adopted: true }
}

async function start(
  server: Server,
  { mayChangePort }: { readonly mayChangePort: boolean },
): Promise<Running> {
  await boundLogFile(logPath(server.home))
  if (!(await isPortFree(server.record.port))) {
    if (!mayChangePort) {
      throw embeddedDatabaseFailure(`Port ${server.record.port} was taken by another program.`)
    }
    await updateRecord(server, { port: await findFreePort() })
  }
  await writeSettings(server)
  await endOrphans(server)
  for (let attempt = 1; attempt <= startAttempts; attempt += 1) {
    await disownStalePid(server.cluster, server.account)
    const pid = await launchPostmaster(server)
    if (await waitUntilReady(server, pid)) return { pid, adopted: false }
    await delay(attemptPauseMs)
  }
  const tail = await readLogTail(logPath(server.home))
  throw embeddedDatabaseFailure(`The database server does not start. Its log ends with:\n${tail}`)
}

async function writeSettings({ record, settings, cluster, account }: Server): Promise<void> {
  const conf = serverConf({ port: String(record.port), cluster_name: record.name, ...settings })
  await writeServerFile({ folder: cluster, name: 'postgresql.conf', account }, conf)
}

/**
 * Ends what is left of a server whose first process was killed. Its other processes end by
 * themselves as soon as they notice, but one in a long computation need not notice, and PostgreSQL
 * does not start while one of them has the old memory. Nothing is lost that was acknowledged.
 */
async function endOrphans({ record }: Server): Promise<void> {
  // PostgreSQL puts `cluster_name` into the title of each of its processes but the first.
  const title = `postgres: ${record.name}: `
  const deadline = performance.now() + patienceMs
  while (findByTitle(title).length > 0 && performance.now() < deadline) await delay(attemptPauseMs)
  for (const pid of findByTitle(title)) process.kill(pid, 'SIGKILL')
}

async function updateRecord(server: Server, change: Partial<Server['record']>): Promise<void> {
  server.record = { ...server.record, ...change }
  await writeRecord(server.dataDir, server.record)
}
