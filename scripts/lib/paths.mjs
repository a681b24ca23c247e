import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's root folder, without a trailing slash. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')

const skipped = new Set(['node_modules', 'dist', '.git', '.backhaul'])

/** Every file below `folder`, sorted, as absolute paths; nothing where the folder does not exist. */
export function filesBelow(folder) {
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
  const files = []
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !skipped.has(entry.name)) files.push(...filesBelow(path))
    else if (entry.isFile()) files.push(path)
  }
  return files.toSorted(byName)
}

/** The folders of the workspaces, as absolute paths. */
export function packageFolders(base = root) {
  return readdirSync(join(base, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(base, 'packages', entry.name))
    .toSorted(byName)
}

/** Paths in one order on every machine, whatever its language. */
function byName(a, b) {
  return a < b ? -1 : 1
}
