import { type MasterDataKind, masterDataKinds, masterDataRecords } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import type { TakenRecords } from '../../pipeline/master-data/store-records.ts'
import type { Conflict } from '../../store/master-data/conflicts.ts'
import { type IssueRow, issueTypes } from '../../store/master-data/issues.ts'
import type { KindCount, ProductDetail, ProductRow } from '../../store/master-data/queries.ts'
import type { SourceStatus } from '../../store/source-cursors.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull } from './common.ts'

const mask = '[masked]'

const productFields = {
  id: text.describe('The id that its system of record gave it.'),
  source: text.describe('Where it comes from.'),
  sku: textOrNull,
  gtin: textOrNull.describe('14 digits.'),
  name: textOrNull,
  baseUnit: text,
  category: textOrNull,
  tags: z.array(text),
  supersededBy: textOrNull,
  isActive: z.boolean(),
  sourceUpdatedAt: timeOrNull.describe('When it changed in its system, where that says so.'),
  updatedAt: time,
}

export const product = z
  .object(productFields)
  .meta({ id: 'Product', description: 'A product as its system of record has it.' })

const identifier = { kind: text, scope: text, value: text }

export const productDetail = z
  .object({
    ...productFields,
    identifiers: z.array(z.object(identifier)),
    units: z.array(z.object({ unit: text, ratio: text.describe('Base units in one.') })),
    components: z.array(z.object({ productId: text, ratio: text })).describe('Of a kit.'),
    conflicts: z
      .array(z.object({ ...identifier, candidates: z.array(text) }))
      .describe('Identifiers that others have, too.'),
  })
  .meta({ id: 'ProductDetail', description: 'A product with its identifiers and pack ratios.' })

export function productView({
  productId,
  sourceUpdatedAt,
  updatedAt,
  ...rest
}: ProductRow): z.infer<typeof product> {
  return {
    ...rest,
    id: productId,
    tags: [...rest.tags],
    sourceUpdatedAt: isoOrNull(sourceUpdatedAt),
    updatedAt: iso(updatedAt),
  }
}

export function productDetailView(
  { identifiers, units, components, ...row }: ProductDetail,
  conflicts: readonly Conflict[],
): z.infer<typeof productDetail> {
  return {
    ...productView(row),
    identifiers: [...identifiers],
    units: [...units],
    components: [...components],
    conflicts: conflicts.map(({ kind, scope, valueKey, candidates }) => {
      return { kind, scope, value: valueKey, candidates: [...candidates] }
    }),
  }
}

export const issueType = z.enum(issueTypes)

export const issue = z
  .object({
    type: issueType.describe(
      'ambiguous: an identifier names several; refused: a record was not acceptable; unknown: messages ask for an identifier that nobody has.',
    ),
    object: text.describe('`product`, `party`, or the kind of the record.'),
    kind: textOrNull.describe('Kind of the identifier; null for a record.'),
    scope: text.describe('Of the identifier, the connection that asked, or the source.'),
    value: text.describe('The identifier as it is compared, or the id of the record.'),
    candidates: z.array(text),
    code: textOrNull,
    detail: textOrNull,
    times: z.int(),
    firstAt: time,
    lastAt: time,
  })
  .meta({
    id: 'MasterDataIssue',
    description: 'What a steward of master data has to look at.',
  })

/** @param shown.showsCustomer - whether the caller may see what customers are called. */
export function issueView(
  row: IssueRow,
  { showsCustomer }: { readonly showsCustomer: boolean },
): z.infer<typeof issue> {
  const isHidden = row.object === 'party' && !showsCustomer
  return {
    ...row,
    value: isHidden ? mask : row.value,
    candidates: [...row.candidates],
    firstAt: iso(row.firstAt),
    lastAt: iso(row.lastAt),
  }
}

/**
 * Items are checked one by one, so that one which is not acceptable does not hold up the others: the route
 * takes whatever they are, and the document says what they should be.
 */
function itemOf(kind: MasterDataKind) {
  const made = z.toJSONSchema(masterDataRecords[kind], { io: 'input' })
  // What the schema refers to stands in the document under its own name.
  const source = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')
  const { $schema: _draft, $defs: _parts, ...schema } = JSON.parse(source) as typeof made
  return z.unknown().meta(schema)
}

export function pushBody(kind: MasterDataKind) {
  return z.strictObject({
    items: z.array(itemOf(kind)).min(1).max(1_000),
    source: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'lower-case letters, digits and hyphens')
      .optional()
      .describe(
        'The system of record, where the key does not speak for a connection. A record stays with the source that gave it first. `api` when left out.',
      ),
    hasMore: z
      .boolean()
      .default(false)
      .describe('More of a first load follows: until its end, nothing counts as unknown.'),
  })
}

export const pushResult = z
  .object({
    read: z.int(),
    written: z.int(),
    unchanged: z.int().describe('Said what was known already.'),
    stale: z.int().describe('Older than what is known, and not taken.'),
    refused: z.array(
      z.object({ index: z.int(), id: text, code: text, detail: text }).describe('Not taken.'),
    ),
  })
  .meta({ id: 'MasterDataPushResult', description: 'What became of the items.' })

export function pushResultView({ refused, ...counts }: TakenRecords): z.infer<typeof pushResult> {
  const shown = refused.map(({ itemKey, ...rest }) => ({ ...rest, id: itemKey }))
  return { ...counts, refused: shown }
}

const kind = z.enum(masterDataKinds)

const feed = z
  .object({
    connectionId: text,
    feed: kind,
    state: z.enum(['waiting', 'reading', 'failed']),
    dueAt: time,
    failures: z.int(),
    lastCode: textOrNull,
    lastReason: textOrNull,
    runStartedAt: timeOrNull,
    runEndedAt: timeOrNull,
    firstEndedAt: timeOrNull.describe('When it had been read to its end for the first time.'),
    runItems: z.int(),
    runWritten: z.int(),
    runRefused: z.int(),
    totalItems: z.int(),
    totalWritten: z.int(),
  })
  .meta({ id: 'MasterDataFeed', description: 'How far a feed has been read.' })

export const masterDataStatus = z.object({
  kinds: z.array(
    z.object({
      kind,
      total: z.int(),
      active: z.int(),
      syncedAt: timeOrNull.describe('When it was whole for the first time.'),
    }),
  ),
  feeds: z.array(feed),
  issues: z.object({ ambiguous: z.int(), refused: z.int(), unknown: z.int() }),
})

export function kindView(count: KindCount) {
  return { ...count, syncedAt: isoOrNull(count.syncedAt) }
}

export function feedView({
  name,
  lagSeconds: _lag,
  ...status
}: SourceStatus<MasterDataKind>): z.infer<typeof feed> {
  return {
    ...status,
    feed: name,
    dueAt: iso(status.dueAt),
    runStartedAt: isoOrNull(status.runStartedAt),
    runEndedAt: isoOrNull(status.runEndedAt),
    firstEndedAt: isoOrNull(status.firstEndedAt),
  }
}
