import type { Connections } from '../connect/connections.ts'
import { readEvent } from '../mapping/canonical.ts'
import type { Mapper } from '../mapping/mapper.ts'
import { type Reading, unreadable } from '../mapping/reading.ts'
import { internalSources } from '../store/connections.ts'
import type { InboxMessage } from '../store/inbox.ts'
import { canonicalTopic, documentTopic } from './message.ts'

/** What a message says that is in canonical words, or in those of a mapping document. */
export type ReadMessage = (
  message: Pick<InboxMessage, 'connectionId' | 'topic' | 'messageId' | 'body'>,
  receivedAt: Date,
) => Reading

const internal: ReadonlySet<string> = new Set(internalSources)

/** Reads messages by what is in force now: a message that was parked is read anew when it tries again. */
export function createMessageReader(deps: {
  readonly connections: Pick<Connections, 'get'>
  readonly mapper: Mapper
}): ReadMessage {
  const isCanonical = (connectionId: string, topic: string): boolean => {
    if (topic === canonicalTopic || internal.has(connectionId)) return true
    const connection = deps.connections.get(connectionId)
    if (connection === undefined || connection.state === 'broken') return false
    const { webhooks } = connection.connector
    return Object.hasOwn(webhooks, topic) && webhooks[topic]?.interprets === 'canonical'
  }
  return ({ connectionId, topic, messageId, body }, receivedAt) => {
    if (isCanonical(connectionId, topic)) return readCanonical(body)
    const about = documentTopic(topic)
    return deps.mapper.read({ connectionId, ...about, messageId, receivedAt, body })
  }
}

function readCanonical(body: Buffer): Reading {
  try {
    return readEvent(JSON.parse(body.toString('utf8')))
  } catch {
    return unreadable([{ pointer: '', code: 'invalid', message: 'not JSON' }])
  }
}
