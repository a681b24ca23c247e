import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId } from '../../src/platform/ids.ts'

/**
 * A path for a data folder of a test's own. The folder is left for the hub to make: what mkdtemp
 * makes may be entered by its owner alone, and a database started by root runs as another account.
 */
export function temporaryDataDir(): string {
  return join(tmpdir(), `backhaul-test-${newId()}`)
}

/** Deletes a data folder, and the database that it may have outside of itself. */
export async function removeDataDir(dataDir: string): Promise<void> {
  const home = await readFile(join(dataDir, 'embedded-postgres.json'), 'utf8').then(
    (text) => (JSON.parse(text) as { home: string | null }).home,
    () => null,
  )
  if (home !== null) await rm(home, { recursive: true, force: true })
  await rm(dataDir, { recursive: true, force: true })
}
