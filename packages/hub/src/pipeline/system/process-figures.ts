import { statfs } from 'node:fs/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../../platform/clock.ts'
import type { Pool } from '../../store/database.ts'
import { type ProcessFigures, readServerTime, writeProcessFigures } from '../../store/processes.ts'

/** Says now and then how this process does. */
export interface FigureWriter {
  readonly write: () => Promise<void>
  readonly stop: () => void
}

const loopResolutionMs = 20
const nanosecondsPerMs = 1_000_000

export function createFigureWriter(deps: {
  readonly pool: Pool
  readonly clock: Clock
  readonly nodeId: string
  readonly roles: readonly string[]
  readonly dataDir: string
}): FigureWriter {
  const { pool, clock, nodeId, roles, dataDir } = deps
  const delays = monitorEventLoopDelay({ resolution: loopResolutionMs })
  delays.enable()

  function takeLoopDelayMs(): number {
    const delay = delays.percentile(99) / nanosecondsPerMs - loopResolutionMs
    delays.reset()
    return Math.max(0, Math.round(delay))
  }

  /** Half of the way there and back is taken for the way back. */
  async function clockAheadMs(): Promise<number> {
    const from = clock.monotonicMs()
    const server = await readServerTime(pool)
    const wayMs = (clock.monotonicMs() - from) / 2
    return Math.round(clock.now().getTime() - wayMs - server.getTime())
  }

  return {
    async write() {
      const figures: ProcessFigures = {
        nodeId,
        roles,
        memoryBytes: process.memoryUsage.rss(),
        loopDelayMs: takeLoopDelayMs(),
        clockAheadMs: await clockAheadMs(),
        ...(await diskOf(dataDir)),
      }
      await writeProcessFigures(pool, figures)
    },
    stop: () => void delays.disable(),
  }
}

/** A process with a database of its own elsewhere may have no such folder. */
async function diskOf(
  folder: string,
): Promise<Pick<ProcessFigures, 'diskFreeBytes' | 'diskTotalBytes'>> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { diskFreeBytes: bavail * bsize, diskTotalBytes: blocks * bsize }
  } catch {
    return { diskFreeBytes: null, diskTotalBytes: null }
  }
}
