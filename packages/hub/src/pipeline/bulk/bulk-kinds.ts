import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import { HubError } from '../../platform/errors.ts'
import type { PlannedItem } from '../../store/bulk-operations.ts'
import type { CaseFilter } from '../../store/case-filter.ts'
import { type CaseSummary, listCases, placeOfCase } from '../../store/case-list.ts'
import type { Queryable } from '../../store/database.ts'
import { type DeadFilter, listDead } from '../../store/delivery-queries.ts'
import { listMessages } from '../../store/message-queries.ts'
import { formatDeliveryId, parseDeliveryId } from '../../store/outbox.ts'
import { assignCase, cancelCase } from '../case-actions.ts'
import { discardDead } from '../discard.ts'
import type { ActionDeps, Person } from '../person-actions.ts'
import { type ReplayDeps, replayDelivery, replayMessage } from '../replay.ts'
import { conflictCode } from '../take-in.ts'

/** What an operation does with each thing, and the things that it is about. */
export type BulkWhat =
  | { readonly kind: 'deliveries.replay'; readonly filter: DeadFilter }
  | { readonly kind: 'deliveries.discard'; readonly filter: DeadFilter; readonly reason: string }
  | { readonly kind: 'messages.replay'; readonly filter: ParkedFilter }
  | {
      readonly kind: 'returns.assign'
      readonly filter: CaseFilter
      readonly owner: string | null
    }
  | { readonly kind: 'returns.cancel'; readonly filter: CaseFilter; readonly reason: string }

export const bulkKinds = [
  'deliveries.replay',
  'deliveries.discard',
  'messages.replay',
  'returns.assign',
  'returns.cancel',
] as const satisfies readonly BulkWhat['kind'][]
export type BulkKind = (typeof bulkKinds)[number]

/** What cannot be taken back: whoever starts one says how many it is about. */
export const finalKinds: ReadonlySet<string> = new Set<BulkKind>([
  'deliveries.discard',
  'returns.cancel',
])

/** Parked messages. */
interface ParkedFilter {
  readonly connectionId?: string | undefined
  readonly topic?: string | undefined
}

export interface BulkDeps extends ActionDeps, ReplayDeps {
  readonly clock: Clock
}

/** What of the request has to be known when its items are done. */
export const bulkParams = z.object({
  reason: z.string().optional(),
  owner: z.string().nullable().optional(),
})
type BulkParams = z.infer<typeof bulkParams>

/** Does what an operation does, to one thing. Throws what the same action for one throws. */
type Perform = (
  deps: BulkDeps,
  target: string,
  given: { readonly params: BulkParams; readonly by: Person },
) => Promise<unknown>

export const performs: Readonly<Record<BulkKind, Perform>> = {
  'deliveries.replay': (deps, target, { by }) => replayDelivery(deps, keyOf(target), by),
  'messages.replay': (deps, messageId, { by }) => replayMessage(deps, { messageId }, by),
  'returns.assign': (deps, idOrNo, { params: { owner = null }, by }) =>
    assignCase(deps, { idOrNo, owner }, by),
  'returns.cancel': (deps, idOrNo, { params: { reason = '' }, by }) =>
    cancelCase(deps, { idOrNo, reason }, by),
  async 'deliveries.discard'(deps, target, { params: { reason = '' }, by }) {
    const what = { keys: [keyOf(target)], limit: 1, reason }
    const { discarded } = await discardDead(deps, what, by)
    if (discarded === 0) throw new HubError('CONFLICT', 'It is not among the dead ones any more.')
  },
}

function keyOf(target: string) {
  const key = parseDeliveryId(target)
  if (key === null) throw new HubError('NOT_FOUND', 'There is no such delivery.')
  return key
}

/** Things that fit, at most `limit`, in the order in which lists show them. */
export function listTargets(
  deps: Pick<BulkDeps, 'pool' | 'connections'>,
  what: BulkWhat,
  limit: number,
): Promise<PlannedItem[]> {
  switch (what.kind) {
    case 'deliveries.replay':
    case 'deliveries.discard':
      return listLetters(deps, what, limit)
    case 'messages.replay':
      return listParkedTargets(deps.pool, what.filter, limit)
    case 'returns.assign':
      return listReturns(deps.pool, what, limit)
    case 'returns.cancel':
      return listReturns(deps.pool, what, limit)
  }
}

async function listLetters(
  { pool, connections }: Pick<BulkDeps, 'pool' | 'connections'>,
  { kind, filter }: Extract<BulkWhat, { filter: DeadFilter }> & { kind: string },
  limit: number,
): Promise<PlannedItem[]> {
  const rows = await listDead(pool, { ...filter, limit })
  return rows.map((row) => {
    const item = {
      target: formatDeliveryId(row),
      label: `${row.caseNo} ${row.commandType} ${row.connectionId}`,
    }
    const isGone = connections.get(row.connectionId)?.state === 'disabled'
    if (kind === 'deliveries.discard' || !isGone) return item
    const detail = `The connection ${row.connectionId} is disabled.`
    return { ...item, excluded: { code: 'CONNECTION_DISABLED', detail } }
  })
}

const pageSize = 500

async function listParkedTargets(
  db: Queryable,
  filter: ParkedFilter,
  limit: number,
): Promise<PlannedItem[]> {
  const items: PlannedItem[] = []
  let before: string | undefined
  while (items.length < limit) {
    const size = Math.min(pageSize, limit - items.length)
    const page = await listMessages(db, { ...filter, state: 'parked', before, limit: size })
    for (const { messageId, connectionId, topic, externalId, code } of page.items) {
      const item = { target: messageId, label: `${connectionId} ${topic} ${externalId}` }
      const detail = 'Its id was used before with another body: each of these is looked at alone.'
      items.push(
        code === conflictCode ? { ...item, excluded: { code: conflictCode, detail } } : item,
      )
    }
    if (page.next === null) break
    before = page.next
  }
  return items
}

async function listReturns(
  db: Queryable,
  what: Extract<BulkWhat, { kind: `returns.${string}` }>,
  limit: number,
): Promise<PlannedItem[]> {
  const items: PlannedItem[] = []
  let after: ReturnType<typeof placeOfCase> | undefined
  while (items.length < limit) {
    const size = Math.min(pageSize, limit - items.length)
    const rows = await listCases(db, { ...what.filter, after, limit: size })
    for (const row of rows) items.push(returnItem(what, row))
    const last = rows.at(-1)
    if (rows.length < size || last === undefined) break
    after = placeOfCase(last, 'newest')
  }
  return items
}

function returnItem(
  what: Extract<BulkWhat, { kind: `returns.${string}` }>,
  { caseId, caseNo, stage, owner }: CaseSummary,
): PlannedItem {
  const item = { target: caseId, label: caseNo }
  if (what.kind === 'returns.cancel' && stage === 'done') {
    return { ...item, excluded: { code: 'DONE_ALREADY', detail: 'It is done.' } }
  }
  if (what.kind === 'returns.assign' && owner === what.owner) {
    return { ...item, excluded: { code: 'NO_CHANGE', detail: 'It is given to them already.' } }
  }
  return item
}
