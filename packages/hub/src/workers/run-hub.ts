import type { Connections } from '../connect/connections.ts'
import type { Glossary } from '../connect/glossary.ts'
import { createMapper } from '../connect/mapper.ts'
import type { MasterData } from '../connect/master-data.ts'
import { type ActivePolicies, type FindProduct } from '../domain/index.ts'
import { createAuditAnchor } from '../pipeline/anchor-audit.ts'
import type { RecordAudit } from '../pipeline/audit-recorder.ts'
import { createBulkRunner } from '../pipeline/bulk/run-bulk.ts'
import { createDecider } from '../pipeline/decide-returns.ts'
import { createDeliverer, type Deliverer } from '../pipeline/deliver/deliver.ts'
import { createDrainer } from '../pipeline/drain.ts'
import { createDropFolder } from '../pipeline/files/drop-folder.ts'
import { fillMissingListings } from '../pipeline/fill-listings.ts'
import { describeNode, heartbeat, join, leave, releaseExpired } from '../pipeline/membership.ts'
import type { MessageResult } from '../pipeline/message.ts'
import { CaseCache } from '../pipeline/process/case-cache.ts'
import type { BatchOrigin, ProcessDeps } from '../pipeline/process/process-batch.ts'
import { createMessageReader, type ReadMessage } from '../pipeline/read-message.ts'
import { createReceiver, type Receiver, type ReceiverOptions } from '../pipeline/receive.ts'
import { linkForNotice } from '../pipeline/status-page/links.ts'
import { createFigureWriter } from '../pipeline/system/process-figures.ts'
import { fireTimers, housekeep, retryParked } from '../pipeline/tick.ts'
import { createTryCounter, type TryCounter } from '../pipeline/vitals/try-counter.ts'
import type { Clock } from '../platform/clock.ts'
import type { HubConfig } from '../platform/config/schema.ts'
import type { StatusLinkKeys } from '../platform/crypto/status-token.ts'
import { releaseMemory } from '../platform/heap.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { Pool } from '../store/database.ts'
import type { HubNode } from '../store/nodes.ts'
import { type Loop, startLoop } from './loop.ts'
import { measureMasterData } from './master-data-metrics.ts'
import { every, type Periodic } from './periodic.ts'
import { type Readers, startReaders } from './readers.ts'
import { createRingMetrics } from './ring-metrics.ts'

export interface HubDeps {
  readonly config: HubConfig
  readonly pool: Pool
  readonly connections: Connections
  readonly glossary: Glossary
  readonly masterData: MasterData
  readonly record: RecordAudit
  /** Sign the links in messages to customers. */
  readonly statusLinkKeys: StatusLinkKeys
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Metrics
  /** Key that seals the heads of the audit chains. */
  readonly auditSealKey: Buffer
  /** The rule sets in force. */
  readonly policies: ActivePolicies
  readonly findProduct: FindProduct
}

/** The running ring of one process. */
export interface RunningHub {
  readonly receiver: Receiver
  readonly deliverer: Deliverer
  /** What a message says, by the connections and mapping documents in force. */
  readonly read: ReadMessage
  readonly nodeName: string
  /** Whether this process could lately say in the database that it lives. */
  readonly canWrite: () => boolean
  /** Messages were queued for the processor: look now. */
  readonly wakeProcessor: () => void
  /** Deliveries became due: look now. */
  readonly wakeDeliverer: () => void
  /** Something may have changed over there: a poll of a connection is due. Returns at once. */
  readonly wakePoll: Readers['wakePoll']
  /** Takes nothing more, ends what is under way, gives the rest back. */
  readonly stop: () => Promise<void>
}

/** How long a message waits for its case before it may open one itself. */
const graceMs = 15 * 60_000
const beatMs = 2_000
const connectionsMs = 1_000
const wordsMs = 1_000
const masterDataMs = 1_000
const idleMs = 500
const triesMs = 15_000
const figuresMs = 15_000
const expiredMs = 30_000
const housekeepingMs = 3_600_000
const housekeepingFirstMs = 60_000
/** How long nothing must have happened before memory is given back. */
const restMs = 1_000
const dropFolderMs = 2_000
/** Until what lists need is filled in for old returns, after an upgrade. */
const listingsMs = 1_000
/** Messages and tries after which the heap is worth a look. */
const burst = 500
/** A process that could not say for this long that it lives begins no delivery: others may have taken its leases. */
const silentMs = 8_000
/** With this much in hand already, the processor leaves its queue alone for a moment. */
const heldEnough = 1_000

/** The loops of a process by name. They start after what wakes them exists, so they are looked up when they are woken. */
type Loops = Partial<Record<'process' | 'deliver' | 'timers' | 'decide' | 'bulk', Loop>> & {
  /** The processor waits until some of what it has set off is delivered. */
  isHeldBack: boolean
}

/** What the parts of the ring share. */
interface Ring {
  readonly deps: HubDeps
  readonly node: HubNode
  readonly loops: Loops
  readonly deliverer: Deliverer
  readonly tries: TryCounter
  readonly receiver: Receiver
  readonly read: ReadMessage
  readonly drain: () => Promise<number>
  readonly onTaken: (results: readonly MessageResult[]) => void
}

/** Joins the other processes on the database and starts the loops of the roles that the configuration asks for. */
export async function runHub(deps: HubDeps): Promise<RunningHub> {
  const { config, pool, clock } = deps
  const node = describeNode(config.nodeId ?? `${config.host}:${config.port}`)
  await join(pool, node)
  const alive = { sinceMs: clock.monotonicMs() }
  const canWrite = (): boolean => clock.monotonicMs() - alive.sinceMs < silentMs
  const ring = buildRing(deps, node, canWrite)
  startLoops(ring)
  const readers = startReaders({ ...deps, nodeId: node.nodeId, onTaken: ring.onTaken })
  const periodic = startPeriodic(ring, () => {
    alive.sinceMs = clock.monotonicMs()
  })
  return {
    receiver: ring.receiver,
    deliverer: ring.deliverer,
    read: ring.read,
    nodeName: node.name,
    canWrite,
    wakeProcessor: () => ring.loops.process?.wake(),
    wakeDeliverer: () => ring.loops.deliver?.wake(),
    wakePoll: readers.wakePoll,
    async stop() {
      const { process, deliver, timers, decide, bulk } = ring.loops
      // It takes things in by the receiver.
      await bulk?.stop()
      await ring.receiver.stop()
      const loops = [process, deliver, timers, decide]
      await Promise.all([readers.stop(), ...loops.map(async (loop) => loop?.stop())])
      await ring.deliverer.stop(config.shutdownGraceSeconds * 1_000)
      for (const each of periodic) each.stop()
      await ring.tries.write().catch(() => undefined)
      await leave(pool, node)
    },
  }
}

function buildRing(deps: HubDeps, node: HubNode, mayBegin: () => boolean): Ring {
  const { config, pool, clock, log } = deps
  const mapper = createMapper(deps)
  const read = createMessageReader({ connections: deps.connections, mapper })
  const loops: Loops = { isHeldBack: false }
  const figures = createRingMetrics(deps.metrics)
  const tries = createTryCounter({ ...deps, nodeName: node.name })
  const deliverer = createDeliverer({
    pool,
    connections: deps.connections,
    mapper,
    clock,
    log,
    mayBegin,
    nodeId: node.nodeId,
    leaseSeconds: config.delivery.leaseSeconds,
    linkFor: (caseId) => linkForNotice(deps, caseId),
    noticeAfterMs: config.delivery.customerNoticeAfterHours * 3_600_000,
    onTried(completion) {
      figures.tried(completion)
      tries.tried(completion)
    },
    onWritten({ messages, wokenLanes }) {
      const hasRoomAgain = loops.isHeldBack && deliverer.dispatcher.heldCount <= heldEnough
      if (messages > 0 || hasRoomAgain) loops.process?.wake()
      if (wokenLanes > 0) loops.deliver?.wake()
    },
    onGone: (connectionId) => disableGone(deps, connectionId),
  })
  const process: ProcessDeps = {
    connections: deps.connections,
    mapper,
    cache: new CaseCache(),
    lanes: config.roles.includes('deliver') ? deliverer.dispatcher : holdsNothing,
    lease: deliverer.lease,
    policies: deps.policies,
    graceMs,
    lookUpWaitMs: config.returns.lookUp.waitSeconds * 1_000,
  }
  const common = {
    pool,
    process,
    read,
    clock,
    log,
    auditSealKey: deps.auditSealKey,
    nodeName: node.name,
    onCommitted(
      { leased, released, hasDue, undecided }: Parameters<ReceiverOptions['onCommitted']>[0],
      origin: BatchOrigin,
    ): void {
      if (leased.length > 0) deliverer.accept(leased, origin)
      if (released > 0) loops.process?.wake()
      if (hasDue) loops.deliver?.wake()
      if (undecided > 0) loops.decide?.wake()
    },
  }
  const receiver = createReceiver({
    ...common,
    appliesAtOnce: config.roles.includes('process'),
    onResult: figures.received,
  })
  const drain = createDrainer({ ...common, masterData: deps.masterData })
  const onTaken: Ring['onTaken'] = (results) => {
    for (const result of results) figures.received(result)
    loops.process?.wake()
  }
  return { deps, node, loops, deliverer, tries, receiver, read, drain, onTaken }
}

const holdsNothing = { holds: () => false, hasRoom: () => false }

function disableGone({ connections, log }: HubDeps, connectionId: string): void {
  connections
    .disableConnection(
      { connectionId, reason: 'The endpoint said that it is gone (410).' },
      { actor: 'hub' },
    )
    .catch((error: unknown) => log.warn({ err: error, connectionId }, 'connection not disabled'))
}

function startLoops(ring: Ring): void {
  const { deps, loops, deliverer, drain } = ring
  const { log, pool, config } = deps
  const { dispatcher } = deliverer
  if (config.roles.includes('process')) {
    const step = (): Promise<number> => {
      loops.isHeldBack = dispatcher.heldCount > heldEnough
      return loops.isHeldBack ? Promise.resolve(0) : drain()
    }
    loops.process = startLoop({ name: 'process', idleMs, log, step })
  }
  if (config.roles.includes('deliver')) {
    const step = (): Promise<number> => {
      dispatcher.tick()
      return deliverer.claim()
    }
    loops.deliver = startLoop({ name: 'deliver', idleMs, log, step })
  }
  if (config.roles.includes('tick')) {
    const step = async (): Promise<number> => {
      const fired = (await fireTimers(pool)) + (await retryParked(pool))
      if (fired > 0) loops.process?.wake()
      return fired
    }
    loops.timers = startLoop({ name: 'timers', idleMs: 1_000, log, step })
    startDeciding({ deps, loops })
    startBulk(ring)
  }
}

/** Does what people have asked for in bulk, a few at a time, beside what goes on. */
function startBulk({ deps, node, loops, receiver }: Ring): void {
  const step = createBulkRunner({
    ...deps,
    nodeId: node.nodeId,
    receive: receiver.receive,
    wakeDeliverer: () => loops.deliver?.wake(),
    wakeProcessor: () => loops.process?.wake(),
  })
  loops.bulk = startLoop({ name: 'bulk', idleMs, log: deps.log, step })
}

function startDeciding({ deps, loops }: Pick<Ring, 'deps' | 'loops'>): void {
  const decide = createDecider(deps)
  const step = async (): Promise<number> => {
    const decided = await decide()
    if (decided > 0) loops.process?.wake()
    return decided
  }
  loops.decide = startLoop({ name: 'decide', idleMs, log: deps.log, step })
}

/**
 * Gives memory back when a burst is over: once, after a pause in which nothing was taken in or sent. What
 * comes now and then is no burst, and does not wait for it.
 */
function restWhenIdle({ receiver, deliverer }: Ring): () => Promise<void> {
  let before = 0
  let doneAtRest = 0
  return async () => {
    const done = receiver.taken() + deliverer.dispatcher.tried
    const isIdle = done === before && deliverer.dispatcher.heldCount === 0
    before = done
    if (!isIdle || done - doneAtRest < burst) return
    doneAtRest = done
    releaseMemory()
  }
}

function startPeriodic(ring: Ring, onBeat: () => void): Periodic[] {
  const { deps, node, loops } = ring
  const { pool, config, log } = deps
  const beats = every(beatMs, { name: 'heartbeat', log }, async () => {
    const released = await heartbeat(pool, node)
    onBeat()
    if (released > 0) loops.deliver?.wake()
  })
  const refreshes = every(connectionsMs, { name: 'connections', log }, () =>
    deps.connections.refresh(),
  )
  const words = every(wordsMs, { name: 'words', log }, () => deps.glossary.refresh())
  const figures = createFigureWriter({
    ...deps,
    nodeId: node.nodeId,
    roles: config.roles,
    dataDir: config.dataDir,
  })
  const says = every(figuresMs, { name: 'figures', log, firstAfterMs: 0 }, figures.write)
  const rests = every(restMs, { name: 'rest', log }, restWhenIdle(ring))
  const always = [
    beats,
    refreshes,
    words,
    rests,
    says,
    { stop: figures.stop },
    ...startMasterData(deps),
    ...watchDropFolder(ring),
    ...(config.roles.includes('deliver')
      ? [every(triesMs, { name: 'tries', log }, ring.tries.write)]
      : []),
  ]
  if (!config.roles.includes('tick')) return always
  const anchor = createAuditAnchor({ pool, auditSealKey: deps.auditSealKey, nodeName: node.name })
  const expired = every(expiredMs, { name: 'expired leases', log }, () => releaseExpired(pool))
  const housekeeping = every(
    housekeepingMs,
    { name: 'housekeeping', log, firstAfterMs: housekeepingFirstMs },
    async () => {
      await housekeep(pool, { retention: config.retention, log })
      await anchor()
    },
  )
  const listings = every(listingsMs, { name: 'listings', log }, () => fillMissingListings(pool))
  return [...always, expired, housekeeping, listings]
}

function watchDropFolder({ deps, receiver }: Ring): Periodic[] {
  const { config, connections, clock, log } = deps
  const dir = config.files.dropDir
  if (dir === undefined || !config.roles.includes('ingest')) return []
  const sizeLimitBytes = config.http.fileBodyLimitBytes
  const look = createDropFolder({ dir, sizeLimitBytes, connections, receiver, clock, log })
  return [every(dropFolderMs, { name: 'drop folder', log }, look)]
}

/** Whoever reads messages keeps what they name at hand. */
function startMasterData({ config, masterData, metrics, log }: HubDeps): Periodic[] {
  if (!readsMessages(config)) return []
  measureMasterData(metrics, masterData)
  return [every(masterDataMs, { name: 'master data', log }, () => masterData.refresh())]
}

/** Whether a process with this configuration maps messages. */
export function readsMessages({ roles }: Pick<HubConfig, 'roles'>): boolean {
  return roles.includes('ingest') || roles.includes('process')
}
