import { ensureRunning } from './ensure-running.ts'
import { withFolderLock } from './lock.ts'
import { boundLogFile } from './log-file.ts'
import { logPath } from './postmaster.ts'
import { isRunning } from './processes.ts'
import type { Server } from './server.ts'

const checkMs = 250
const firstRetryMs = 250
const longestRetryMs = 5000
const boundLogEveryMs = 60_000

export type Watch = {
  /** The server's process at the moment, or the last one while there is none. */
  readonly pid: () => number
  /** Ends the watch, and waits for a restart that is under way. */
  readonly close: () => Promise<void>
}

/**
 * Looks after a running server for as long as the hub runs: starts it again when it died, pausing
 * longer after each failure, and keeps its log short. The address stays the same.
 */
export function watchServer(server: Server, firstPid: number): Watch {
  let pid = firstPid
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let work = Promise.resolve()
  let retryMs = firstRetryMs
  let logBoundAt = performance.now()

  const schedule = (ms: number) => {
    if (isClosed) return
    timer = setTimeout(() => {
      work = check().then(schedule)
    }, ms)
    timer.unref()
  }

  const check = async (): Promise<number> => {
    try {
      if (!isRunning(pid)) await restart()
      if (performance.now() - logBoundAt > boundLogEveryMs) {
        logBoundAt = performance.now()
        await boundLogFile(logPath(server.home))
      }
      return checkMs
    } catch (err) {
      server.log.error({ err, retryMs }, 'the embedded database cannot be restarted yet')
      const pauseMs = retryMs
      retryMs = Math.min(retryMs * 2, longestRetryMs)
      return pauseMs
    }
  }

  const restart = async () => {
    const diedAt = performance.now()
    server.log.error({ pid }, 'the embedded database died, and is started again')
    const running = await withFolderLock(server.dataDir, () =>
      ensureRunning(server, { mayChangePort: false }),
    )
    pid = running.pid
    retryMs = firstRetryMs
    const downMs = Math.round(performance.now() - diedAt)
    server.log.warn({ pid, downMs }, 'the embedded database runs again')
  }

  schedule(checkMs)
  return {
    pid: () => pid,
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await work
    },
  }
}
