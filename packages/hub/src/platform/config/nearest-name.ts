/**
 * The name among `names` that a person who wrote `written` most likely meant: the one that begins
 * so, or that takes the fewest changes to reach. Null where more than two letters, of a long name
 * a third, would have to change.
 */
export function nearestName(written: string, names: readonly string[]): string | null {
  const ranked = names
    .map((name) => ({ name, distance: distance(written.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best && best.distance <= Math.max(2, best.name.length / 3) ? best.name : null
}

function distance(written: string, name: string): number {
  return written !== '' && name.startsWith(written) ? 1 : editDistance(written, name)
}

/** Levenshtein's: insertions, deletions and replacements that turn `from` into `to`. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (const [i, letter] of from.split('').entries()) {
    const next = [i + 1]
    for (const [j, other] of to.split('').entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
