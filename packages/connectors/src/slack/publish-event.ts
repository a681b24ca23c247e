import type { Delivered, Delivery, ReadBackResult } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { type ChannelMessage, messagesOf } from './messages.ts'
import { post } from './slack-api.ts'
import { findThread, metadataType } from './threads.ts'

type Publishing = Delivery<Config, 'event.publish'>

const posted = z.object({ ok: z.literal(true), ts: z.string().min(1).max(40) })

/**
 * Tells channels what an event means to them, in one thread for each return and channel. What means nothing to
 * any is delivered by saying nothing.
 *
 * Slack posts whatever it is given as often as it is given it, so that each message carries our key in its
 * metadata and is looked for before it is posted.
 *
 * @throws {RetryableError} on 429, after `Retry-After`, and for credentials; {TerminalError} for a channel that cannot be used.
 */
export async function publishEvent(delivery: Publishing): Promise<Delivered> {
  let externalId: string | undefined
  for (const message of messagesOf(delivery.config, delivery.command)) {
    const ts = await sayOnce(delivery, message)
    externalId ??= `${message.channel}:${ts}`
  }
  return externalId === undefined ? {} : { externalId }
}

/** Whether every channel has been told. */
export async function findPublished(delivery: Publishing): Promise<ReadBackResult> {
  const { config, command, idempotencyKey: key } = delivery
  let externalId: string | undefined
  for (const { channel } of messagesOf(config, command)) {
    const { ownTs } = await findThread(delivery, { channel, caseNo: command.caseNo, key })
    if (ownTs === null) return { state: 'absent' }
    externalId ??= `${channel}:${ownTs}`
  }
  // What says nothing need not be looked for, and need not be said.
  return { state: 'applied', ...(externalId === undefined ? {} : { externalId }) }
}

async function sayOnce(delivery: Publishing, { channel, text }: ChannelMessage): Promise<string> {
  const { command, idempotencyKey: key } = delivery
  const { caseNo } = command
  const { rootTs, ownTs } = await findThread(delivery, { channel, caseNo, key })
  if (ownTs !== null) return ownTs
  const body = {
    channel,
    text,
    unfurl_links: false,
    unfurl_media: false,
    metadata: { event_type: metadataType, event_payload: { case_no: caseNo, key } },
    ...(rootTs === null ? {} : { thread_ts: rootTs }),
  }
  const { ts } = await post(delivery, { method: 'chat.postMessage', body, answer: posted })
  return ts
}
