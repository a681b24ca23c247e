import { z } from 'zod'
import { type Caller, call, crm, readAs } from './hubspot.ts'
import { readProperties } from './properties.ts'

const id = z.string().regex(/^\d{1,19}$/)
const associated = z
  .looseObject({ results: z.array(z.looseObject({ id })) })
  .transform(({ results }) => [...new Set(results.map((one) => one.id))])

const ticketBody = z.looseObject({
  id,
  properties: z.record(z.string(), z.string().nullable().optional()),
  associations: z
    .looseObject({ notes: associated.optional(), contacts: associated.optional() })
    .optional(),
})

/** A ticket as it was read. */
export interface Ticket {
  readonly id: string
  readonly properties: Readonly<Record<string, string | null | undefined>>
  readonly noteIds: readonly string[]
  readonly contactIds: readonly string[]
}

/** Reads by the ticket's id, or by the number of the return. @returns null where there is none. */
export async function readTicket(
  caller: Caller,
  by: { readonly id: string } | { readonly caseNo: string },
  associations: 'notes' | 'contacts' = 'notes',
): Promise<Ticket | null> {
  const key = 'id' in by ? by.id : by.caseNo
  const answer = await call(caller, {
    path: `${crm(caller.config, 'objects')}/tickets/${encodeURIComponent(key)}`,
    query: {
      properties: readProperties,
      associations,
      ...('id' in by ? {} : { idProperty: 'return_case_id' }),
    },
    allow: [404],
  })
  if (answer.status === 404) return null
  const { id: ownId, properties, associations: found } = readAs(ticketBody, answer.body)
  const { notes = [], contacts = [] } = found ?? {}
  return { id: ownId, properties, noteIds: notes, contactIds: contacts }
}
