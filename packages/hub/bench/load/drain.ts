import { setTimeout as sleep } from 'node:timers/promises'
import type { DrainResult, OpenLoopLoad } from './commands.ts'
import { OpenLoop } from './open-loop.ts'
import type { Tracker } from './tracker.ts'

const lookMs = 20
const progressMs = 5_000

/**
 * Watches a backlog reach the sinks while fresh events come in beside it. Fresh events count from the
 * first one on: whoever sends during a drain does not wait for it to warm up.
 */
export async function drain(
  trackers: { readonly backlog: Tracker; readonly live: Tracker },
  options: { readonly load: OpenLoopLoad; readonly limitMs: number },
  onProgress: (done: number, of: number) => void,
): Promise<DrainResult> {
  const { backlog, live } = trackers
  const loop = new OpenLoop(live, options.load)
  const startMs = performance.now()
  const running = loop.run()
  let saidMs = startMs
  while (backlog.outstanding > 0 && performance.now() - startMs < options.limitMs) {
    await sleep(lookMs)
    if (performance.now() - saidMs < progressMs) continue
    saidMs = performance.now()
    onProgress(backlog.done, backlog.run.count)
  }
  const seconds = (performance.now() - startMs) / 1000
  loop.stop()
  await running
  while (live.outstanding > 0 && performance.now() - startMs < options.limitMs) await sleep(lookMs)
  loop.close()
  return {
    messages: backlog.run.count,
    seconds,
    undelivered: backlog.outstanding,
    repeatedDeliveries: backlog.repeated,
    live: loop.result(0),
  }
}
