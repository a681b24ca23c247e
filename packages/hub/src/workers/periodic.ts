import type { Logger } from '../platform/logger.ts'

export interface Periodic {
  readonly stop: () => void
}

/**
 * Does `work` every `ms`, one at a time; what fails is logged and waits for the next time. `firstAfterMs`
 * brings the first time forward, for work that a process which restarts often must not miss.
 */
export function every(
  ms: number,
  {
    name,
    log,
    firstAfterMs,
  }: { readonly name: string; readonly log: Logger; readonly firstAfterMs?: number },
  work: () => Promise<unknown>,
): Periodic {
  let isRunning = false
  const once = (): void => {
    if (isRunning) return
    isRunning = true
    work()
      .catch((error: unknown) => log.warn({ err: error, work: name }, 'periodic work failed'))
      .finally(() => {
        isRunning = false
      })
  }
  const timer = setInterval(once, ms)
  const first = firstAfterMs === undefined ? undefined : setTimeout(once, firstAfterMs)
  return {
    stop() {
      clearInterval(timer)
      clearTimeout(first)
    },
  }
}
