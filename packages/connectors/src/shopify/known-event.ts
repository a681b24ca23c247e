import type { CanonicalEvent, EventData, EventType } from '@backhaul/sdk/canonical'
import type { Delivery } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'

/** What became known by delivering a command: the same event, by its id, however often the command is repeated. */
export function knownEvent<T extends EventType>(
  { command, idempotencyKey, now }: Delivery<Config>,
  type: T,
  data: EventData<T>,
): CanonicalEvent<T> {
  return {
    id: `${idempotencyKey}/${type}`.slice(0, 200),
    source: 'shopify',
    type,
    subject: command.caseId,
    time: now.toISOString(),
    data,
  }
}
