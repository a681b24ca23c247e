import type { CheckReport, ConnectionCheck } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { call, crm } from './hubspot.ts'
import { pipelineFor, readPipelines } from './pipelines.ts'
import { readOwnProperties } from './site.ts'

const details = z.looseObject({ portalId: z.int() })

/** Says which account and pipeline this is, and which properties and scopes are missing. */
export async function check(connection: ConnectionCheck<Config>): Promise<CheckReport> {
  const { config } = connection
  const pipeline = pipelineFor(config, await readPipelines(connection))
  const { missing, isUnique } = await readOwnProperties(connection)
  const path = `${crm(config, 'objects')}/contacts`
  const contacts = await call(connection, { path, query: { limit: '1' }, allow: [403] })
  const notes = [
    ...missing.map((name) => `Tickets lack the property ${name}: run the set-up.`),
    ...(missing.length > 0 || isUnique
      ? []
      : ['The property return_case_id is not unique: delete it, and run the set-up.']),
    ...(contacts.status === 403
      ? ['The app lacks crm.objects.contacts.read: customers of tickets stay unknown.']
      : []),
    ...(config.clientSecrets.length === 0
      ? ['No client secret is known: changes are noticed by polling.']
      : []),
  ]
  return { account: `${await accountOf(connection)}pipeline ${pipeline.label}`, notes }
}

async function accountOf(connection: ConnectionCheck<Config>): Promise<string> {
  const path = '/account-info/v3/details'
  const { body } = await call(connection, { path, allow: [403, 404] })
  const parsed = details.safeParse(body)
  return parsed.success ? `HubSpot account ${parsed.data.portalId}, ` : 'HubSpot, '
}
