/** A place at which two values are not the same; undefined stands for nothing there. */
export interface Difference {
  /** RFC 6901. */
  readonly pointer: string
  readonly expected: unknown
  readonly actual: unknown
}

const differenceLimit = 20
const depthLimit = 60

/** Where two JSON values differ, at most twenty places; the order of an object's keys says nothing. */
export function differencesOf(expected: unknown, actual: unknown): readonly Difference[] {
  const found: Difference[] = []
  compare(found, { expected, actual, pointer: '' }, 0)
  return found
}

function compare(found: Difference[], pair: Difference, depth: number): void {
  const { expected, actual, pointer } = pair
  if (found.length >= differenceLimit || Object.is(expected, actual)) return
  if (depth > depthLimit || !isGroup(expected) || !isGroup(actual)) {
    found.push(pair)
    return
  }
  if (Array.isArray(expected) !== Array.isArray(actual)) {
    found.push(pair)
    return
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
  for (const key of keys) {
    const below = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    const inner = { expected: own(expected, key), actual: own(actual, key), pointer: below }
    compare(found, inner, depth + 1)
  }
}

function isGroup(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function own(value: unknown, key: string): unknown {
  const isThere = isGroup(value) && Object.hasOwn(value, key)
  return isThere ? (value as Record<string, unknown>)[key] : undefined
}
