const last = new Map<string, Promise<unknown>>()

/**
 * Does what has the same key one after another, within this process; between processes the hub keeps the steps of a
 * return in order. Two payments that are each within what is open are together above it.
 */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = last.get(key) ?? Promise.resolve()
  const mine = before.then(work)
  const ended = mine.catch(() => undefined)
  last.set(key, ended)
  try {
    return await mine
  } finally {
    if (last.get(key) === ended) last.delete(key)
  }
}
