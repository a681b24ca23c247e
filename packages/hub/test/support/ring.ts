import type { Delivered, Delivery } from '@backhaul/sdk'
import { cloudEventType, type EventType } from '@backhaul/sdk/canonical'
import { noDial } from '@backhaul/sdk/testing'
import type pg from 'pg'
import type { Connections } from '../../src/connect/connections.ts'
import { type ActivePolicies, noPolicies } from '../../src/domain/index.ts'
import { readForeignEvent } from '../../src/mapping/canonical.ts'
import { noDocuments } from '../../src/mapping/mapper.ts'
import { createDecider } from '../../src/pipeline/decide-returns.ts'
import { createDeliverer, type Deliverer } from '../../src/pipeline/deliver/deliver.ts'
import { createDrainer } from '../../src/pipeline/drain.ts'
import {
  canonicalTopic,
  type Incoming,
  type MessageResult,
  makeMessage,
} from '../../src/pipeline/message.ts'
import { CaseCache } from '../../src/pipeline/process/case-cache.ts'
import { createMessageReader } from '../../src/pipeline/read-message.ts'
import { createReceiver, type Receiver } from '../../src/pipeline/receive.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { newId } from '../../src/platform/ids.ts'
import { createLogger } from '../../src/platform/logger.ts'
import { createPool, type Pool } from '../../src/store/database.ts'
import { createTestDatabase } from './test-database.ts'

type Deliver = (delivery: Delivery<unknown>) => Promise<Delivered>

/** A neighbor of a test ring: it takes what it is sent, and the test says how it answers. */
interface Neighbor {
  readonly received: {
    caseId: string
    key: string
    type: string
    version: number
    attempt: number
  }[]
  answer: Deliver
}

/** A hub process in miniature: the door, the processor and the sender, on a real database, without HTTP. */
export interface TestRing {
  readonly pool: Pool
  readonly receiver: Receiver
  readonly deliverer: Deliverer
  readonly drain: () => Promise<number>
  readonly decide: () => Promise<number>
  readonly neighbors: Readonly<Record<string, Neighbor>>
  readonly nodeId: string
  send(event: TestEvent): Promise<MessageResult>
  /** Waits until this process holds no delivery and has written all results. */
  settled(): Promise<void>
  close(): Promise<void>
}

export interface TestEvent {
  readonly type: EventType
  readonly id: string
  readonly time: string
  readonly data: Record<string, unknown>
  readonly subject?: string
  readonly connection?: string
}

const sealKey = Buffer.alloc(32, 7)

const nothing = { rows: 0, bytes: 0, isPartial: false }

/** Starts a ring on a database of its own, or on `url` beside another one. Two neighbors subscribe to everything. */
export async function startRing(
  options: {
    readonly url?: string
    readonly appliesAtOnce?: boolean
    readonly doors?: number
    readonly policies?: ActivePolicies
    readonly lookUpWaitMs?: number
    /** Who of the neighbors keeps the orders, and is asked for them; nobody when left out. */
    readonly erp?: 'first'
  } = {},
): Promise<TestRing> {
  const database = options.url === undefined ? await createTestDatabase() : null
  const url = options.url ?? database?.url ?? ''
  const { policies = noPolicies } = options
  const log = createLogger({ level: 'silent' })
  const pool = createPool({ url, size: 6, name: 'test', log })
  const neighbors = { first: neighbor(), second: neighbor() }
  await insertConnections(pool, Object.keys(neighbors))
  const connections = connectionsOf(neighbors, options.erp)
  const nodeId = newId()
  const deliverer = createDeliverer({
    pool,
    connections,
    mapper: noDocuments,
    clock: systemClock,
    log,
    nodeId,
    leaseSeconds: 30,
    noticeAfterMs: 86_400_000,
    mayBegin: () => true,
    onWritten: () => undefined,
    onGone: () => undefined,
  })
  const process = {
    connections,
    mapper: noDocuments,
    cache: new CaseCache(),
    lanes: deliverer.dispatcher,
    lease: deliverer.lease,
    policies,
    graceMs: 60_000,
    lookUpWaitMs: options.lookUpWaitMs ?? 60_000,
  }
  const common = {
    pool,
    process,
    read: createMessageReader({ connections, mapper: noDocuments }),
    masterData: {
      takeMisses: () => [],
      prefetch: async () => undefined,
      figures: () => ({ products: nothing, parties: nothing }),
      knowsProducts: false,
      knowsParties: false,
    },
    auditSealKey: sealKey,
    nodeName: 'test',
    log,
    clock: systemClock,
    onCommitted: (
      { leased }: { leased: Parameters<Deliverer['accept']>[0] },
      origin: Parameters<Deliverer['accept']>[1],
    ) => deliverer.accept(leased, origin),
  }
  const { appliesAtOnce = true, doors = 2 } = options
  const receiver = createReceiver({ ...common, appliesAtOnce, doors })
  return {
    pool,
    receiver,
    deliverer,
    drain: createDrainer(common),
    decide: createDecider({ pool, policies, findProduct: () => null, log }),
    neighbors,
    nodeId,
    send: (event) => receiver.receive(incomingOf(event)),
    settled: () =>
      until(
        () => deliverer.dispatcher.heldCount === 0 && deliverer.dispatcher.unwrittenCount === 0,
      ),
    async close() {
      await receiver.stop()
      await deliverer.stop(1_000)
      await pool.end()
      await database?.drop()
    },
  }
}

/** Turns of the event loop until `isTrue`; a test that waits in vain is ended by its own time limit. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve))
}

function neighbor(): Neighbor {
  return { received: [], answer: async () => ({}) }
}

async function insertConnections(pool: pg.Pool, ids: readonly string[]): Promise<void> {
  for (const id of [...ids, 'source']) {
    await pool.query(
      `insert into connection (connection_id, connector, title, config) values ($1, 'test', $1, '{}') on conflict do nothing`,
      [id],
    )
  }
}

function connectionsOf(
  neighbors: Readonly<Record<string, Neighbor>>,
  erp: string | undefined,
): Connections {
  const all = Object.entries(neighbors).map(([id, one]) => activeConnection(id, one))
  const view = {
    get: (id: string) => all.find((connection) => connection.id === id),
    list: () => all,
    owns: () => 'ATRIDSFV',
    ownersOf: () => [],
    routeOf: (role: string) =>
      role === 'erp' ? all.find((connection) => connection.id === erp) : undefined,
    subscribersOf: () => all,
  }
  return view as unknown as Connections
}

function activeConnection(id: string, one: Neighbor) {
  const deliver: Deliver = (delivery) => {
    const { caseId, type, caseVersion } = delivery.command
    one.received.push({
      caseId,
      key: delivery.idempotencyKey,
      type,
      version: caseVersion,
      attempt: delivery.attempt,
    })
    return one.answer(delivery)
  }
  return {
    id,
    state: 'active',
    config: {},
    limits: { concurrency: 8, timeoutMs: 1_000 },
    breaker: {
      state: 'closed',
      waitMs: () => 0,
      report: () => undefined,
      snapshot: () => ({ nextProbeAt: null }),
    },
    rateLimit: { waitMs: () => 0 },
    retry: { delayMs: (attempt: number) => (attempt >= 3 ? null : 1) },
    fetchFor: () => () => Promise.reject(new Error('no network in this test')),
    dialFor: () => ({ dial: noDial, end: () => undefined }),
    connector: {
      delivers: Object.fromEntries(
        (['event.publish', 'order.look_up'] as const).map((type) => [
          type,
          { deliver, idempotency: { kind: 'native_key' } },
        ]),
      ),
    },
  }
}

function incomingOf({ connection = 'source', ...event }: TestEvent): Incoming {
  const envelope = {
    specversion: '1.0',
    source: 'test',
    ...event,
    type: cloudEventType(event.type),
  }
  return {
    message: makeMessage({
      connectionId: connection,
      topic: canonicalTopic,
      externalId: event.id,
      body: Buffer.from(JSON.stringify(envelope)),
      actor: 'test',
    }),
    reading: readForeignEvent(envelope),
  }
}

/** A request for one line of ten pieces, under its own reference. */
export function requested(ref: string, more: Partial<TestEvent> = {}): TestEvent {
  return {
    type: 'return.requested',
    id: `${ref}-requested`,
    time: '2026-11-23T08:00:00Z',
    data: {
      channel: 'ecommerce',
      sourceRef: ref,
      customer: { partyId: 'C-1' },
      currency: 'EUR',
      lines: [
        { lineNo: 1, product: { sku: 'PUMP' }, quantity: '10', reason: { code: 'wrong_goods' } },
      ],
    },
    ...more,
  }
}

/** A carrier's scan of the return that was asked for under `ref`, `minute` minutes after nine. */
export function scanned(ref: string, minute: number, more: Partial<TestEvent> = {}): TestEvent {
  return {
    type: 'parcel.in_transit',
    id: `${ref}-scan-${minute}`,
    time: new Date(Date.UTC(2026, 10, 23, 9, minute)).toISOString(),
    data: { refs: [{ system: 'source', type: 'return', value: ref }], location: `Depot ${minute}` },
    ...more,
  }
}
