/** Who is told when a signal aborts. */
const watchers = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `onAbort` when `signal` aborts. However many watch a signal, it has one listener: a signal that
 * stands for a whole process is watched by every request under way, and Node would warn of a leak.
 */
export function watchAbort(signal: AbortSignal, onAbort: () => void): void {
  const known = watchers.get(signal)
  if (known !== undefined) {
    known.add(onAbort)
    return
  }
  const watching = new Set([onAbort])
  watchers.set(signal, watching)
  const tellAll = () => {
    for (const tell of watching) tell()
  }
  signal.addEventListener('abort', tellAll, { once: true })
}

export function unwatchAbort(signal: AbortSignal, onAbort: () => void): void {
  watchers.get(signal)?.delete(onAbort)
}
