import { z } from 'zod'
import type { Config, FieldName } from './config.ts'

const fieldValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]).nullish()

/** A ticket, as far as returns need it. */
export const ticket = z.looseObject({
  id: z.int().min(1),
  status: z.int(),
  updated_at: z.string(),
  deleted: z.boolean().nullish(),
  spam: z.boolean().nullish(),
  description_text: z.string().nullish(),
  custom_fields: z.record(z.string(), fieldValue).nullish(),
  requester: z.looseObject({ email: z.string().nullish(), name: z.string().nullish() }).nullish(),
})
export type Ticket = z.output<typeof ticket>

/** What stands in a field; null where it is empty, or the account does not have the field. */
export function valueOf(
  { custom_fields }: Ticket,
  fields: Config['fields'],
  name: FieldName,
): string | null {
  const value = custom_fields?.[fields[name]]
  if (value === undefined || value === null || value === '') return null
  return Array.isArray(value) ? value.join(', ') : String(value)
}
