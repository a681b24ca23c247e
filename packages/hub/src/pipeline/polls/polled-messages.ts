import type { PolledMessage } from '@backhaul/sdk/connector'
import { isTopic } from '../../connect/webhook-topic.ts'
import { type Incoming, makeMessage } from '../message.ts'
import { unreadable } from '../pages/source-call.ts'

/** A page that has more is no page: it is held in memory until it is kept. */
const maxMessages = 5_000
const messageIdPattern = /^[\x20-\x7e]{1,200}$/

/**
 * The messages of a page, as webhooks would have brought them.
 *
 * @throws {RetryableError} POLL_MALFORMED: a page is taken whole or not at all, since what it says has an order.
 */
export function polledMessages(
  messages: readonly PolledMessage[],
  from: { readonly connectionId: string; readonly bodyLimitBytes: number },
): Incoming[] {
  if (!Array.isArray(messages) || messages.length > maxMessages) {
    throw malformed(`a page has at most ${maxMessages} messages`)
  }
  return messages.map((message: PolledMessage) => incomingOf(message, from))
}

function incomingOf(
  { topic, messageId, body }: PolledMessage,
  { connectionId, bodyLimitBytes }: { readonly connectionId: string; bodyLimitBytes: number },
): Incoming {
  if (typeof topic !== 'string' || !isTopic(topic)) throw malformed('a message has no such topic')
  if (typeof messageId !== 'string' || !messageIdPattern.test(messageId)) {
    throw malformed('a message id has 1 to 200 printable ASCII characters')
  }
  return {
    reading: { kind: 'later' },
    message: makeMessage({
      connectionId,
      topic,
      externalId: messageId,
      body: bytesOf(body, bodyLimitBytes),
      actor: `connection:${connectionId}`,
    }),
  }
}

function bytesOf(body: unknown, limit: number): Buffer {
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : asJson(body)
  if (bytes === undefined) throw malformed('a body is no JSON')
  if (bytes.length > limit) throw malformed(`a body has more than ${limit} bytes`)
  return bytes
}

function asJson(body: unknown): Buffer | undefined {
  try {
    const text = JSON.stringify(body)
    return text === undefined ? undefined : Buffer.from(text)
  } catch {
    return undefined
  }
}

function malformed(reason: string): ReturnType<typeof unreadable> {
  return unreadable('POLL_MALFORMED', reason)
}
