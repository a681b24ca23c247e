import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Percent by which the heap may grow beyond what is alive before the engine collects all of it. */
const growingPercent = 80

/**
 * Lets garbage take less memory than what is alive. By itself the engine lets a heap of this size
 * grow to four times that, which costs a process that is always busy 100 MB and more, and spares it some
 * percent of its time.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`)
}

let collect: (() => void) | null = null

/**
 * Collects garbage now and gives the memory back to the system. The engine by itself keeps what a burst
 * needed for as long as nothing is allocated, and pages on which little is left. It stops everything for
 * some tens of milliseconds: only for a process that has nothing to do.
 */
export function releaseMemory(): void {
  if (collect === null) {
    // The function is only there for contexts made after the flag was set.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  setFlagsFromString('--compact-on-every-full-gc')
  collect()
  setFlagsFromString('--no-compact-on-every-full-gc')
}
