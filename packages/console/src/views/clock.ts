import { useSyncExternalStore } from 'react'

const everyMs = 15_000
/** What comes with several answers is told once. */
const soonMs = 1_000
const listeners = new Set<() => void>()
let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined

/** The time, the same for all that is on the page, told anew every quarter of a minute and with what was fetched. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now)
}

/** Something has come that may be younger than the time on the page: nothing that has happened lies ahead. */
export function tickNow(): void {
  if (Date.now() - now.getTime() >= soonMs) tick()
}

function tick(): void {
  now = new Date()
  for (const told of listeners) told()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    timer = setInterval(tick, everyMs)
    // Nobody has asked for a while.
    now = new Date()
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}
