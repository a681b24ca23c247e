import { exceptionQueues } from '@backhaul/sdk/canonical'
import { secret } from '@backhaul/sdk/connector'
import { z } from 'zod'

/** Of a channel, not its name: names change. */
const channel = z
  .string()
  .regex(/^[CGD][A-Z0-9]{5,30}$/, 'the id of a channel, such as C0123456789')

const queues = z.partialRecord(z.enum(exceptionQueues), channel)

export const config = z
  .object({
    url: z
      .url({ protocol: /^https?$/ })
      .max(200)
      .default('https://slack.com/api'),
    token: secret(z.string().min(10).max(500)).describe(
      'Bot token `xoxb-…` of an app of your own.',
    ),
    exceptions: queues
      .default({})
      .describe('Where the exceptions of a queue are told, by the queue: RX, CS, IT and so on.'),
    otherExceptions: channel.optional().describe('Where those of every other queue are told.'),
    news: z
      .array(
        z.object({
          events: z
            .string()
            .regex(/^([a-z_]+\.([a-z_]+|\*)|\*)$/, 'an event type, a group such as refund.*, or *'),
          channel,
        }),
      )
      .max(50)
      .default([])
      .describe('What else is told: each event goes to every channel that names it.'),
    consoleUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe('Address of the hub’s console, for links to the return.'),
  })
  .refine((given) => hasChannel(given), {
    path: ['exceptions'],
    message: 'name a channel: in exceptions, otherExceptions or news',
  })
export type Config = z.output<typeof config>

function hasChannel(given: {
  readonly exceptions: object
  readonly otherExceptions?: string | undefined
  readonly news: readonly unknown[]
}): boolean {
  const { exceptions, otherExceptions, news } = given
  return Object.keys(exceptions).length + news.length > 0 || otherExceptions !== undefined
}
