import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | null = null

/**
 * Collects garbage now and gives the memory back to the system. The engine by itself keeps what a burst
 * needed for as long as nothing is allocated. It stops everything for some tens of milliseconds: only for
 * a process that has nothing to do.
 */
export function releaseMemory(): void {
  if (collect === null) {
    // The function is only there for contexts made after the flag was set.
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
