import type { Connections } from '../../connect/connections.ts'
import { sha256Hex } from '../../platform/crypto/hash.ts'
import { HubError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logger.ts'
import {
  type ChainHead,
  type Changed,
  findMoves,
  findOldestOpening,
  listChanged,
  type Moves,
} from '../../store/changes.ts'
import type { Pool } from '../../store/database.ts'
import { type Changes, Marks, type Notice } from './notice.ts'
import {
  countEntries,
  formatPosition,
  type Heads,
  type Position,
  parsePosition,
  positionOf,
  spansBetween,
  spansSince,
} from './position.ts'

/** Who is told. Neither may throw. */
export interface Follower {
  readonly tell: (notice: Notice) => void
  /** There is nothing more to come from this process. */
  readonly end: () => void
}

export interface ChangeWatchOptions {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'get'>
  readonly log: Logger
  /** Between the end of a look and the next one. */
  readonly everyMs?: number
}

/** What the last look saw. */
interface Seen {
  readonly at: Date
  readonly heads: Heads
  readonly connections: string
}

/** Follows that have not caught up yet keep what is told meanwhile; with more than this they read anew. */
const heldNotices = 60
/** Entries of the audit log that are worth reading to say what changed. Beyond, everybody reads anew. */
const readableEntries = 5_000
/** Older positions are not looked into: reading anew is cheaper. */
const oldestPositionMs = 24 * 3_600_000
/** An entry bears the time at which its transaction began, by the clock of whoever wrote it. */
const recordedBeforeMs = 24 * 3_600_000
/**
 * Exceptions of no return have no entry in the log: they are found by the time at which the transaction began that
 * opened or ended them, and told once for each state. The sessions of the hub end a transaction that idles for ten
 * seconds or waits a minute for a statement, so that none of these few statements is open for that long.
 */
const looseOverlapMs = 15 * 60_000
/** Chains that are taken for ended are looked at only so often. */
const looksPerFullLook = 15
const rememberedExceptions = 20_000

/**
 * Looks once a second what has changed in the database, whichever process changed it, as long as somebody follows;
 * one look serves them all. The path of messages has no part in it: it reads what that path writes anyway.
 * `position.ts` says why nothing is missed.
 */
export class ChangeWatch {
  readonly #options: ChangeWatchOptions
  readonly #followers = new Set<Follower>()
  #exceptions = new Marks(rememberedExceptions)
  #connections = new Map<string, string>()
  #seen: Seen | null = null
  #openedAfter = new Date(0)
  #others = new Set<number>()
  #looks = 0
  #failures = 0
  #isClosed = false
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null
  #catchingUp: Promise<unknown> = Promise.resolve()

  constructor(options: ChangeWatchOptions) {
    this.#options = options
  }

  /** Whether the last look came to an end: while it fails, nobody can be told anything. */
  get isCurrent(): boolean {
    return this.#failures === 0
  }

  /** Where whoever has heard everything stands; null while nobody follows. */
  get position(): string | null {
    return this.#seen && formatPosition(positionOf(this.#seen))
  }

  /**
   * Tells `follower` of everything that changes from now on, and before that of what has changed since `after`.
   *
   * @returns what ends it.
   * @throws {HubError} SHUTTING_DOWN; DATABASE_UNAVAILABLE.
   */
  async follow(follower: Follower, after: string | undefined): Promise<() => void> {
    if (this.#isClosed) throw new HubError('SHUTTING_DOWN', 'This process is ending.')
    const held: Notice[] = []
    const gate = {
      tell: (notice: Notice): void => void held.push(notice),
      end: follower.end,
    }
    this.#followers.add(gate)
    const stop = (): void => this.#leave(gate)
    try {
      if (this.#seen === null) await this.look()
      follower.tell(await this.#welcome(after))
      if (held.length > heldNotices) follower.tell(this.#reset('too_far_behind'))
      else for (const notice of held) follower.tell(notice)
      gate.tell = follower.tell
    } catch (error) {
      stop()
      throw error
    }
    this.#schedule()
    return stop
  }

  /** Looks now; with a look that is under way, waits for it. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  /** Ends everybody's following, and lets nobody begin. */
  close(): void {
    this.#isClosed = true
    for (const { end } of this.#followers) end()
    this.#followers.clear()
    this.#rest()
  }

  #leave(follower: Follower): void {
    this.#followers.delete(follower)
    if (this.#followers.size === 0) this.#rest()
  }

  #rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#seen = null
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#followers.size === 0) return
    const { everyMs = 1_000, log } = this.#options
    this.#timer = setTimeout(() => {
      void this.look()
        .catch((error: unknown) => {
          if (this.#failures === 1) log.warn({ err: error }, 'changes cannot be read')
        })
        .finally(() => {
          this.#timer = undefined
          this.#schedule()
        })
    }, everyMs)
  }

  async #look(): Promise<void> {
    try {
      const before = this.#seen
      const moves = await this.#findMoves(before)
      const heads = this.#moved(before?.heads ?? new Map(), moves.chains)
      const changed = before === null ? nothing : await this.#changedSince(before, heads)
      this.#failures = 0
      // Everybody has left meanwhile: there is nobody for whom it would have to be remembered.
      if (this.#followers.size === 0) return
      this.#seen = { at: moves.now, heads, connections: digestOf(moves) }
      this.#tell(before === null, { moves, changed })
    } catch (error) {
      this.#failures += 1
      throw error
    }
  }

  async #findMoves(before: Seen | null): Promise<Moves> {
    const { pool } = this.#options
    if (before === null) {
      this.#forget()
      this.#openedAfter = await findOldestOpening(pool)
    }
    this.#looks += 1
    const isFull = before === null || this.#looks % looksPerFullLook === 0
    const some = { openedAfter: this.#openedAfter, others: [...this.#others] }
    const looseSince = new Date((before?.at.getTime() ?? Date.now()) - looseOverlapMs)
    return findMoves(pool, { chains: isFull ? 'all' : some, looseSince })
  }

  #forget(): void {
    this.#exceptions = new Marks(rememberedExceptions)
    this.#connections = new Map()
    this.#others = new Set()
    this.#looks = 0
  }

  /** What moved goes to the end; what did so although it was taken for ended is looked at from now on. */
  #moved(before: Heads, chains: readonly ChainHead[]): Heads {
    const heads = new Map(before)
    for (const chain of chains) {
      const known = heads.get(chain.chainNo)
      if (known?.seq === chain.seq) continue
      if (known !== undefined) this.#others.add(chain.chainNo)
      heads.delete(chain.chainNo)
      heads.set(chain.chainNo, chain)
    }
    return heads
  }

  /** Null when that is too much to be said. */
  async #changedSince(before: Seen, heads: Heads): Promise<Changed | null> {
    const spans = spansBetween(before.heads, heads)
    if (spans.length === 0) return nothing
    if (countEntries(spans) > readableEntries) return null
    return listChanged(this.#options.pool, { spans, since: recordedSince(before.at) })
  }

  #tell(isFirst: boolean, news: { readonly moves: Moves; readonly changed: Changed | null }): void {
    const { moves, changed } = news
    const exceptions = [...(changed?.exceptions ?? []), ...moves.loose]
    const told = exceptions.filter((one) => this.#exceptions.note(one))
    const connections = this.#movedConnections(moves)
    if (isFirst) return
    if (changed === null) return this.#tellAll(this.#reset('too_far_behind'))
    if (changed.areOthers) return this.#tellAll(this.#reset('many_changed'))
    const { returns, deliveries } = changed
    const changes = { returns, exceptions: told.map(withoutMark), deliveries, connections }
    if (isEmpty(changes)) return
    this.#tellAll({ kind: 'changes', position: this.position ?? '', changes })
  }

  #tellAll(notice: Notice): void {
    for (const { tell } of this.#followers) tell(notice)
  }

  #movedConnections({ connections }: Moves): string[] {
    const before = this.#connections
    this.#connections = new Map(
      connections.map(({ id, mark }) => [id, `${mark} ${this.#healthOf(id)}`]),
    )
    const gone = [...before.keys()].filter((id) => !this.#connections.has(id))
    const moved = [...this.#connections].filter(([id, mark]) => before.get(id) !== mark)
    return [...gone, ...moved.map(([id]) => id)]
  }

  /** What only this process knows of a connection. */
  #healthOf(id: string): string {
    const active = this.#options.connections.get(id)
    return active === undefined || active.state === 'broken' ? 'broken' : active.breaker.state
  }

  /** One after the other: many come back at once when a process was replaced. */
  #welcome(after: string | undefined): Promise<Notice> {
    const next = this.#catchingUp.then(() => this.#catchUp(after))
    this.#catchingUp = next.catch(() => undefined)
    return next
  }

  async #catchUp(after: string | undefined): Promise<Notice> {
    const seen = this.#seen
    if (seen === null) throw new HubError('SHUTTING_DOWN', 'This process is ending.')
    const position = formatPosition(positionOf(seen))
    if (after === undefined) return { kind: 'ready', position }
    const from = parsePosition(after)
    if (from === null) return { kind: 'reset', position, reason: 'unknown_position' }
    const spans =
      seen.at.getTime() - from.at.getTime() > oldestPositionMs ? null : spansSince(from, seen.heads)
    if (spans === null || countEntries(spans) > readableEntries) {
      return { kind: 'reset', position, reason: 'too_far_behind' }
    }
    const changes = await this.#changesSince(from, { spans, seen })
    if (changes === null) return { kind: 'reset', position, reason: 'many_changed' }
    return isEmpty(changes) ? { kind: 'ready', position } : { kind: 'changes', position, changes }
  }

  /** Null when not everything can be named. */
  async #changesSince(
    from: Position,
    { spans, seen }: { readonly spans: ReturnType<typeof spansBetween>; readonly seen: Seen },
  ): Promise<Changes | null> {
    const { pool } = this.#options
    const looseSince = new Date(from.at.getTime() - looseOverlapMs)
    const none = { openedAfter: seen.at, others: [] }
    const { loose, connections } = await findMoves(pool, { chains: none, looseSince })
    const since = recordedSince(from.at)
    const changed = spans.length === 0 ? nothing : await listChanged(pool, { spans, since })
    if (changed.areOthers) return null
    const { returns, exceptions, deliveries } = changed
    return {
      returns,
      deliveries,
      exceptions: [...exceptions, ...loose].map(withoutMark),
      connections: from.connections === seen.connections ? [] : connections.map(({ id }) => id),
    }
  }

  #reset(reason: Extract<Notice, { kind: 'reset' }>['reason']): Notice {
    return { kind: 'reset', position: this.position ?? '', reason }
  }
}

const nothing: Changed = { returns: [], exceptions: [], deliveries: 0, areOthers: false }

function recordedSince(at: Date): Date {
  return new Date(at.getTime() - recordedBeforeMs)
}

function digestOf({ connections }: Moves): string {
  const marks = connections.map(({ id, mark }) => `${id} ${mark}`)
  return sha256Hex(marks.toSorted().join('\n')).slice(0, 12)
}

function withoutMark({ id, status, caseNo }: Changed['exceptions'][number]) {
  return { id, status, caseNo }
}

function isEmpty({ returns, exceptions, deliveries, connections }: Changes): boolean {
  return returns.length + exceptions.length + deliveries + connections.length === 0
}
