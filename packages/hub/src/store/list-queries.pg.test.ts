import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts'
import { newId } from '../platform/ids.ts'
import { listApiKeys } from './api-keys.ts'
import { listAudit } from './audit-queries.ts'
import { leaseBulk, listBulk, listBulkItems, purgeBulk, takeBulkItems } from './bulk-operations.ts'
import { countCases, listCases } from './case-list.ts'
import { findCaseOwner } from './case-owners.ts'
import { findCase, findCasesByIdentifier, hasIdentifier } from './case-queries.ts'
import { findMoves, listChanged } from './changes.ts'
import type { Queryable } from './database.ts'
import {
  countDead,
  findDelivery,
  listAttempts,
  listDead,
  listDeadKeys,
  listDeliveries,
  listDeliveriesOfEvents,
  listDeliveryDetails,
  summarizeDeliveries,
} from './delivery-queries.ts'
import { findActive, findVersion, listDocuments, listVersions } from './documents.ts'
import { listExceptionGroups } from './exception-groups.ts'
import { findException, listCaseExceptions, listExceptions } from './exception-queries.ts'
import { findMessageDetail, listMessages } from './message-queries.ts'
import { countHeadlines, sumHeldMoney } from './overview.ts'
import { listUnmapped } from './parked-values.ts'
import { listPresenceRefs } from './presence-refs.ts'
import { listBodies, listRecordedMessages } from './recorded-messages.ts'
import { countViews, listAllViews, listViews } from './saved-views.ts'
import { listCustomerWords, listLastWords, listOrigins, listTimeline } from './timeline.ts'
import {
  countEntries,
  findEntries,
  listCanonicalValues,
  listChanges,
  listEntries,
  listMeanings,
  listMeaningsElsewhere,
} from './vocabularies.ts'

interface Plan {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly Plan[]
}

/** Tables that grow without end, with their partitions. None may be read through from its beginning. */
const growing =
  /^(inbox_message|inbox_dedupe|return_case|case_snapshot|case_headline|case_event|external_ref|exception|outbox_delivery|outbox_ready|outbox_dead|delivery_attempt|audit_entry|parked_message|parked_value|vocabulary_entry|vocabulary_change|document|bulk_operation|bulk_item|saved_view|message_edit)(_\d{8})?$/

/** Indexes whose own condition is the one that is asked for. */
const partial = /^(case_headline_(review|done_since)|bulk_operation_under_way)$/

describe('what lists and pages are read with', () => {
  let database: TestDatabase
  let client: pg.Client
  const plans: Plan[] = []

  before(async () => {
    database = await createTestDatabase()
    client = new pg.Client({ connectionString: database.url })
    await client.connect()
    // Tables are empty here: whether an index could serve is asked, not whether it is cheaper now.
    await client.query(
      'set enable_seqscan = off; set enable_bitmapscan = off; set enable_mergejoin = off; set enable_hashjoin = off',
    )
  })
  after(async () => {
    await client.end()
    await database.drop()
  })

  /** A database that plans each statement, and then runs it. */
  const planning = {
    query: async (given: string | { text: string; values?: unknown[] }, more: unknown[] = []) => {
      const { text, values = [] } =
        typeof given === 'string' ? { text: given, values: more } : given
      const explained = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        `explain (format json) ${text}`,
        values,
      )
      plans.push(...(explained.rows[0]?.['QUERY PLAN'] ?? []).map(({ Plan: plan }) => plan))
      return client.query(text, values)
    },
  } as unknown as Queryable

  /** Growing tables that are read without a condition on an index, in whatever order. */
  function scansIn({ Plans: below = [], ...plan }: Plan): string[] {
    const relation = plan['Relation Name'] ?? ''
    const isScan = /^(Seq|Index|Index Only) Scan$/.test(plan['Node Type'])
    const isConditional = plan['Index Cond'] !== undefined || partial.test(plan['Index Name'] ?? '')
    const isWhole = isScan && !isConditional && growing.test(relation)
    return [...(isWhole ? [relation] : []), ...below.flatMap(scansIn)]
  }

  const caseId = newId()
  const key = { caseId, deliveryNo: 1 }
  const page = { limit: 50 }
  const presence = { system: 'erp', types: ['credit_note'], cases: 100, endedDays: 30 }
  const createdAt = new Date()
  const document = { kind: 'mapping', name: 'a/b' } as const
  const word = {
    vocabulary: 'reason',
    connectionId: null,
    company: null,
    sourceKey: 'a',
    sourceValue: 'A',
    canonicalValue: 'b',
    validFrom: null,
    validTo: null,
  }

  // biome-ignore format: a table
  const questions: Record<string, (db: Queryable) => Promise<unknown>> = {
    'returns': (db) => listCases(db, { ...page, after: { caseSeq: 7 } }),
    'returns by headline': (db) => listCases(db, { ...page, headline: 'requested' }),
    'returns by channel': (db) => listCases(db, { ...page, channel: 'edi' }),
    'returns by company': (db) => listCases(db, { ...page, company: 'main' }),
    'returns by all of these': (db) => listCases(db, { ...page, headline: 'requested', channel: 'edi', company: 'main', after: { caseSeq: 7 } }),
    'returns of a stage': (db) => listCases(db, { ...page, stage: 'received', after: { caseSeq: 7 } }),
    'returns that need a review': (db) => listCases(db, { ...page, stage: 'needs_review' }),
    'returns that age': (db) => listCases(db, { ...page, stage: 'aging', agingBefore: createdAt }),
    'returns that wait for somebody': (db) => listCases(db, { ...page, waitingOn: 'carrier' }),
    'returns of an owner': (db) => listCases(db, { ...page, owner: 'kim' }),
    'returns, the oldest first': (db) => listCases(db, { ...page, sort: 'since', after: { caseSeq: 7, at: createdAt } }),
    'returns that are done, the oldest first': (db) => listCases(db, { ...page, stage: 'done', sort: 'since' }),
    'returns, the last changed first': (db) => listCases(db, { ...page, sort: 'updated', after: { caseSeq: 7, at: createdAt, touchedAt: createdAt } }),
    'returns, what is due first': (db) => listCases(db, { ...page, sort: 'sla', after: { caseSeq: 7, at: createdAt } }),
    'returns of a time': (db) => listCases(db, { ...page, createdFrom: createdAt, createdTo: createdAt, updatedFrom: createdAt, updatedTo: createdAt }),
    'returns by how an identifier begins': (db) => listCases(db, { ...page, prefix: 'S000' }),
    'how many returns stand where': (db) => countCases(db, { channel: 'edi', agingBefore: createdAt, stages: ['requested', 'needs_review', 'done', 'aging'], atMost: 10 }),
    'whether there is an identifier': (db) => hasIdentifier(db, 'S00042'),
    'returns by an identifier': (db) => listCases(db, { ...page, identifier: 'S00042' }),
    'a return by its id': (db) => findCase(db, caseId),
    'a return by its number': (db) => findCase(db, 'RMA-000001-7'),
    'an identifier': (db) => findCasesByIdentifier(db, { ...page, value: 'S00042' }),
    'a timeline': (db) => listTimeline(db, { ...page, caseId, createdAt, order: 'desc' }),
    'a timeline from its beginning': (db) => listTimeline(db, { ...page, caseId, createdAt, order: 'asc', from: 7 }),
    'the failures of a timeline': (db) => listTimeline(db, { ...page, caseId, createdAt, order: 'desc', sources: ['erp'], kinds: ['goods'], failed: true }),
    'the last words of a return': (db) => listLastWords(db, { caseId, createdAt }),
    'what a customer wrote': (db) => listCustomerWords(db, { caseId, createdAt }),
    'how events came in': (db) => listOrigins(db, [{ source: 'erp', messageId: caseId, recordedAt: createdAt }]),
    'the owner of a return': (db) => findCaseOwner(db, caseId),
    'the deliveries of events': (db) => listDeliveriesOfEvents(db, { ...page, caseId, fromSeq: 1, toSeq: 9, since: createdAt }),
    'how the lanes of a return stand': (db) => summarizeDeliveries(db, { caseId, atMost: 100 }),
    'the exceptions of a return': (db) => listCaseExceptions(db, caseId),
    'open exceptions': (db) => listExceptions(db, { ...page, status: 'open', before: caseId }),
    'open exceptions of a queue': (db) => listExceptions(db, { ...page, status: 'open', queue: 'FN' }),
    'resolved exceptions': (db) => listExceptions(db, { ...page, status: 'resolved' }),
    'exceptions of a return': (db) => listExceptions(db, { ...page, caseId }),
    'open exceptions by their cause': (db) => listExceptionGroups(db, {}),
    'open exceptions of a cause': (db) => listExceptions(db, { ...page, state: 'open', code: 'IT01', about: 'delivery', connectionId: 'erp', dueBefore: createdAt }),
    'an exception': (db) => findException(db, caseId),
    'returns at each headline': (db) => countHeadlines(db, ['received']),
    'money of returns on hold': (db) => sumHeldMoney(db),
    'what has moved': (db) => findMoves(db, { chains: { openedAfter: createdAt, others: [7] }, looseSince: createdAt }),
    'what has changed': (db) => listChanged(db, { spans: [{ chainId: caseId, after: 7, upTo: 9 }], since: createdAt }),
    'deliveries that wait': (db) => listDeliveries(db, { ...page, state: 'pending' }),
    'deliveries that wait for a connection': (db) => listDeliveries(db, { ...page, state: 'pending', connectionId: 'erp', after: { ...key, connectionId: 'erp' } }),
    'deliveries of a return': (db) => listDeliveries(db, { ...page, caseId, state: 'delivered' }),
    'dead letters': (db) => listDead(db, { ...page, after: { ...key, connectionId: 'erp' } }),
    'dead letters of a connection': (db) => listDead(db, { ...page, connectionId: 'erp', code: 'TIMEOUT' }),
    'dead letters to replay': (db) => listDeadKeys(db, { ...page, connectionId: 'erp' }),
    'how many letters are dead': (db) => countDead(db, { connectionId: 'erp', atMost: 10 }),
    'a delivery': (db) => findDelivery(db, key),
    'deliveries by their names': (db) => listDeliveryDetails(db, [key]),
    'the tries of deliveries': (db) => listAttempts(db, { caseId, deliveryNos: [1] }),
    'what returns refer to': (db) => listPresenceRefs(db, presence, null),
    'what ended returns refer to': (db) => listPresenceRefs(db, presence, { endedSince: '2026-11-23', caseId }),
    'messages': (db) => listMessages(db, page),
    'messages of a connection': (db) => listMessages(db, { ...page, connectionId: 'erp', before: caseId }),
    'refused messages': (db) => listMessages(db, { ...page, state: 'refused' }),
    'messages of a topic': (db) => listMessages(db, { ...page, connectionId: 'erp', topic: 'x' }),
    'parked messages of a topic': (db) => listMessages(db, { ...page, state: 'parked', topic: 'x' }),
    'waiting messages of a topic': (db) => listMessages(db, { ...page, state: 'waiting', topic: 'x' }),
    'parked messages': (db) => listMessages(db, { ...page, state: 'parked' }),
    'parked messages of a connection': (db) => listMessages(db, { ...page, state: 'parked', connectionId: 'erp' }),
    'conflicts': (db) => listMessages(db, { ...page, state: 'conflict' }),
    'waiting messages': (db) => listMessages(db, { ...page, state: 'waiting' }),
    'a message': (db) => findMessageDetail(db, caseId),
    'recorded messages': (db) => listRecordedMessages(db, { connectionId: 'erp', days: 7, limit: 10 }),
    'bodies of messages': (db) => listBodies(db, { connectionId: 'erp', messages: [{ messageId: caseId, receivedAt: createdAt, topic: 't', caseId: null, sizeBytes: 1 }] }),
    'what was done to an object': (db) => listAudit(db, { ...page, objectId: 'erp', after: { recordedAt: createdAt, chainId: caseId, seq: 1 } }),
    'what somebody did': (db) => listAudit(db, { ...page, actor: 'key:1 x' }),
    'what was done of late': (db) => listAudit(db, { ...page, action: 'user.', from: createdAt, after: { recordedAt: createdAt, chainId: caseId, seq: 1 } }),
    'operations': (db) => listBulk(db, { ...page, after: { createdAt, operationId: caseId } }),
    'operations of a person': (db) => listBulk(db, { ...page, actor: 'key:1 x' }),
    'items of an operation': (db) => listBulkItems(db, { ...page, operationId: caseId, after: 7 }),
    'items of an operation in a state': (db) => listBulkItems(db, { ...page, operationId: caseId, state: 'failed' }),
    'the operation to go on with': (db) => leaseBulk(db, { nodeId: caseId, seconds: 30 }),
    'the items to go on with': (db) => takeBulkItems(db, { operationId: caseId, nodeId: caseId, limit: 10 }),
    'operations to be forgotten': (db) => purgeBulk(db, { endedDays: 90, plannedDays: 1 }),
    'views of a screen': (db) => listViews(db, { ...page, screen: 'cases', userId: caseId }),
    'views of a screen behind others': (db) => listViews(db, { ...page, screen: 'cases', userId: caseId, after: { isOwn: false, key: 'a', viewId: caseId } }),
    'how many views somebody keeps': (db) => countViews(db, caseId),
    'views of everybody': (db) => listAllViews(db, { ...page, before: caseId }),
    'API keys': (db) => listApiKeys(db, page),
    'documents': (db) => listDocuments(db, { ...page, after: { kind: 'mapping', name: 'a/b' } }),
    'versions of a document': (db) => listVersions(db, { ...page, ...document, before: 7 }),
    'a version of a document': (db) => findVersion(db, { ...document, version: 2 }),
    'the version in force': (db) => findActive(db, document),
    'words of a vocabulary': (db) => listEntries(db, { ...page, vocabulary: 'reason', after: { sourceKey: 'a', entryId: caseId } }),
    'words of a connection': (db) => listEntries(db, { ...page, vocabulary: 'reason', connectionId: 'erp', company: 'main', prefix: 'b' }),
    'words by their names': (db) => findEntries(db, [word]),
    'how many words there are': (db) => countEntries(db, { names: ['reason'], atMost: 100 }),
    'words to remember': (db) => listMeanings(db, { ...page, vocabulary: 'reason', after: caseId }),
    'what words mean elsewhere': (db) => listMeaningsElsewhere(db, [word]),
    'meanings of an open vocabulary': (db) => listCanonicalValues(db, { ...page, vocabulary: 'unit' }),
    'changes of a vocabulary': (db) => listChanges(db, { ...page, vocabulary: 'reason', before: 7 }),
    'changes of a word': (db) => listChanges(db, { ...page, vocabulary: 'reason', sourceKey: 'a' }),
    'words that wait': (db) => listUnmapped(db, { ...page, countAtMost: 100 }),
    'words of a connection that wait': (db) => listUnmapped(db, { ...page, vocabulary: 'reason', connectionId: 'erp', countAtMost: 100 }),
  }
  for (const [name, ask] of Object.entries(questions)) {
    test(`${name}: found by an index, in every table that grows`, async () => {
      plans.length = 0
      await ask(planning)
      assert.ok(plans.length > 0)
      assert.deepEqual(plans.flatMap(scansIn), [])
    })
  }
})
