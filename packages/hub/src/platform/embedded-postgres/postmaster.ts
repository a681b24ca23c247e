import type { StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { spawnAs } from './account.ts'
import { answers } from './admin.ts'
import { embeddedDatabaseFailure } from './failure.ts'
import { findPostmaster } from './postmaster-file.ts'
import { isRunning } from './processes.ts'
import type { Server } from './server.ts'

const pollMs = 10
const progressAfterMs = 3000
const giveUpAfterMs = 600_000
const fastShutdownMs = 30_000
const immediateShutdownMs = 10_000

export function logPath(home: string): string {
  return join(home, 'server.log')
}

/**
 * Starts the server's first process, the postmaster, in a session of its own: neither Ctrl-C on the
 * hub's terminal nor the hub's death ends it.
 */
export async function launchPostmaster({
  home,
  cluster,
  account,
  binaries,
}: Server): Promise<number> {
  const log = await open(logPath(home), 'a', 0o600)
  try {
    const stdio: StdioOptions = ['ignore', log.fd, log.fd]
    const child = spawnAs(account, [binaries.postgres, '-D', cluster], { stdio, detached: true })
    await once(child, 'spawn')
    child.unref()
    return child.pid ?? 0
  } catch (error) {
    throw embeddedDatabaseFailure(`${binaries.postgres} cannot be started.`, error)
  } finally {
    await log.close()
  }
}

/**
 * Waits until the server with this pid takes connections, as long as it runs: after a crash it
 * first replays its log.
 *
 * @returns whether it does; false where it ended.
 */
export async function waitUntilReady(server: Server, pid: number): Promise<boolean> {
  const startedAt = performance.now()
  let isAnnounced = false
  while (isRunning(pid)) {
    const found = await findPostmaster(server.cluster)
    const isReady = found?.pid === pid && found.status === 'ready'
    if (isReady && (await answers({ ...server.record, port: found.port }))) return true
    const waitedMs = performance.now() - startedAt
    if (waitedMs > giveUpAfterMs) {
      throw embeddedDatabaseFailure(
        `The database server (process ${pid}) has not become ready in ${giveUpAfterMs / 60_000} ` +
          `minutes. Its log is ${logPath(server.home)}.`,
      )
    }
    if (waitedMs > progressAfterMs && !isAnnounced) {
      isAnnounced = true
      server.onProgress('the database is recovering from a crash')
    }
    await delay(pollMs)
  }
  return false
}

/**
 * Stops the server: at once for its clients, but with everything written (PostgreSQL's fast
 * shutdown). One that does not come to an end is stopped without; its next start then recovers.
 */
export async function stopPostmaster(pid: number): Promise<void> {
  if (await signalAndWait(pid, 'SIGINT', fastShutdownMs)) return
  if (await signalAndWait(pid, 'SIGQUIT', immediateShutdownMs)) return
  throw embeddedDatabaseFailure(`The database server (process ${pid}) does not stop.`)
}

async function signalAndWait(
  pid: number,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  if (isRunning(pid)) process.kill(pid, signal)
  while (isRunning(pid)) {
    if (performance.now() > deadline) return false
    await delay(pollMs)
  }
  return true
}
