import { HubError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import {
  type BulkOperation,
  cancelBulk,
  findBulk,
  insertBulk,
  startBulk,
} from '../../store/bulk-operations.ts'
import { withTransaction } from '../../store/database.ts'
import type { Person } from '../person-actions.ts'
import { type BulkDeps, type BulkWhat, finalKinds, listTargets } from './bulk-kinds.ts'

type PlanDeps = Pick<BulkDeps, 'pool' | 'record' | 'connections'>

/** Things of one operation. What else fits is for the next one. */
const mostItems = 10_000

/**
 * Writes down what an operation would do, thing by thing. Nothing is done before it is started.
 *
 * @param request - as it was asked for, to be shown, and to be read when its items are done.
 */
export async function planBulk(
  deps: PlanDeps,
  { what, request }: { readonly what: BulkWhat; readonly request: unknown },
  { actor, role }: Person,
): Promise<BulkOperation> {
  const found = await listTargets(deps, what, mostItems + 1)
  const items = found.slice(0, mostItems)
  const isCut = found.length > mostItems
  const plan = { operationId: newId(), kind: what.kind, request, actor, role, isCut, items }
  return withTransaction(deps.pool, (tx) => insertBulk(tx, plan))
}

/**
 * Lets an operation begin that was planned. Everything is done in the name of who planned it: nobody else begins it.
 *
 * @param count - for one that cannot be taken back: how many it is about.
 * @throws {HubError} NOT_FOUND; FORBIDDEN for others; CONFLICT where it has begun; VALIDATION_FAILED for another count.
 */
export async function beginBulk(
  deps: Pick<PlanDeps, 'pool' | 'record'>,
  { operationId, count }: { readonly operationId: string; readonly count: number | undefined },
  { actor, role }: Pick<Person, 'actor' | 'role'>,
): Promise<BulkOperation> {
  const known = await getBulk(deps, operationId)
  if (known.actor !== actor) {
    throw new HubError(
      'FORBIDDEN',
      'It is done in the name of who planned it, and started by them.',
    )
  }
  if (finalKinds.has(known.kind) && count !== known.total) {
    const message = `must be ${known.total}, since this cannot be taken back`
    throw new HubError('VALIDATION_FAILED', 'The number of things has to be said.', {
      problems: [{ pointer: '/count', code: 'invalid_value', message }],
    })
  }
  return withTransaction(deps.pool, async (tx) => {
    const started = await startBulk(tx, { operationId, role })
    if (started === null) throw new HubError('CONFLICT', 'It is not waiting to be started.')
    const { kind, total, request } = started
    await deps.record(tx, [entryOf('operation.started', started, { actor, kind, total, request })])
    return started
  })
}

/**
 * Calls an operation off: what is under way is ended, what waits is not done.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT where it has ended.
 */
export async function stopBulk(
  deps: Pick<PlanDeps, 'pool' | 'record'>,
  operationId: string,
  { actor }: Pick<Person, 'actor'>,
): Promise<BulkOperation> {
  await getBulk(deps, operationId)
  return withTransaction(deps.pool, async (tx) => {
    const canceled = await cancelBulk(tx, operationId)
    if (canceled === null) throw new HubError('CONFLICT', 'It has ended already.')
    const { done, failed, total } = canceled
    await deps.record(tx, [entryOf('operation.canceled', canceled, { actor, done, failed, total })])
    return canceled
  })
}

/** @throws {HubError} NOT_FOUND. */
export async function getBulk(
  { pool }: Pick<PlanDeps, 'pool'>,
  operationId: string,
): Promise<BulkOperation> {
  const found = await findBulk(pool, operationId)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such operation.')
  return found
}

function entryOf(
  action: string,
  { operationId }: BulkOperation,
  { actor, ...detail }: { readonly actor: string } & Readonly<Record<string, unknown>>,
) {
  return { actor, action, objectType: 'operation', objectId: operationId, detail }
}
