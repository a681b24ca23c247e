import { readdirSync, readFileSync } from 'node:fs'
import { isSystemError } from '../private-files.ts'

/** Linux tells about every process under /proc; elsewhere all that is known is whether a pid exists. */
const hasProc = process.platform === 'linux'

/**
 * Whether a process runs. A zombie does not: it ended, and nobody fetched its exit status, which
 * is how an orphan stays in a container whose first process does not reap.
 */
export function isRunning(pid: number): boolean {
  if (hasProc) {
    const stat = readStat(pid)
    return stat !== null && stat.state !== 'Z' && stat.state !== 'X'
  }
  return isPidTaken(pid)
}

/** Whether the pid belongs to any process, a zombie included. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return isSystemError(error, 'EPERM')
  }
}

/**
 * When a process started, in an opaque form: with its pid it tells a process from a later one that
 * was given the same pid. Null where that cannot be known.
 */
export function startMark(pid: number): string | null {
  return hasProc ? (readStat(pid)?.startTicks ?? null) : null
}

/** The words that a process was started with, or as PostgreSQL's processes do, its title. */
export function commandLine(pid: number): readonly string[] | null {
  if (!hasProc) return null
  const text = readProcFile(`/proc/${pid}/cmdline`)
  return text === null ? null : text.split('\0').filter((word) => word !== '')
}

/** The running processes whose title begins with `prefix`. Empty where titles cannot be read. */
export function findByTitle(prefix: string): number[] {
  if (!hasProc) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLine(pid)?.[0]?.startsWith(prefix) && isRunning(pid))
}

function readStat(pid: number): { readonly state: string; readonly startTicks: string } | null {
  const text = readProcFile(`/proc/${pid}/stat`)
  if (text === null) return null
  // The second field is the program's name in parentheses, and may hold blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startTicks: fields[19] ?? '' }
}

function readProcFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ESRCH')) return null
    throw error
  }
}
