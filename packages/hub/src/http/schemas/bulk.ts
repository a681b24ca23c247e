import { boundedText, connectionId, freeText } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { type BulkKind, bulkKinds } from '../../pipeline/bulk/bulk-kinds.ts'
import {
  type BulkItem,
  type BulkOperation,
  bulkItemStates,
  bulkStates,
} from '../../store/bulk-operations.ts'
import type { Action } from '../access/rights.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull, uuid } from './common.ts'
import { deadFilter, selected } from './dead-filter.ts'
import { returnFilter } from './return-list.ts'

const mostPicked = 1_000
const reason = freeText(1_000).min(3)
const returnIds = z
  .array(z.uuid().toLowerCase())
  .min(1)
  .max(mostPicked)
  .optional()
  .describe('Only these, by their ids.')
const letters = { filter: z.strictObject(deadFilter).prefault({}), ids: selected }
const returns = { filter: z.strictObject(returnFilter).prefault({}), ids: returnIds }

/** What is asked for, by its kind. */
export const newBulk = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('deliveries.replay'), ...letters }),
  z.strictObject({ kind: z.literal('deliveries.discard'), ...letters, reason }),
  z.strictObject({
    kind: z.literal('messages.replay'),
    filter: z
      .strictObject({ connection: connectionId.optional(), topic: boundedText(200).optional() })
      .prefault({}),
  }),
  z.strictObject({
    kind: z.literal('returns.assign'),
    ...returns,
    owner: boundedText(200).nullable().describe('null: nobody.'),
  }),
  z.strictObject({ kind: z.literal('returns.cancel'), ...returns, reason }),
])
export type NewBulk = z.output<typeof newBulk>

/** The right that the same action for one thing needs. */
export const rightOfKind: Readonly<Record<BulkKind, Action>> = {
  'deliveries.replay': 'deliveries.replay',
  'deliveries.discard': 'deliveries.replay',
  'messages.replay': 'messages.replay',
  'returns.assign': 'returns.work',
  'returns.cancel': 'returns.cancel',
}

export const bulkOperation = z
  .object({
    id: uuid,
    kind: z.enum(bulkKinds),
    request: z.unknown().describe('As it was asked for.'),
    state: z.enum(bulkStates),
    actor: text,
    isCut: z.boolean().describe('More would have fitted than one operation takes.'),
    total: z.int().describe('What is to be done.'),
    excluded: z.int().describe('What fitted and is left out, each for a reason.'),
    done: z.int(),
    failed: z.int(),
    createdAt: time,
    startedAt: timeOrNull,
    endedAt: timeOrNull,
  })
  .meta({ id: 'Operation', description: 'An action on many things, and how far it has come.' })

export const bulkItem = z
  .object({
    itemNo: z.int(),
    target: text.describe('The id of the thing.'),
    label: text,
    state: z.enum(bulkItemStates),
    code: textOrNull.describe('Why it failed or was left out.'),
    detail: textOrNull,
    endedAt: timeOrNull,
  })
  .meta({ id: 'OperationItem', description: 'One thing that an operation is about.' })

export function bulkView(operation: BulkOperation): z.infer<typeof bulkOperation> {
  const { operationId, kind, role: _role, createdAt, startedAt, endedAt, ...rest } = operation
  return {
    ...rest,
    id: operationId,
    kind: z.enum(bulkKinds).parse(kind),
    createdAt: iso(createdAt),
    startedAt: isoOrNull(startedAt),
    endedAt: isoOrNull(endedAt),
  }
}

export function bulkItemView(item: BulkItem): z.infer<typeof bulkItem> {
  return { ...item, endedAt: isoOrNull(item.endedAt) }
}
