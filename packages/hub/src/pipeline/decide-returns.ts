import type { ActivePolicies, FindProduct, KnownReturn } from '../domain/index.ts'
import type { Logger } from '../platform/logger.ts'
import { type CaseRow, lockFreeCases } from '../store/cases.ts'
import {
  isTransient,
  isUnavailable,
  type Pool,
  type Tx,
  withTransaction,
} from '../store/database.ts'
import { insertWaitingMessages, takeMessageIds } from '../store/inbox.ts'
import {
  insertDecisions,
  listPolicyDue,
  lockOrders,
  postponePolicyDue,
  takePolicyDue,
} from '../store/policy.ts'
import { type DecideBy, type Decided, decideCase } from './decide/decide-case.ts'
import { gatherReturns } from './decide/gather-returns.ts'

export interface DeciderOptions {
  readonly pool: Pool
  readonly policies: ActivePolicies
  readonly findProduct: FindProduct
  readonly log: Logger
}

const batchLimit = 50

/**
 * Asks the rule sets in force about returns that wait for it. What comes of it is kept, and queued as messages:
 * a return learns of a decision as it learns of everything else.
 *
 * @returns a step that decides one batch and says how many returns it looked at.
 */
export function createDecider(options: DeciderOptions): () => Promise<number> {
  return async () => {
    let limit = batchLimit
    for (;;) {
      try {
        return await decideOnce(options, limit)
      } catch (error) {
        if (isUnavailable(error)) throw error
        if (isTransient(error)) continue
        options.log.error({ err: error, limit }, 'returns not decided')
        if (limit === 1) return postpone(options)
        // Fewer at a time, until the one that cannot be decided stands alone.
        limit = Math.ceil(limit / 4)
      }
    }
  }
}

/** The one that cannot be decided waits, so that it holds up nobody. */
async function postpone({ pool, log }: DeciderOptions): Promise<number> {
  const caseId = await withTransaction(pool, postponePolicyDue)
  log.error({ caseId }, 'return left for later')
  return 0
}

function decideOnce(options: DeciderOptions, limit: number): Promise<number> {
  return withTransaction(options.pool, async (tx) => {
    const due = await listPolicyDue(tx, limit)
    if (due.length === 0) return 0
    // A case that somebody is changing right now has its turn when they are done.
    const locked = await lockFreeCases(tx, due)
    const taken = await takePolicyDue(
      tx,
      locked.map(({ caseId }) => caseId),
    )
    const rows = locked.filter(({ caseId }) => taken.has(caseId))
    if (rows.length > 0) await decideAll(options, tx, rows)
    return rows.length
  })
}

async function decideAll(
  { policies, findProduct }: DeciderOptions,
  tx: Tx,
  rows: readonly CaseRow[],
): Promise<void> {
  const { own, othersOf } = await gatherReturns(
    tx,
    rows.map(({ caseId }) => caseId),
    (names) => lockOrders(tx, names),
  )
  const by: DecideBy = { policies, findProduct, now: await timeOf(tx) }
  // What the batch authorizes counts for those behind: first come, first served.
  const authorized = new Map<string, KnownReturn>()
  const decided = rows
    .toSorted((a, b) => a.caseSeq - b.caseSeq)
    .flatMap(({ caseId, version }) => {
      const known = own.get(caseId)
      if (known === undefined) return []
      const others = othersOf(caseId)?.map((other) => authorized.get(other.caseId) ?? other) ?? null
      const one = decideCase({ own: known, version, others }, by)
      authorized.set(caseId, { ...known, decided: quantitiesOf(one) })
      return [one]
    })
  await writeAll(tx, decided)
}

function quantitiesOf({ decisions }: Decided): KnownReturn['decided'] {
  return new Map(
    decisions.flatMap(({ lines }) => lines.map(({ lineNo, quantity }) => [lineNo, quantity])),
  )
}

async function writeAll(tx: Tx, decided: readonly Decided[]): Promise<void> {
  await insertDecisions(
    tx,
    decided.flatMap(({ decisions }) => decisions),
  )
  const messages = decided.flatMap((one) => one.messages)
  if (messages.length === 0) return
  const { taken, now } = await takeMessageIds(tx, messages)
  await insertWaitingMessages(
    tx,
    messages.filter(({ messageId }) => taken.has(messageId)),
    { now },
  )
}

async function timeOf(tx: Tx): Promise<Date> {
  const { rows } = await tx.query<{ now: Date }>(`select date_trunc('milliseconds', now()) as now`)
  return rows[0]?.now ?? new Date(0)
}
