import type { WorkingConnection } from '../../connect/active-connection.ts'
import type { Connections } from '../../connect/connections.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { Clock } from '../../platform/clock.ts'
import type { LaneKey, LeasedDelivery } from '../../store/outbox.ts'
import { type LaneHolder, laneName } from '../process/lanes.ts'
import { type AttemptOutcome, attempt } from './attempt.ts'
import type { Completion, PutBack } from './complete.ts'
import type { ContactOf } from './contact.ts'

/** A delivery in memory, with the moment until which this process may still begin a try. */
export interface HeldInMemory {
  readonly delivery: LeasedDelivery
  /** By the monotonic clock, milliseconds. */
  readonly heldUntilMs: number
}

interface Lane {
  readonly name: string
  readonly key: LaneKey
  readonly queue: HeldInMemory[]
  isSending: boolean
  /** Something in it is of now: it goes before lanes that only hold backlog. */
  isUrgent: boolean
  /** Number of the last delivery that was put into this lane. */
  lastNo: number
  /** Ended tries of this lane whose rows are not written yet. */
  unwritten: number
  /** Its head waits for a retry, or for another process: what comes now goes back to the database. */
  isClosed: boolean
  closedAtMs: number
}

interface Outlet {
  /** Lanes whose head waits for its turn: those with something of now, and those with backlog alone. */
  readonly urgent: Lane[]
  readonly backlog: Lane[]
  turn: number
  sending: number
  held: number
  waitingSinceMs: number
  isPumpedLater: boolean
}

export interface DispatcherOptions {
  readonly connections: Connections
  readonly mapper: Pick<Mapper, 'template' | 'write'>
  readonly contactOf: ContactOf
  readonly clock: Clock
  /** False while others may have taken this process's leases: then nothing is begun. */
  readonly mayBegin: () => boolean
  /** Called whenever there is something to write; the writer takes it with `takeUnwritten`. */
  readonly onUnwritten: () => void
  /** Told how each try went, for the figures. */
  readonly onTried?: (completion: Completion) => void
}

/** What has to wait longer than this for its turn waits in the database, where others see it too. */
const longWaitMs = 1_000
const heldPerConnection = 2_000
/** Every so many turns of a connection belong to its backlog, however much there is of now. */
const backlogTurn = 4
/** Deliveries of one connection that have waited this long for their turn say that it is slower than its load. */
const slowAfterMs = 3_000
/** Longer than any transaction that could still place something behind a closed lane. */
const closedLaneMs = 70_000

/**
 * Sends leased deliveries: in order within a lane, lanes side by side, each connection on its own with a
 * limit of its own, so that a dead neighbor slows nobody else. Holds no database connection.
 */
export class Dispatcher implements LaneHolder {
  readonly #options: DispatcherOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #outlets = new Map<string, Outlet>()
  readonly #completions: Completion[] = []
  readonly #putBacks: PutBack[] = []
  readonly #abort = new AbortController()
  #isStopping = false
  #sending = 0
  #tried = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
  }

  holds(key: LaneKey, lastNo: number): boolean {
    const lane = this.#lanes.get(laneName(key))
    return lane !== undefined && !lane.isClosed && lane.lastNo === lastNo
  }

  hasRoom(connectionId: string, count: number): boolean {
    const connection = this.#options.connections.get(connectionId)
    if (this.#isStopping || connection?.state !== 'active' || connection.breaker.state === 'open')
      return false
    const outlet = this.#outlets.get(connectionId)
    if (outlet === undefined) return true
    if (outlet.held + count > heldPerConnection) return false
    return outlet.held === outlet.sending || this.#nowMs() - outlet.waitingSinceMs < slowAfterMs
  }

  /** How many deliveries of a connection this process could take from the database now. */
  room(connectionId: string): number {
    const held = this.#outlets.get(connectionId)?.held ?? 0
    return this.#isStopping ? 0 : Math.max(0, heldPerConnection / 4 - held)
  }

  get heldCount(): number {
    let held = 0
    for (const outlet of this.#outlets.values()) held += outlet.held
    return held
  }

  /** Tries begun since the start. */
  get tried(): number {
    return this.#tried
  }

  get unwrittenCount(): number {
    return this.#completions.length + this.#putBacks.length
  }

  /**
   * Takes deliveries that this process has leased. `isClaimed` when they were claimed, which opens a closed
   * lane again; `isBacklog` when their time was long ago, so that what happens now goes first.
   */
  accept(
    deliveries: readonly HeldInMemory[],
    origin: { readonly isClaimed: boolean; readonly isBacklog: boolean },
  ): void {
    const touched = new Set<string>()
    for (const held of deliveries) {
      this.#enqueue(held, origin)
      touched.add(held.delivery.connectionId)
    }
    for (const connectionId of touched) this.#pump(connectionId)
    if (this.unwrittenCount > 0) this.#options.onUnwritten()
  }

  /** What has to be written. The caller says `written` when it is, or keeps it and tries again. */
  takeUnwritten(limit: number): { completions: Completion[]; putBacks: PutBack[] } {
    return {
      completions: this.#completions.splice(0, limit),
      putBacks: this.#putBacks.splice(0, limit),
    }
  }

  written(batch: {
    readonly completions: readonly Completion[]
    readonly putBacks: readonly PutBack[]
  }): void {
    for (const { delivery } of batch.completions) this.#settleLane(delivery)
    for (const { delivery } of batch.putBacks) this.#settleLane(delivery)
  }

  /** Looks again at connections that were held back by a breaker or a rate limit, and forgets closed lanes. */
  tick(): void {
    for (const connectionId of this.#outlets.keys()) this.#pump(connectionId)
    for (const lane of this.#lanes.values()) {
      if (lane.isClosed && lane.unwritten === 0 && this.#nowMs() - lane.closedAtMs > closedLaneMs)
        this.#lanes.delete(lane.name)
    }
    if (this.unwrittenCount > 0) this.#options.onUnwritten()
  }

  /** Begins nothing more and gives back what has not begun; tries under way have until `deadlineMs` to end. */
  async stop(deadlineMs: number): Promise<void> {
    this.#isStopping = true
    for (const lane of this.#lanes.values()) this.#close(lane, 0)
    this.#options.onUnwritten()
    const until = this.#nowMs() + deadlineMs
    while (this.#sending > 0 && this.#nowMs() < until)
      await new Promise((resolve) => setTimeout(resolve, 20))
    this.#abort.abort()
  }

  #enqueue(
    held: HeldInMemory,
    { isClaimed, isBacklog }: { readonly isClaimed: boolean; readonly isBacklog: boolean },
  ): void {
    const { delivery } = held
    const lane = this.#laneOf(delivery)
    if (isClaimed) lane.isClosed = false
    const outlet = this.#outletOf(delivery.connectionId)
    if (!isBacklog && !lane.isUrgent) this.#hurry(outlet, lane)
    outlet.held += 1
    lane.unwritten += 1
    lane.lastNo = delivery.deliveryNo
    if (lane.isClosed || this.#isStopping) {
      this.#putBack(held, 'behind', 0)
      return
    }
    lane.queue.push(held)
    if (!lane.isSending && lane.queue.length === 1) this.#makeReady(outlet, lane)
  }

  #makeReady(outlet: Outlet, lane: Lane): void {
    if (!isWaiting(outlet)) outlet.waitingSinceMs = this.#nowMs()
    queueOf(outlet, lane).push(lane)
  }

  /** What comes now may not pass what came before it in its lane: the whole lane goes forward. */
  #hurry(outlet: Outlet, lane: Lane): void {
    const wasWaiting = takeOut(queueOf(outlet, lane), lane)
    lane.isUrgent = true
    if (wasWaiting) queueOf(outlet, lane).push(lane)
  }

  #nextLane(outlet: Outlet): Lane | undefined {
    outlet.turn = (outlet.turn + 1) % backlogTurn
    return outlet.turn === 0
      ? (outlet.backlog.shift() ?? outlet.urgent.shift())
      : (outlet.urgent.shift() ?? outlet.backlog.shift())
  }

  #pump(connectionId: string): void {
    const outlet = this.#outletOf(connectionId)
    while (isWaiting(outlet)) {
      const connection = this.#options.connections.get(connectionId)
      if (connection === undefined || connection.state !== 'active' || !this.#options.mayBegin()) {
        return this.#giveBackAll(outlet, 5_000)
      }
      if (outlet.sending >= connection.limits.concurrency) return
      // The rate first: an open breaker that says 0 has handed out its one probe.
      const waitMs = connection.rateLimit.waitMs() || connection.breaker.waitMs()
      if (waitMs > longWaitMs) return this.#giveBackAll(outlet, waitMs)
      if (waitMs > 0) return this.#pumpLater(connectionId, outlet, waitMs)
      this.#begin(connection, outlet)
    }
  }

  #pumpLater(connectionId: string, outlet: Outlet, waitMs: number): void {
    if (outlet.isPumpedLater) return
    outlet.isPumpedLater = true
    setTimeout(() => {
      outlet.isPumpedLater = false
      this.#pump(connectionId)
    }, waitMs).unref()
  }

  #begin(connection: WorkingConnection, outlet: Outlet): void {
    const lane = this.#nextLane(outlet)
    const held = lane?.queue.shift()
    outlet.waitingSinceMs = this.#nowMs()
    if (lane === undefined || held === undefined) return
    if (this.#nowMs() + connection.limits.timeoutMs > held.heldUntilMs) {
      // Its lease might end while it is under way, and another process would send it too.
      this.#putBack(held, 'due', 0)
      this.#close(lane, 0)
      return
    }
    lane.isSending = true
    outlet.sending += 1
    this.#sending += 1
    this.#tried += 1
    void this.#send(connection, lane, held)
  }

  async #send(connection: WorkingConnection, lane: Lane, held: HeldInMemory): Promise<void> {
    const startedMs = this.#nowMs()
    const outcome = await attempt(connection, held.delivery, {
      signal: this.#abort.signal,
      clock: this.#options.clock,
      mapper: this.#options.mapper,
      contactOf: this.#options.contactOf,
    })
    this.#outletOf(connection.id).sending -= 1
    this.#sending -= 1
    lane.isSending = false
    this.#ended(connection, lane, { held, outcome, durationMs: this.#nowMs() - startedMs })
    this.#pump(connection.id)
  }

  #ended(
    connection: WorkingConnection,
    lane: Lane,
    {
      held,
      outcome,
      durationMs,
    }: { held: HeldInMemory; outcome: AttemptOutcome; durationMs: number },
  ): void {
    if (!isHeldBack(outcome)) connection.breaker.report(breakerReport(outcome))
    const delayMs = delayOf(connection, held.delivery, outcome)
    const completion = { delivery: held.delivery, outcome, durationMs, delayMs }
    this.#completions.push(completion)
    this.#options.onTried?.(completion)
    if (delayMs !== null) this.#close(lane, 0)
    else if (lane.queue.length > 0) this.#makeReady(this.#outletOf(connection.id), lane)
    this.#options.onUnwritten()
  }

  /** Gives a lane back to the database, behind what is under way or waits for its retry. */
  #close(lane: Lane, delayMs: number): void {
    lane.isClosed = true
    lane.closedAtMs = this.#nowMs()
    const outlet = this.#outletOf(lane.key.connectionId)
    takeOut(queueOf(outlet, lane), lane)
    for (const held of lane.queue.splice(0)) this.#putBack(held, 'behind', delayMs)
  }

  #giveBackAll(outlet: Outlet, delayMs: number): void {
    for (const lane of [...outlet.urgent.splice(0), ...outlet.backlog.splice(0)]) {
      const head = lane.queue.shift()
      if (head) this.#putBack(head, 'due', delayMs)
      this.#close(lane, delayMs)
    }
    this.#options.onUnwritten()
  }

  #putBack({ delivery }: HeldInMemory, kind: PutBack['kind'], delayMs: number): void {
    this.#putBacks.push({ delivery, kind, delayMs })
  }

  #settleLane(delivery: LeasedDelivery): void {
    const outlet = this.#outletOf(delivery.connectionId)
    outlet.held -= 1
    const lane = this.#lanes.get(laneName(delivery))
    if (lane === undefined) return
    lane.unwritten -= 1
    if (lane.unwritten === 0 && !lane.isClosed) this.#lanes.delete(lane.name)
  }

  #laneOf(delivery: LeasedDelivery): Lane {
    const name = laneName(delivery)
    const known = this.#lanes.get(name)
    if (known) return known
    const lane: Lane = {
      name,
      key: { connectionId: delivery.connectionId, caseId: delivery.caseId },
      queue: [],
      isSending: false,
      isUrgent: false,
      lastNo: delivery.deliveryNo,
      unwritten: 0,
      isClosed: false,
      closedAtMs: 0,
    }
    this.#lanes.set(name, lane)
    return lane
  }

  #outletOf(connectionId: string): Outlet {
    const known = this.#outlets.get(connectionId)
    if (known) return known
    const outlet: Outlet = {
      urgent: [],
      backlog: [],
      turn: 0,
      sending: 0,
      held: 0,
      waitingSinceMs: this.#nowMs(),
      isPumpedLater: false,
    }
    this.#outlets.set(connectionId, outlet)
    return outlet
  }

  #nowMs(): number {
    return this.#options.clock.monotonicMs()
  }
}

function isWaiting({ urgent, backlog }: Outlet): boolean {
  return urgent.length > 0 || backlog.length > 0
}

/** Where the lane waits for its turn, when it does. */
function queueOf({ urgent, backlog }: Outlet, lane: Lane): Lane[] {
  return lane.isUrgent ? urgent : backlog
}

/** Takes a lane out of a queue. @returns whether it was there. */
function takeOut(queue: Lane[], lane: Lane): boolean {
  const index = queue.indexOf(lane)
  if (index >= 0) queue.splice(index, 1)
  return index >= 0
}

/** The hub itself kept it from a system that allows no more just now: that says nothing about its health. */
function isHeldBack(outcome: AttemptOutcome): boolean {
  return outcome.kind === 'retry' && outcome.code === 'RATE_LIMITED' && outcome.status === null
}

function breakerReport(
  outcome: AttemptOutcome,
): 'delivered' | 'terminal' | 'retryable' | 'unknown' {
  const reports = {
    delivered: 'delivered',
    dead: 'terminal',
    retry: 'retryable',
    unknown: 'unknown',
  } as const
  return reports[outcome.kind]
}

/** When to try again: by the connection's schedule, and not before the neighbor said. Null: it has ended. */
function delayOf(
  connection: WorkingConnection,
  delivery: LeasedDelivery,
  outcome: AttemptOutcome,
): number | null {
  if (outcome.kind === 'delivered' || outcome.kind === 'dead') return null
  const scheduled = connection.retry.delayMs(delivery.attempt)
  return scheduled === null ? null : Math.max(scheduled, outcome.retryAfterMs ?? 0)
}
