import { hash } from 'node:crypto'
import {
  type CanonicalEvent,
  type ConnectionId,
  cloudEventType,
  type MessageId,
} from '@backhaul/sdk/canonical'
import type { Reading } from '../mapping/reading.ts'
import { newId } from '../platform/ids.ts'
import type { internalSources } from '../store/connections.ts'
import type { InboxMessage, MessageOutcome } from '../store/inbox.ts'

/** A name under which the hub itself is a source of messages. */
export type InternalSource = (typeof internalSources)[number]

/** The hub may move the authorization by its own timers; people's clicks carry the rights of their role. */
const hubOwns = 'A'

/** The one topic of messages that are canonical events already. */
export const canonicalTopic = 'canonical-events'

const recordSuffix = '#record'

/** The topic of a record of a file that came in on `topic`. */
export function recordTopic(topic: string): string {
  return `${topic}${recordSuffix}`
}

/**
 * The id of a message whose sender names its messages by their content, or its records by their numbers: the
 * same content, or number, on another topic is another message.
 */
export function ofTopic(topic: string, externalId: string): string {
  return `${topic}:${externalId}`
}

/** The topic that a message's mapping document is for, and whether the message is a record of a file. */
export function documentTopic(topic: string): { topic: string; isRecord: boolean } {
  return topic.endsWith(recordSuffix)
    ? { topic: topic.slice(0, -recordSuffix.length), isRecord: true }
    : { topic, isRecord: false }
}

/** A message at the door: read, but not stored yet. */
export interface Incoming {
  readonly message: InboxMessage
  readonly reading: Reading
}

/** What became of a message, as its sender is told. */
export interface MessageResult {
  readonly messageId: MessageId
  /** Taken in before under this id; the rest tells how it ended then. */
  readonly isRepeat: boolean
  /** Null while it waits for the processor. */
  readonly outcome: MessageOutcome | null
  readonly code: string | null
  readonly caseId: string | null
  readonly caseNo: string | null
  readonly caseVersion: number | null
  /** Says in a sentence why it was not applied. */
  readonly detail: string | null
}

export function bodyHash(body: Uint8Array): string {
  return hash('sha256', body, 'base64')
}

/** Names a message, and takes the digest of its bytes. */
export function makeMessage(given: {
  readonly connectionId: string
  readonly topic: string
  readonly externalId: string
  readonly body: Buffer
  readonly actor: string
  /** Axes that the sender may move, where it is not a connection with roles of its own. */
  readonly owns?: string | null
  readonly traceparent?: string | null | undefined
}): InboxMessage {
  return {
    connectionId: given.connectionId as ConnectionId,
    messageId: newId<MessageId>(),
    topic: given.topic,
    externalId: given.externalId,
    bodyHash: bodyHash(given.body),
    body: given.body,
    actor: given.actor,
    owns: given.owns ?? null,
    traceparent: given.traceparent ?? null,
  }
}

/** An event of the hub's own (a timer, a delivery's result, a person's click) as the message that it has to be. */
export function internalMessage(given: {
  readonly source: InternalSource
  readonly externalId: string
  readonly event: Omit<CanonicalEvent, 'source'>
  readonly actor: string
}): InboxMessage {
  const { id, type, subject, time, data } = given.event
  const envelope = {
    specversion: '1.0',
    id,
    source: given.source,
    type: cloudEventType(type),
    subject,
    time,
    data,
  }
  return makeMessage({
    connectionId: given.source,
    topic: canonicalTopic,
    externalId: given.externalId,
    body: Buffer.from(JSON.stringify(envelope)),
    actor: given.actor,
    owns: hubOwns,
  })
}
