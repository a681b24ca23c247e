import { Big } from 'big.js'
import { z } from 'zod'

/** Odoo says `false` where there is nothing. */
const nothing = z.literal(false).transform(() => null)

/** A reference that is always there, as `[id, display name]`. What is referred to may have no name. */
export const reference = z
  .tuple([z.int(), z.union([z.string(), z.literal(false)])])
  .transform(([id, name]) => ({ id, name: name === false ? '' : name }))
/** A reference; null for none. */
export const many2one = z.union([nothing, reference])
/** Text; null for none. */
export const text = z.union([nothing, z.string()])
export const ids = z.array(z.int())
/** A number as the decimal that it stands for: binary noise beyond six places is cut off. */
export const decimal = z.number().transform((value) => new Big(value.toFixed(6)).toFixed())
/** A date and time without a zone is UTC. Whole seconds, whatever Odoo keeps. */
export const dateTime = z.union([
  nothing,
  z
    .string()
    .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/)
    .transform((value) => `${value.slice(0, 19).replace(' ', 'T')}Z`),
])
export const date = z.union([nothing, z.string().regex(/^\d{4}-\d\d-\d\d$/)])

/** A time as a domain takes it. */
export function toDateTime(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ')
}
