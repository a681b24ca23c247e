import type { Clock } from '../platform/clock.ts'

/** Something that must have ended by a time. */
export interface Deadline {
  readonly slot: number
  readonly expire: () => void
}

export interface Deadlines {
  /** Calls `expire` once, `timeoutMs` from now or up to 20 ms later, unless the deadline is ended before. */
  start(timeoutMs: number, expire: () => void): Deadline
  end(deadline: Deadline): void
  /** How many are running. */
  readonly size: number
}

const slotMs = 20

/** Calls `fire` after `delayMs`, without keeping the process alive for it. */
type StartTimer = (fire: () => void, delayMs: number) => void

/**
 * Deadlines in slots of time that one timer goes through, however many there are: a timer and a signal for
 * each of thousands of requests a second would cost more than the rest of their bookkeeping.
 */
export function createDeadlines(options: {
  readonly clock: Clock
  readonly startTimer?: StartTimer
}): Deadlines {
  const { clock, startTimer = startUnrefTimer } = options
  const slots = new Map<number, Set<Deadline>>()
  let size = 0
  let isTicking = false

  function tick(): void {
    isTicking = false
    const nowSlot = Math.floor(clock.monotonicMs() / slotMs)
    for (const [slot, deadlines] of slots) {
      if (slot > nowSlot) continue
      slots.delete(slot)
      size -= deadlines.size
      for (const { expire } of deadlines) expire()
    }
    if (size === 0) slots.clear()
    else keepTicking()
  }

  function keepTicking(): void {
    if (isTicking) return
    isTicking = true
    startTimer(tick, slotMs)
  }

  return {
    start(timeoutMs, expire) {
      const slot = Math.ceil((clock.monotonicMs() + timeoutMs) / slotMs)
      const deadline = { slot, expire }
      const known = slots.get(slot)
      if (known === undefined) slots.set(slot, new Set([deadline]))
      else known.add(deadline)
      size += 1
      keepTicking()
      return deadline
    },
    end(deadline) {
      if (slots.get(deadline.slot)?.delete(deadline)) size -= 1
    },
    get size() {
      return size
    },
  }
}

function startUnrefTimer(fire: () => void, delayMs: number): void {
  setTimeout(fire, delayMs).unref()
}
