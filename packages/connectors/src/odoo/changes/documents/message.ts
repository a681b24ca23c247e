import { createHash } from 'node:crypto'
import type { PolledMessage } from '@backhaul/sdk/connector'

export type Topic =
  | 'transfer'
  | 'credit-note'
  | 'refund'
  | 'repair'
  | 'replacement'
  | 'supplier-refund'

const digestLength = 32

/**
 * A document as it stands. Its name holds a digest of all that is said, so that equal states are one message and
 * any other state is another one.
 *
 * @param body - nothing in it may change without meaning anything, such as the time of the last write.
 */
export function messageOf(topic: Topic, document: string, body: object): PolledMessage {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  return { topic, messageId: `${document}:${digest.slice(0, digestLength)}`, body }
}
