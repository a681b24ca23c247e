import { z } from 'zod'
import type { Config, FieldName } from './config.ts'

const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).nullable()

/** A ticket, as far as returns need it. */
export const ticket = z.looseObject({
  id: z.int().min(1),
  external_id: z.string().nullish(),
  status: z.string(),
  custom_status_id: z.int().nullish(),
  requester_id: z.int().nullish(),
  updated_at: z.string(),
  custom_fields: z.array(z.looseObject({ id: z.int(), value: fieldValue.optional() })).default([]),
})
export type Ticket = z.output<typeof ticket>

export const oneTicket = z.looseObject({ ticket })
export const ticketList = z.looseObject({ tickets: z.array(ticket) })

/** What stands in a field; null where it is empty, or the connection does not know the field. */
export function valueOf(
  { custom_fields }: Ticket,
  fields: Config['fields'],
  name: FieldName,
): string | null {
  const id = fields[name]
  const value = id === undefined ? undefined : custom_fields.find((one) => one.id === id)?.value
  if (value === undefined || value === null || value === '') return null
  return Array.isArray(value) ? value.join(', ') : String(value)
}
