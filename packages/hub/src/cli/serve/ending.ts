import { AssertionError } from 'node:assert'
import { EventEmitter, once } from 'node:events'
import { constants } from 'node:os'
import type { Logger } from '../../platform/logger.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Signal = (typeof signals)[number]

/**
 * npm and shells pass a signal on to a process that has already got it from the terminal: what comes
 * within this time is the same wish.
 */
const sameWishMs = 500

/** When the hub has to end, and how. */
export interface Ending {
  /** Resolves with the first signal. */
  readonly asked: Promise<void>
  /** Whether a signal has come. */
  readonly isAsked: () => boolean
  /** Listens no longer. */
  readonly dispose: () => void
}

/**
 * Listens for the signals that end a process. The first asks it to end in order; one that comes later,
 * from somebody who has lost patience, ends it at once with 128 and the signal's number.
 */
export function listenForEnding(options: {
  readonly log: Logger
  /** Ends the process, for a second signal. */
  readonly endAtOnce: (exitCode: number) => void
  readonly monotonicMs: () => number
}): Ending {
  const { log, endAtOnce, monotonicMs } = options
  let firstAtMs: number | null = null
  const first = new EventEmitter<{ signal: [Signal] }>()
  const asked = once(first, 'signal').then(() => undefined)
  const onSignal = (signal: Signal): void => {
    if (firstAtMs === null) {
      firstAtMs = monotonicMs()
      log.info({ signal }, 'ending in order; a second signal ends at once')
      first.emit('signal', signal)
    } else if (monotonicMs() - firstAtMs >= sameWishMs) {
      log.warn({ signal }, 'ending at once')
      endAtOnce(128 + constants.signals[signal])
    }
  }
  const listeners = signals.map((signal) => ({ signal, listener: () => onSignal(signal) }))
  for (const { signal, listener } of listeners) process.on(signal, listener)
  return {
    asked,
    isAsked: () => firstAtMs !== null,
    dispose() {
      for (const { signal, listener } of listeners) process.removeListener(signal, listener)
    },
  }
}

/**
 * Takes what nobody caught. A failure of the world outside is logged, and the hub goes on: the loop that
 * it came from tries again. A defect of ours ends the process, since nobody knows in which state it is.
 */
export function catchUncaught(options: {
  readonly log: Logger
  readonly endForDefect: () => void
}): void {
  const { log, endForDefect } = options
  const take = (error: unknown): void => {
    if (!isDefect(error)) {
      log.error({ err: error }, 'a failure that nobody took care of')
      return
    }
    log.fatal({ err: error }, 'a defect: the process ends')
    endForDefect()
  }
  process.on('uncaughtException', take)
  process.on('unhandledRejection', take)
}

const defects = [
  AssertionError,
  TypeError,
  RangeError,
  ReferenceError,
  SyntaxError,
  EvalError,
  URIError,
] as const

/** Whether an error says that the program is wrong. Node says `TypeError: fetch failed` of the network. */
export function isDefect(error: unknown): boolean {
  const isOfUs = defects.some((kind) => error instanceof kind)
  return isOfUs && !((error as Error).cause instanceof Error)
}
