import { chmod, link, mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { newId } from './ids.ts'

/** Whether `error` is the operating system's refusal with one of these codes, such as `ENOENT`. */
export function isSystemError(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/**
 * Makes the folder that holds everything the hub keeps on this machine, with its parents.
 *
 * Only its owner may list it. A hub that runs as root lets others pass through, because its
 * database runs as another account and lives below; every file in it is closed to them by itself.
 */
export async function ensureDataDir(dataDir: string): Promise<void> {
  const made = await mkdir(dataDir, { recursive: true })
  // chmod, because mkdir's mode is cut by the umask.
  if (made !== undefined) await chmod(dataDir, process.getuid?.() === 0 ? 0o711 : 0o700)
}

/**
 * Creates a file that only its owner may read: whole or not at all, and on the disk when this
 * returns. Two processes may try at once: one of them wins.
 *
 * @returns whether it was this call that created the file.
 */
export async function createPrivateFile(path: string, content: string): Promise<boolean> {
  const draft = await writeDraft(path, content)
  try {
    // Unlike a rename, a link fails where the name is taken.
    await link(draft, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false
    throw error
  } finally {
    await unlink(draft)
  }
}

/** Like `createPrivateFile`, but takes the place of what is there. */
export async function replacePrivateFile(path: string, content: string): Promise<void> {
  await rename(await writeDraft(path, content), path)
  await syncFolder(dirname(path))
}

async function writeDraft(path: string, content: string): Promise<string> {
  const folder = dirname(path)
  const draft = join(folder, `.${newId()}.draft`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(content)
    // What root writes into a user's folder stays that user's: the hub may be started as either.
    if (process.getuid?.() === 0) {
      const { uid, gid } = await stat(folder)
      await file.chown(uid, gid)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

/** A new name in a folder survives a power failure only once the folder itself was synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
