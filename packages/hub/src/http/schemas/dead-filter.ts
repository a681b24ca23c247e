import { boundedText, type CommandType, commandTypes, connectionId } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { HubError } from '../../platform/errors.ts'
import type { DeadFilter } from '../../store/delivery-queries.ts'
import { type DeliveryKey, parseDeliveryId } from '../../store/outbox.ts'

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))
const commandType = z.enum(commandTypes as readonly [CommandType, ...CommandType[]])

/** What dead letters can be asked for by. */
export const deadFilter = {
  connection: connectionId.optional(),
  code: boundedText(100).optional().describe('Why they died.'),
  command: commandType.optional(),
  since: moment.optional().describe('They died at that time or later.'),
  until: moment.optional().describe('They died before.'),
}

/** Dead letters of one action that names them. */
export const maxReplays = 1_000

/** What bulk actions may be limited to, beside the filters. */
export const selected = z
  .array(z.string().max(64))
  .min(1)
  .max(maxReplays)
  .optional()
  .describe('Only these.')

const schema = z.object({ ...deadFilter, ids: selected })

/** The filter as the store takes it. @throws {HubError} NOT_FOUND for an id that cannot be one. */
export function deadFilterOf(filter: z.output<typeof schema>): DeadFilter {
  const { connection, code, command, since, until, ids } = filter
  const keys = ids?.map(readDeliveryId)
  return { connectionId: connection, code, commandType: command, since, until, keys }
}

/** @throws {HubError} NOT_FOUND for what cannot be an id. */
export function readDeliveryId(text: string): DeliveryKey {
  const key = parseDeliveryId(text)
  // Numbers are 32 bits wide in the database.
  if (key !== null && key.deliveryNo <= 2_147_483_647) return key
  throw new HubError('NOT_FOUND', 'There is no such delivery.')
}
