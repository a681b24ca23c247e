import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of /proc/…/stat a second: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100
const pageBytes = 4096

/** Resident memory of a process in MiB; null where there is no /proc, or no such process. */
export function residentMb(pid: number): number | null {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')
    return (Number(resident) * pageBytes) / 1_048_576
  } catch {
    return null
  }
}

/** Processor time that a process has used, in milliseconds; with `children`, also what its children have, the ended ones included. */
export function cpuMs(pid: number, { children = false } = {}): number | null {
  const own = statOf(pid)
  if (own === null) return null
  if (!children) return own.selfMs
  const living = childrenOf(pid).reduce((total, child) => total + (statOf(child)?.selfMs ?? 0), 0)
  return own.selfMs + own.endedChildrenMs + living
}

interface Stat {
  readonly parent: number
  readonly selfMs: number
  readonly endedChildrenMs: number
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may contain spaces: fields are counted from behind it (proc(5), from field 3 on).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ms = (first: number) =>
      ((Number(fields[first]) + Number(fields[first + 1])) * 1000) / ticksPerSecond
    return { parent: Number(fields[1]), selfMs: ms(11), endedChildrenMs: ms(13) }
  } catch {
    return null
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => statOf(other)?.parent === pid)
}

/** Notes the memory of a process five times a second. */
export class MemoryWatch {
  #pid: number | null = null
  #peakMb = 0
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => this.#look(), 200)
    this.#timer.unref()
  }

  /** From now on this process; null for none. */
  follow(pid: number | null): void {
    this.#pid = pid
  }

  /** The most since it began, or was forgotten. */
  get peakMb(): number {
    this.#look()
    return this.#peakMb
  }

  /** Begins anew. */
  forget(): void {
    this.#peakMb = 0
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    if (this.#pid !== null) this.#peakMb = Math.max(this.#peakMb, residentMb(this.#pid) ?? 0)
  }
}
