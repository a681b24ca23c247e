import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '../private-files.ts'
import type { Account } from './account.ts'
import { writeServerFile } from './cluster.ts'
import { commandLine, isPidTaken, isRunning } from './processes.ts'

const fileName = 'postmaster.pid'

/** More than any system hands out: Linux ends at 4,194,303. */
const nobodysPid = 4_194_304

/** What a running server tells in its `postmaster.pid` (PostgreSQL 18, "Database File Layout"). */
export type PostmasterFile = {
  readonly pid: number
  readonly port: number
  readonly status: 'starting' | 'ready' | 'stopping' | 'other'
}

/** @returns null where no server runs, or one was killed. */
export async function findPostmaster(cluster: string): Promise<PostmasterFile | null> {
  const lines = await readLines(cluster)
  if (lines === null) return null
  const [pid, , , port, , , , status] = lines
  const found = { pid: Number(pid), port: Number(port), status: parseStatus(status) }
  return isPostmasterOf(cluster, found.pid) ? found : null
}

/** Whether `pid` is the server of this folder, and not another program that was given its pid. */
function isPostmasterOf(cluster: string, pid: number): boolean {
  if (!(pid > 0) || !isRunning(pid)) return false
  const words = commandLine(pid)
  return words === null || words.includes(cluster)
}

/**
 * Takes the name of a dead server out of the lock file, where its pid is taken: by a zombie, or by
 * a stranger, as happens in containers, which count their pids from 1. PostgreSQL would take either
 * for a running server, for ever. The rest of the file stays, since by it PostgreSQL makes sure
 * that no process of the dead server still has its memory.
 *
 * Call it with the folder's lock held and after `findPostmaster` found none.
 */
export async function disownStalePid(cluster: string, account: Account): Promise<void> {
  const lines = await readLines(cluster)
  const pid = Number(lines?.[0])
  if (lines === null || !(pid > 0) || !isPidTaken(pid)) return
  const content = [nobodysPid, ...lines.slice(1)].join('\n')
  await writeServerFile({ folder: cluster, name: fileName, account }, content)
}

async function readLines(cluster: string): Promise<string[] | null> {
  try {
    return (await readFile(join(cluster, fileName), 'utf8')).split('\n')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return null
    throw error
  }
}

function parseStatus(text = ''): PostmasterFile['status'] {
  const status = text.trim()
  return status === 'starting' || status === 'ready' || status === 'stopping' ? status : 'other'
}
