import type { Connections } from '../connect/connections.ts'
import { HubError } from '../platform/errors.ts'
import type { AuditEntry } from '../store/audit.ts'
import { type CaseRow, lockCases } from '../store/cases.ts'
import { type Pool, type Tx, withTransaction } from '../store/database.ts'
import {
  countDead,
  type DeadFilter,
  type DeliveryDetail,
  type DeliveryRecord,
  listDead,
  listDeadKeys,
  listDeliveryDetails,
  setDeliverySeqs,
  takeDead,
} from '../store/delivery-queries.ts'
import { lockParked } from '../store/message-queries.ts'
import { type DeliveryKey, formatDeliveryId } from '../store/outbox.ts'
import { releaseOne } from '../store/parked.ts'
import { insertDeliveries } from '../store/write-batch.ts'
import type { RecordAudit } from './audit-recorder.ts'
import { placeDeliveries } from './process/lanes.ts'
import type { OwedDelivery } from './process/work.ts'
import { conflictCode } from './take-in.ts'

export interface ReplayDeps {
  readonly pool: Pool
  readonly connections: Pick<Connections, 'get'>
  readonly record: RecordAudit
  /** Told after the commit that there is something to do at once. */
  readonly wakeDeliverer: () => void
  readonly wakeProcessor: () => void
}

/** A delivery that takes the place of another one. Both names as people see them. */
export interface Replayed {
  readonly deliveryId: string
  readonly replayOf: string
}

/**
 * Sends a delivery again: a new one in the same lane, behind what waits there, under the same
 * idempotency key, so that a neighbor that has the effect already will not have it twice.
 *
 * @param what.evenIfDelivered - also one that was delivered, for a neighbor that has lost it.
 * @throws {HubError} NOT_FOUND; CONFLICT when it has not ended, was delivered, or was replayed before;
 *   CONNECTION_DISABLED.
 */
export async function replayDelivery(
  deps: ReplayDeps,
  what: DeliveryKey & { readonly evenIfDelivered?: boolean | undefined },
  by: { readonly actor: string },
): Promise<Replayed> {
  const [replayed] = await withTransaction(deps.pool, async (tx) => {
    const cases = await lockCases(tx, [what.caseId])
    const [delivery] = await listDeliveryDetails(tx, [what])
    if (delivery === undefined) throw new HubError('NOT_FOUND', 'There is no such delivery.')
    refuseUnlessReplayable(deps, delivery, what.evenIfDelivered === true)
    return replayAll(deps, tx, { cases, deliveries: [delivery], by })
  })
  if (replayed === undefined) throw new HubError('NOT_FOUND', 'Its case is gone.')
  deps.wakeDeliverer()
  return replayed
}

const refusals = {
  pending: 'It has not ended yet.',
  delivered: 'It was delivered.',
  replayed: 'It was replayed before.',
  discarded: 'It was discarded.',
} as const

function refuseUnlessReplayable(
  { connections }: ReplayDeps,
  delivery: DeliveryRecord,
  evenIfDelivered: boolean,
): void {
  const { state, connectionId } = delivery
  if (state !== 'dead' && !(state === 'delivered' && evenIfDelivered)) {
    throw new HubError('CONFLICT', `The delivery cannot be replayed. ${refusals[state]}`, {
      details: { state },
    })
  }
  if (isOutOfUse(connections, connectionId)) {
    throw new HubError('CONNECTION_DISABLED', `The connection ${connectionId} is disabled.`, {
      details: { connectionId },
    })
  }
}

function isOutOfUse(connections: ReplayDeps['connections'], connectionId: string): boolean {
  const connection = connections.get(connectionId)
  return connection === undefined || connection.storedState === 'disabled'
}

/** What `replayDead` would replay. */
export interface ReplayPreview {
  /** Counted up to 10,000. */
  readonly count: number
  readonly sample: readonly DeliveryRecord[]
}

const previewCount = 10_000
const sampleSize = 10

export async function previewDead(
  { pool }: Pick<ReplayDeps, 'pool'>,
  filter: DeadFilter,
): Promise<ReplayPreview> {
  const [count, sample] = await Promise.all([
    countDead(pool, { ...filter, atMost: previewCount }),
    listDead(pool, { ...filter, limit: sampleSize }),
  ])
  return { count, sample }
}

const casesPerTransaction = 100

/**
 * Replays dead deliveries, those of the newest cases first, at most `limit`. Those of disabled connections
 * stay dead.
 *
 * @returns how many were replayed, and how many that fit are still dead, counted up to 10,000.
 */
export async function replayDead(
  deps: ReplayDeps,
  { limit, ...filter }: DeadFilter & { readonly limit: number },
  by: { readonly actor: string },
): Promise<{ replayed: number; left: number }> {
  const keys = await listDeadKeys(deps.pool, { ...filter, limit })
  let replayed = 0
  for (let start = 0; start < keys.length; start += casesPerTransaction) {
    const chunk = keys.slice(start, start + casesPerTransaction)
    replayed += await replayChunk(deps, chunk, by)
    deps.wakeDeliverer()
  }
  return { replayed, left: await countDead(deps.pool, { ...filter, atMost: previewCount }) }
}

function replayChunk(
  deps: ReplayDeps,
  keys: readonly DeliveryKey[],
  by: { readonly actor: string },
): Promise<number> {
  return withTransaction(deps.pool, async (tx) => {
    const ids = new Set(keys.map(({ caseId }) => caseId))
    const cases = await lockCases(tx, [...ids])
    const deliveries = await listDeliveryDetails(tx, keys)
    const replayable = deliveries.filter(
      ({ state, connectionId }) => state === 'dead' && !isOutOfUse(deps.connections, connectionId),
    )
    return (await replayAll(deps, tx, { cases, deliveries: replayable, by })).length
  })
}

/** Owes deliveries again, within the transaction that holds their cases. */
async function replayAll(
  { record }: ReplayDeps,
  tx: Tx,
  given: {
    readonly cases: readonly CaseRow[]
    readonly deliveries: readonly DeliveryDetail[]
    readonly by: { readonly actor: string }
  },
): Promise<Replayed[]> {
  await takeDead(tx, given.deliveries)
  const renewed = given.cases.map((row) => renewCase(row, given.deliveries))
  await setDeliverySeqs(tx, renewed)
  const nowhere = { holds: () => false, hasRoom: () => false }
  const placed = await placeDeliveries(tx, nowhere, renewed)
  // The first of a free lane is due at once, and nothing is leased: any process may claim it.
  const lease = { nodeId: nilUuid, seconds: 0 }
  await insertDeliveries(tx, placed, { now: await databaseTime(tx), lease })
  const replayed = renewed.flatMap(({ pairs }) => pairs)
  await record(
    tx,
    replayed.map((one) => replayEntry(one, given.by.actor)),
  )
  return replayed
}

const nilUuid = '00000000-0000-0000-0000-000000000000'

interface RenewedCase {
  readonly caseId: string
  /** The case's new last number. */
  readonly deliverySeq: number
  readonly deliveries: OwedDelivery[]
  readonly pairs: Replayed[]
}

/** Owes those of the deliveries again that are the case's. */
function renewCase({ caseId, deliverySeq }: CaseRow, all: readonly DeliveryDetail[]): RenewedCase {
  const mine = all.filter((delivery) => delivery.caseId === caseId)
  const deliveries = mine.map((delivery, index) => renewal(delivery, deliverySeq + index + 1))
  const pairs = mine.map((delivery, index) => ({
    deliveryId: formatDeliveryId({ caseId, deliveryNo: deliverySeq + index + 1 }),
    replayOf: formatDeliveryId(delivery),
  }))
  return { caseId, deliverySeq: deliverySeq + mine.length, deliveries, pairs }
}

function renewal(delivery: DeliveryDetail, deliveryNo: number): OwedDelivery {
  const { caseId, caseNo, caseVersion, connectionId, role, commandType, commandKey, traceparent } =
    delivery
  return {
    caseId,
    deliveryNo,
    connectionId,
    role,
    commandType,
    commandKey,
    caseNo,
    caseVersion,
    occurredAt: delivery.occurredAt.toISOString(),
    traceparent,
    // Always the first of them: what its death raised is cleared by whichever gets through.
    replayOf: delivery.replayOf ?? delivery.deliveryNo,
    body: commandType === 'event.publish' ? publicationBody(delivery) : delivery.body,
    event: null,
  }
}

/** An event is found by its number and the time it was recorded, which for a first delivery is its own. */
function publicationBody({ body, createdAt }: DeliveryDetail): Record<string, unknown> {
  return { eventAt: createdAt.toISOString(), ...(body as Record<string, unknown>) }
}

async function databaseTime(tx: Tx): Promise<Date> {
  const { rows } = await tx.query<{ now: Date }>(`select date_trunc('milliseconds', now()) as now`)
  return rows[0]?.now ?? new Date(0)
}

function replayEntry({ deliveryId, replayOf }: Replayed, actor: string): AuditEntry {
  const detail = { replacedBy: deliveryId }
  return { actor, action: 'delivery.replayed', objectType: 'delivery', objectId: replayOf, detail }
}

/**
 * Lets a parked message try again now, whatever it waits for.
 *
 * @param what.acceptConflict - needed for one whose id was used before with another body: it is applied
 *   beside the first.
 * @throws {HubError} NOT_FOUND when it is not parked (any more); CONFLICT for a conflict that was not
 *   accepted.
 */
export async function replayMessage(
  deps: Pick<ReplayDeps, 'pool' | 'record' | 'wakeProcessor'>,
  what: { readonly messageId: string; readonly acceptConflict?: boolean | undefined },
  by: { readonly actor: string },
): Promise<void> {
  const { messageId } = what
  await withTransaction(deps.pool, async (tx) => {
    const parked = await lockParked(tx, messageId)
    if (parked === null)
      throw new HubError('NOT_FOUND', 'There is no such message among the parked ones.')
    if (parked.code === conflictCode && what.acceptConflict !== true) {
      throw new HubError(
        'CONFLICT',
        'Its id was used before, with another body: say that it shall be applied all the same.',
      )
    }
    // A second click while the first one waits for the processor.
    if (parked.isQueued) return
    await releaseOne(tx, messageId)
    const detail = { code: parked.code }
    await deps.record(tx, [
      {
        actor: by.actor,
        action: 'message.replayed',
        objectType: 'message',
        objectId: messageId,
        detail,
      },
    ])
  })
  deps.wakeProcessor()
}
