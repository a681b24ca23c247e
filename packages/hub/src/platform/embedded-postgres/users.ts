import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../ids.ts'
import { isRunning, startMark } from './processes.ts'

/**
 * Who uses a server: one file for each user, which names its process. The last one to leave stops
 * the server. A file whose process ended without leaving counts for nothing.
 *
 * Call these with the folder's lock held.
 */
export type User = { readonly file: string }

export async function enterUser(folder: string): Promise<User> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${process.pid}-${newId()}`)
  await writeFile(file, startMark(process.pid) ?? '', { mode: 0o600 })
  return { file }
}

/** @returns the pids of those who still use the server. */
export async function leaveUser(folder: string, user: User): Promise<number[]> {
  await rm(user.file, { force: true })
  const remaining: number[] = []
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    const pid = Number.parseInt(name, 10)
    if (await isStillRunning(pid, file)) remaining.push(pid)
    else await rm(file, { force: true })
  }
  return remaining
}

async function isStillRunning(pid: number, file: string): Promise<boolean> {
  if (!isRunning(pid)) return false
  const mark = await readFile(file, 'utf8')
  // The pid may have been given to another process since.
  return mark === '' || mark === startMark(pid)
}
