import { withTransaction } from '../store/database.ts'
import {
  countDead,
  type DeadFilter,
  insertDiscards,
  listDeadKeys,
  takeDead,
} from '../store/delivery-queries.ts'
import { listCaseExceptions } from '../store/exception-queries.ts'
import { type DeliveryKey, formatDeliveryId } from '../store/outbox.ts'
import { type ActionDeps, type Person, queuesOf, resolveException } from './person-actions.ts'

/** What came of it; `left` is counted up to 10,000. */
export interface Discarded {
  readonly discarded: number
  readonly resolved: number
  readonly left: number
}

const atOnce = 100
const countLimit = 10_000

/**
 * Gives dead deliveries up, those of the newest cases first, at most `limit`. Each stays in the history and says who
 * gave it up, and why. What its death raised has no remedy left then, and is resolved in the same person's name; one
 * in a queue of others stays open for them.
 */
export async function discardDead(
  deps: ActionDeps,
  what: DeadFilter & { readonly limit: number; readonly reason: string },
  by: Person,
): Promise<Discarded> {
  const { limit, reason, ...filter } = what
  const keys = await listDeadKeys(deps.pool, { ...filter, limit })
  let discarded = 0
  let resolved = 0
  for (let start = 0; start < keys.length; start += atOnce) {
    const taken = await discard(deps, keys.slice(start, start + atOnce), { by, reason })
    discarded += taken.length
    for (const key of taken) resolved += await resolveDeath(deps, key, { by, reason })
  }
  return {
    discarded,
    resolved,
    left: await countDead(deps.pool, { ...filter, atMost: countLimit }),
  }
}

function discard(
  { pool, record }: ActionDeps,
  keys: readonly DeliveryKey[],
  { by, reason }: { readonly by: Person; readonly reason: string },
): Promise<DeliveryKey[]> {
  return withTransaction(pool, async (tx) => {
    const taken = await takeDead(tx, keys)
    await insertDiscards(tx, taken, { by: by.actor, reason })
    const entries = taken.map((key) => ({
      actor: by.actor,
      action: 'delivery.discarded',
      objectType: 'delivery',
      objectId: formatDeliveryId(key),
      detail: { reason },
    }))
    if (entries.length > 0) await record(tx, entries)
    return taken
  })
}

/** Resolves what is open about a delivery. @returns how many exceptions. */
async function resolveDeath(
  deps: ActionDeps,
  key: DeliveryKey,
  { by, reason }: { readonly by: Person; readonly reason: string },
): Promise<number> {
  const object = `delivery:${formatDeliveryId(key)}`
  const own = (await listCaseExceptions(deps.pool, key.caseId)).filter(
    (one) =>
      one.object === object && one.status === 'open' && queuesOf(by.role).includes(one.queue),
  )
  for (const { exceptionId, code } of own) {
    const action = code === 'IT01' ? 'discard' : 'dismiss'
    // Each request of its own: one that is repeated has no second effect by itself.
    const person = { actor: by.actor, role: by.role }
    await resolveException(deps, { exceptionId, action, note: reason }, person)
  }
  return own.length
}
