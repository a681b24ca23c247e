import type { Incoming, MessageResult } from '../../pipeline/message.ts'
import type { Receiver } from '../../pipeline/receive.ts'

/**
 * Takes messages in together.
 *
 * @throws what one of them failed with, after all have ended: whoever sent them sends all of them again,
 * and those that were stored are repeats then.
 */
export async function receiveAll(
  { receive }: Pick<Receiver, 'receive'>,
  incoming: readonly Incoming[],
): Promise<MessageResult[]> {
  // Each in an async function of its own: what one throws at once must not leave others unobserved.
  const settled = await Promise.allSettled(incoming.map(async (one) => receive(one)))
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  })
}
