import { HubError } from '../../platform/errors.ts'
import type { Logger } from '../../platform/logger.ts'
import {
  type BulkOperation,
  endBulk,
  endBulkItem,
  leaseBulk,
  type TakenItem,
  takeBulkItems,
} from '../../store/bulk-operations.ts'
import type { Person } from '../person-actions.ts'
import { type BulkDeps, type BulkKind, bulkKinds, bulkParams, performs } from './bulk-kinds.ts'

/** Longer than the items of one step take, even at a slow database. */
const leaseSeconds = 30
/** Items of one step: between two, somebody may call it off, and other operations get their turn. */
const itemsAtOnce = 10

type RunDeps = BulkDeps & { readonly nodeId: string; readonly log: Logger }

/**
 * Makes the step that does what operations ask for: the next few items of one. Each is done in the name of who
 * started it, by the same action that people take for one thing, and ends by itself; what fails does not keep the
 * others. After a process has died another one goes on; an item that may have been done by then is done again where
 * that has no second effect, and where it is refused, counts as done.
 *
 * @returns how many items were done.
 */
export function createBulkRunner(deps: RunDeps): () => Promise<number> {
  const { pool, nodeId } = deps
  return async () => {
    const operation = await leaseBulk(pool, { nodeId, seconds: leaseSeconds })
    if (operation === null) return 0
    const { operationId, state } = operation
    if (state === 'canceling') {
      await endBulk(pool, { operationId, state: 'canceled' })
      return 1
    }
    const items = await takeBulkItems(pool, { operationId, nodeId, limit: itemsAtOnce })
    for (const item of items) await doItem(deps, operation, item)
    if (items.length === 0) await endBulk(pool, { operationId, state: 'done' })
    return Math.max(items.length, 1)
  }
}

/** How actions refuse a second effect. */
const saysDoneBefore: ReadonlySet<string> = new Set(['CONFLICT', 'NOT_FOUND'])

async function doItem(deps: RunDeps, operation: BulkOperation, item: TakenItem): Promise<void> {
  const { operationId } = operation
  const { itemNo, isAgain } = item
  const end = await attempt(deps, operation, item)
  const isDone = end === null || (isAgain && saysDoneBefore.has(end.code))
  await endBulkItem(deps.pool, {
    operationId,
    itemNo,
    state: isDone ? 'done' : 'failed',
    code: end?.code ?? null,
    detail: end?.detail ?? null,
  })
}

/** @returns why it could not be done; null where it was. */
async function attempt(
  deps: RunDeps,
  { operationId, kind, request, actor, role }: BulkOperation,
  { itemNo, target }: TakenItem,
): Promise<{ readonly code: string; readonly detail: string } | null> {
  if (!isKind(kind)) return { code: 'CONFLICT', detail: 'This version does not know the action.' }
  const by: Person = { actor, role, requestId: `${operationId}:${itemNo}` }
  try {
    await performs[kind](deps, target, { params: bulkParams.parse(request), by })
    return null
  } catch (error) {
    if (error instanceof HubError) return { code: error.code, detail: error.message }
    // Not the item is wrong, but what it needs: the step fails, and is tried again.
    throw error
  }
}

function isKind(kind: string): kind is BulkKind {
  return bulkKinds.some((one) => one === kind)
}
