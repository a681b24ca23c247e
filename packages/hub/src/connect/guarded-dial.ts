import { connect, type Socket } from 'node:net'
import type { DialTarget, GuardedDial } from '@backhaul/sdk/connector'
import type { Clock } from '../platform/clock.ts'
import { HubError } from '../platform/errors.ts'
import { unwatchAbort, watchAbort } from './abort-watch.ts'
import { createCheckedLookup, type ResolveHost } from './checked-lookup.ts'
import type { Deadlines } from './deadlines.ts'
import { requestFailure, targetNotAllowed, toDeliveryError } from './outbound-failure.ts'
import type { RateLimit } from './rate-limit.ts'
import type { TargetGuard, TargetHost } from './target-guard.ts'
import { takeTurn } from './turn.ts'

interface DialOptions {
  readonly guard: TargetGuard
  readonly resolve: ResolveHost
  readonly rateLimit: RateLimit
  readonly clock: Clock
  readonly deadlines: Deadlines
  /** How long an attempt may take, with all that is said on its sockets. */
  readonly timeoutMs: number
}

/** The sockets of one attempt. */
export interface Dialing {
  readonly dial: GuardedDial
  /** Closes them; what is dialed later fails. Safe to repeat. */
  readonly end: () => void
}

interface Dialer {
  /** For one attempt, whose time begins now: its sockets are closed by its end, its signal and its deadline. */
  readonly dialFor: (signal: AbortSignal) => Dialing
  /** Lets no new socket out, and resolves when those of attempts under way are closed. */
  readonly close: () => Promise<void>
}

/** What holds for all sockets of one connection. */
interface Exit extends DialOptions {
  readonly keep: (socket: Socket) => void
  readonly forget: (socket: Socket) => void
  readonly isClosing: () => boolean
}

interface Attempt {
  readonly endsAtMs: number
  readonly signal: AbortSignal
  readonly sockets: Set<Socket>
  readonly isOver: () => boolean
}

const maxConnectTimeoutMs = 5_000
const unsent = { isSent: false, isRead: false } as const

/** Opens the way out for a connection whose system speaks no HTTP. */
export function createDialer(options: DialOptions): Dialer {
  const open = new Set<Socket>()
  let isClosing = false
  let onEmpty: (() => void) | undefined
  const exit: Exit = {
    ...options,
    keep: (socket) => open.add(socket),
    forget: (socket) => {
      open.delete(socket)
      if (open.size === 0) onEmpty?.()
    },
    isClosing: () => isClosing,
  }

  return {
    dialFor(signal) {
      const sockets = new Set<Socket>()
      let isOver = false
      const endsAtMs = options.clock.monotonicMs() + options.timeoutMs
      const attempt = { endsAtMs, signal, sockets, isOver: () => isOver }
      return {
        dial: (target) => dial(target, exit, attempt),
        end: () => {
          isOver = true
          for (const socket of sockets) socket.destroy()
        },
      }
    },
    async close() {
      isClosing = true
      if (open.size > 0) await new Promise<void>((resolve) => (onEmpty = resolve))
    },
  }
}

async function dial(wanted: DialTarget, exit: Exit, attempt: Attempt): Promise<Socket> {
  const target = allowedTarget(exit.guard, wanted)
  const signals = [attempt.signal, ...(wanted.signal === undefined ? [] : [wanted.signal])]
  const leftMs = () => Math.max(0, attempt.endsAtMs - exit.clock.monotonicMs())
  // No answer of such a system says what it still allows: the turn is over when it has begun.
  const endTurn = await takeTurn(exit.rateLimit, { leftMs: leftMs(), signals })
  endTurn()
  if (leftMs() === 0 || attempt.isOver() || signals.some(({ aborted }) => aborted)) {
    throw requestFailure({ ...unsent, code: 'TIMEOUT' }, 'its time was over before its turn')
  }
  if (exit.isClosing()) {
    const why = 'the connection was changed or the hub shuts down'
    throw requestFailure({ ...unsent, code: 'CONNECT_FAILED' }, why)
  }
  const socket = connect({
    host: target.hostname,
    port: target.port,
    lookup: createCheckedLookup({ ...exit, target }),
    noDelay: true,
  })
  bound(socket, { exit, attempt, signals, leftMs: leftMs() })
  return connected(socket, exit, Math.min(maxConnectTimeoutMs, leftMs()))
}

function allowedTarget(guard: TargetGuard, { host, port }: DialTarget): TargetHost {
  try {
    return guard.checkDialed(host, port)
  } catch (error) {
    throw error instanceof HubError ? targetNotAllowed(error) : error
  }
}

/** Whatever becomes of the socket, it is closed when the attempt's time is over, and then forgotten. */
function bound(
  socket: Socket,
  to: {
    readonly exit: Exit
    readonly attempt: Attempt
    readonly signals: readonly AbortSignal[]
    readonly leftMs: number
  },
): void {
  const { exit, attempt, signals, leftMs } = to
  const giveUp = () => socket.destroy(timedOut())
  const deadline = exit.deadlines.start(leftMs, giveUp)
  for (const signal of signals) watchAbort(signal, giveUp)
  exit.keep(socket)
  attempt.sockets.add(socket)
  // Nobody need listen any more: an error that nobody listens to would end the process.
  socket.on('error', () => undefined)
  socket.once('close', () => {
    exit.deadlines.end(deadline)
    for (const signal of signals) unwatchAbort(signal, giveUp)
    attempt.sockets.delete(socket)
    exit.forget(socket)
  })
}

/** As sockets themselves say it. */
function timedOut(): Error {
  return Object.assign(new Error('the time of the attempt is over'), { code: 'ETIMEDOUT' })
}

function connected(
  socket: Socket,
  { deadlines }: Pick<Exit, 'deadlines'>,
  timeoutMs: number,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const deadline = deadlines.start(timeoutMs, () => socket.destroy(timedOut()))
    const onClose = () => fail(new Error('it was closed'))
    const fail = (error: Error) => {
      settle()
      reject(failureOf(error))
    }
    const settle = () => {
      deadlines.end(deadline)
      socket.off('error', fail).off('close', onClose)
    }
    socket.once('error', fail)
    socket.once('close', onClose)
    socket.once('connect', () => {
      settle()
      resolve(socket)
    })
  })
}

function failureOf(error: Error): Error {
  const isLate = 'code' in error && error.code === 'ETIMEDOUT'
  if (!isLate) return toDeliveryError(error, unsent)
  const why = 'no connection came about in time'
  return requestFailure({ ...unsent, code: 'TIMEOUT', cause: error }, why)
}
