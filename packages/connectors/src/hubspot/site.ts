import { z } from 'zod'
import { type Caller, call, crm, readAs } from './hubspot.ts'
import { properties } from './properties.ts'

const list = z.looseObject({
  results: z.array(
    z.looseObject({ name: z.string(), hasUniqueValue: z.boolean().nullable().optional() }),
  ),
})

export interface OwnProperties {
  /** Names of those that the account does not have. */
  readonly missing: readonly string[]
  /** Whether the number of the return is unique: only HubSpot can make it so, and only when it is created. */
  readonly isUnique: boolean
}

export async function readOwnProperties(caller: Caller): Promise<OwnProperties> {
  const { body } = await call(caller, { path: `${crm(caller.config, 'properties')}/tickets` })
  const known = new Map(readAs(list, body).results.map((one) => [one.name, one.hasUniqueValue]))
  const missing = properties.map(({ name }) => name).filter((name) => !known.has(name))
  return { missing, isUnique: known.get('return_case_id') === true }
}
