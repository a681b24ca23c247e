/**
 * A JSON document with the keys of every object in alphabetical order, so that two runs can be compared
 * line by line.
 */
export function formatDocument(value: unknown): string {
  return JSON.stringify(value, sortKeys, 2)
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)))
  // Without a prototype, so that a key such as __proto__ is one like any other.
  const sorted: Record<string, unknown> = Object.create(null)
  for (const [key, item] of entries) sorted[key] = item
  return sorted
}
