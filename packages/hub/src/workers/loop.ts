import type { Logger } from '../platform/logger.ts'

export interface Loop {
  /** There may be something to do: look now, not after the pause. */
  readonly wake: () => void
  /** Begins no further step, and waits for the one that runs. */
  readonly stop: () => Promise<void>
}

/**
 * Runs `step` again and again. A step says how much it did: after some work the next one follows at once,
 * after none the loop waits for `wake` or for a pause that grows up to `idleMs`. A step that throws is
 * logged and tried again after a pause; the loop never ends by itself.
 */
export function startLoop(options: {
  readonly name: string
  readonly idleMs: number
  readonly log: Logger
  readonly step: () => Promise<number>
}): Loop {
  const { name, idleMs, log, step } = options
  const life = { isStopped: false }
  let isWoken = false
  let wakeUp: (() => void) | null = null
  let pauseMs = 1

  async function pause(): Promise<void> {
    if (isWoken || life.isStopped) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    wakeUp = null
  }

  async function run(): Promise<void> {
    while (!life.isStopped) {
      isWoken = false
      const done = await attemptStep()
      pauseMs = done > 0 ? 1 : Math.min(pauseMs * 4, idleMs)
      if (done === 0) await pause()
    }
  }

  async function attemptStep(): Promise<number> {
    try {
      return await step()
    } catch (error) {
      log.warn({ err: error, loop: name }, 'step failed, tried again soon')
      return 0
    }
  }

  const running = run()
  return {
    wake() {
      isWoken = true
      wakeUp?.()
    },
    async stop() {
      life.isStopped = true
      wakeUp?.()
      await running
    },
  }
}
