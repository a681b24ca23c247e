import { copyFile, open, stat, truncate } from 'node:fs/promises'
import { isSystemError } from '../private-files.ts'

const maxBytes = 4 * 1024 * 1024
const tailBytes = 2000

/**
 * Keeps the server's log from growing without end: past 4 MiB it is copied to `<path>.1` and
 * emptied. The server goes on writing to the same file, at its new end, since it appends.
 */
export async function boundLogFile(path: string): Promise<void> {
  if ((await sizeOf(path)) <= maxBytes) return
  await copyFile(path, `${path}.1`)
  await truncate(path, 0)
}

/** The last lines, for a message that says why the server did not start. */
export async function readLogTail(path: string): Promise<string> {
  const size = await sizeOf(path)
  if (size === 0) return ''
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(size, tailBytes))
    await file.read(buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8').trim()
  } finally {
    await file.close()
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 0
    throw error
  }
}
