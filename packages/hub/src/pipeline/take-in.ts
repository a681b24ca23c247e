import type { AuditWriter } from '../store/audit.ts'
import type { Queryable, Tx } from '../store/database.ts'
import {
  findMessageIds,
  findMessageOf,
  type InboxMessage,
  insertWaitingMessages,
  takeMessageIds,
} from '../store/inbox.ts'
import { insertParked } from '../store/parked.ts'
import { insertEndedMessages } from '../store/write-batch.ts'
import type { Incoming, MessageResult } from './message.ts'

/** A batch of messages after the question which of them are new. */
export interface TakenIn {
  readonly fresh: readonly Incoming[]
  readonly now: Date
  /** Answers for those that are not: by the id under which each was offered. */
  readonly known: ReadonlyMap<string, MessageResult>
}

export const conflictCode = 'MESSAGE_ID_REUSED'

/**
 * Takes messages in: what is new, what is a repeat, and what carries a known id with another body. The
 * last is kept beside the first, for a person to look at; it never replaces it.
 */
export async function takeIn(
  tx: Tx,
  incoming: readonly Incoming[],
  audit: Pick<AuditWriter, 'append'>,
): Promise<TakenIn> {
  const { taken, now } = await takeMessageIds(tx, firstOfEach(incoming))
  const fresh = incoming.filter(({ message }) => taken.has(message.messageId))
  const others = incoming.filter(({ message }) => !taken.has(message.messageId))
  const known =
    others.length === 0
      ? new Map<string, MessageResult>()
      : await answerKnown(tx, { others, now, audit })
  return { fresh, now, known }
}

function firstOfEach(incoming: readonly Incoming[]): InboxMessage[] {
  const first = new Map<string, InboxMessage>()
  for (const { message } of incoming) {
    const key = `${message.connectionId}\n${message.externalId}`
    if (!first.has(key)) first.set(key, message)
  }
  return [...first.values()]
}

async function answerKnown(
  tx: Tx,
  {
    others,
    now,
    audit,
  }: { others: readonly Incoming[]; now: Date; audit: Pick<AuditWriter, 'append'> },
): Promise<Map<string, MessageResult>> {
  const keys = others.map(({ message }) => ({
    connectionId: message.connectionId,
    externalId: message.externalId,
  }))
  const stored = new Map(
    (await findMessageIds(tx, keys)).map((row) => [`${row.connectionId}\n${row.externalId}`, row]),
  )
  const answers = new Map<string, MessageResult>()
  const conflicts: InboxMessage[] = []
  for (const { message } of others) {
    const first = stored.get(`${message.connectionId}\n${message.externalId}`)
    if (first === undefined) continue
    if (first.bodyHash === message.bodyHash)
      answers.set(message.messageId, repeatOf(first.messageId))
    else {
      conflicts.push(message)
      answers.set(message.messageId, conflictWith(message, first.messageId))
    }
  }
  await keepConflicts(tx, { conflicts, now, audit })
  return answers
}

function repeatOf(messageId: MessageResult['messageId']): MessageResult {
  return {
    messageId,
    isRepeat: true,
    outcome: null,
    code: null,
    caseId: null,
    caseNo: null,
    caseVersion: null,
    detail: null,
  }
}

function conflictWith(message: InboxMessage, firstId: string): MessageResult {
  return {
    messageId: message.messageId,
    isRepeat: false,
    outcome: 'parked',
    code: conflictCode,
    caseId: null,
    caseNo: null,
    caseVersion: null,
    detail: `The message ${firstId} has the same id and another body.`,
  }
}

async function keepConflicts(
  tx: Tx,
  {
    conflicts,
    now,
    audit,
  }: { conflicts: readonly InboxMessage[]; now: Date; audit: Pick<AuditWriter, 'append'> },
): Promise<void> {
  if (conflicts.length === 0) return
  // A sender that repeats its conflicting message shall not fill the table: the pair of id and body counts once.
  const named = conflicts.map((message) => ({
    ...message,
    externalId: `${message.externalId}#${message.bodyHash.slice(0, 16)}`,
  }))
  const unique = [...new Map(named.map((message) => [message.externalId, message])).values()]
  const { taken } = await takeMessageIds(tx, unique)
  const kept = unique.filter(({ messageId }) => taken.has(messageId))
  const detail = 'A message with this id and another body was taken in before.'
  await insertEndedMessages(
    tx,
    kept.map((message) => ({
      message,
      outcome: 'parked' as const,
      code: conflictCode,
      caseId: null,
      result: { detail },
    })),
    now,
  )
  await insertParked(
    tx,
    kept.map((message) => parkedRow(message, { now, detail, code: conflictCode })),
    now,
  )
  await audit.append(tx, kept.map(conflictEntry), now)
}

function parkedRow(
  message: InboxMessage,
  { now, detail, code }: { now: Date; detail: string; code: string },
) {
  const { messageId, connectionId, topic } = message
  return {
    messageId,
    connectionId,
    topic,
    detail,
    receivedAt: now,
    code,
    waitsFor: [],
    isWaiting: false,
  }
}

function conflictEntry(message: InboxMessage) {
  return {
    actor: message.actor,
    action: 'message.conflict_kept',
    objectType: 'message',
    objectId: message.messageId as string,
  }
}

/**
 * Stores new messages for a process that has the role `process`.
 *
 * @param order.inOrder - see `insertWaitingMessages`.
 */
export async function storeForLater(
  tx: Tx,
  { fresh, now }: TakenIn,
  { inOrder }: { readonly inOrder?: boolean } = {},
): Promise<Map<string, MessageResult>> {
  await insertWaitingMessages(
    tx,
    fresh.map(({ message }) => message),
    { now, inOrder },
  )
  return new Map(
    fresh.map(({ message }) => [
      message.messageId,
      { ...repeatOf(message.messageId), isRepeat: false },
    ]),
  )
}

const defectCode = 'PROCESSING_FAILED'

/** Keeps messages that the hub could not apply through no fault of theirs. */
export async function parkDefects(
  tx: Tx,
  { fresh, now, known }: TakenIn,
): Promise<Map<string, MessageResult>> {
  const detail = 'The hub could not apply it. The log has the cause.'
  const messages = fresh.map(({ message }) => message)
  await insertEndedMessages(
    tx,
    messages.map((message) => ({
      message,
      outcome: 'parked' as const,
      code: defectCode,
      caseId: null,
      result: { detail },
    })),
    now,
  )
  await insertParked(
    tx,
    messages.map((message) => parkedRow(message, { now, detail, code: defectCode })),
    now,
  )
  const results = messages.map(
    (message) =>
      [message.messageId, { ...conflictWith(message, ''), code: defectCode, detail }] as const,
  )
  return new Map([...known, ...results])
}

/** What became of a message that was taken in before. */
export async function completeRepeat(
  db: Queryable,
  { connectionId, repeat }: { readonly connectionId: string; readonly repeat: MessageResult },
): Promise<MessageResult> {
  const stored = await findMessageOf(db, { connectionId, messageId: repeat.messageId })
  if (stored === null) return repeat
  const result = (stored.result ?? {}) as { caseNo?: string; caseVersion?: number; detail?: string }
  return {
    ...repeat,
    outcome: stored.outcome,
    code: stored.code,
    caseId: stored.caseId,
    caseNo: result.caseNo ?? null,
    caseVersion: result.caseVersion ?? null,
    detail: result.detail ?? null,
  }
}
