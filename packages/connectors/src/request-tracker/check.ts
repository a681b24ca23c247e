import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { call, readAs } from './rt.ts'
import { missingFields } from './ticket.ts'

const about = z.looseObject({ Version: z.string().max(100) })

/** Says which RT this is, and what of the queue is missing, or hidden from us. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const { body } = await call(connection, { path: '/rt' })
  const { Version: version } = readAs(about, body)
  const names = Object.values(config.fields)
  const missing = await missingFields(connection, names)
  const notes =
    missing === null
      ? [`There is no queue "${config.queue}", or the user may not see it.`]
      : missing.map((name) => `The queue lacks the custom field "${name}", or the right to see it.`)
  const isDeaf = config.webhookSecrets.length === 0
  return {
    account: `RT ${version}, queue ${config.queue}`,
    notes: [...notes, ...(isDeaf ? ['No scrip is trusted: changes are noticed by polling.'] : [])],
  }
}
