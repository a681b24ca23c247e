import type { Logger } from '../platform/logger.ts'

export interface Periodic {
  readonly stop: () => void
}

/** Does `work` every `ms`, one at a time; what fails is logged and waits for the next time. */
export function every(
  ms: number,
  { name, log }: { readonly name: string; readonly log: Logger },
  work: () => Promise<unknown>,
): Periodic {
  let isRunning = false
  const timer = setInterval(() => {
    if (isRunning) return
    isRunning = true
    work()
      .catch((error: unknown) => log.warn({ err: error, work: name }, 'periodic work failed'))
      .finally(() => {
        isRunning = false
      })
  }, ms)
  return { stop: () => clearInterval(timer) }
}
