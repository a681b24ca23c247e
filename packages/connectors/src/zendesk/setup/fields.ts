import type { SetupContext } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { written } from '../../json-answer.ts'
import { call, read } from '../client.ts'
import type { Config, FieldName } from '../config.ts'
import { fieldPlan } from '../field-plan.ts'
import type { Part } from './part.ts'

const field = z.looseObject({
  id: z.int().min(1),
  title: z.string(),
  type: z.string(),
  description: z.string().nullish(),
})
type Field = z.output<typeof field>

const fieldList = z.looseObject({
  ticket_fields: z.array(field),
  meta: z.looseObject({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
})

/** The ids of fields by what they are for, as they are found and made. */
export type FieldIds = Partial<Record<FieldName, number>>

/** All ticket fields of the account. */
export async function listFields(caller: SetupContext<Config>): Promise<Field[]> {
  const found: Field[] = []
  let after: string | null | undefined = null
  do {
    const query: Record<string, string> = { 'page[size]': '100' }
    if (after) query['page[after]'] = after
    const page: z.output<typeof fieldList> = await read(
      caller,
      { path: '/ticket_fields', query },
      fieldList,
    )
    found.push(...page.ticket_fields)
    after = page.meta?.has_more === true ? page.meta.after_cursor : null
  } while (after)
  return found
}

/** A part for each field; `ids` is filled with those that are there. */
export function fieldParts(
  caller: SetupContext<Config>,
  { known, ids }: { readonly known: readonly Field[]; readonly ids: FieldIds },
): Part[] {
  return fieldPlan.map(({ name, title, type, description, options, pattern }) => {
    const configured = caller.config.fields[name]
    const found =
      known.find(({ id }) => id === configured) ?? known.find((one) => one.title === title)
    if (found) ids[name] = found.id
    return {
      key: `field-${name.toLowerCase()}`,
      title: `Ticket field "${title}"`,
      look: async () =>
        ids[name] === undefined
          ? { state: 'missing' as const, detail: `A field of the type ${type}.` }
          : { state: 'present' as const, detail: `Field ${ids[name]}.` },
      make: async () => {
        const ticket_field = {
          title,
          type,
          description,
          ...(options === undefined ? {} : { custom_field_options: options }),
          ...(pattern === undefined ? {} : { regexp_for_validation: pattern }),
        }
        const response = await call(caller, {
          method: 'POST',
          path: '/ticket_fields',
          body: { ticket_field },
        })
        ids[name] = (
          await written(response, z.looseObject({ ticket_field: field }))
        ).ticket_field.id
      },
      takeBack: async () => {
        const id = ids[name]
        if (id === undefined) return { state: 'missing' as const, detail: 'There is none.' }
        // What has another title or description was made, or made their own, by people.
        if (found?.title !== title || found.description !== description) {
          return { state: 'present' as const, detail: `Field ${id} was not made by the set-up.` }
        }
        await call(caller, { method: 'DELETE', path: `/ticket_fields/${id}`, accepts: [404] })
        delete ids[name]
        return { state: 'missing' as const, detail: `Field ${id} was removed, with its values.` }
      },
    }
  })
}
