import { userRoles } from '@backhaul/sdk/canonical'
import { z } from 'zod'
import { errorCodes } from '../../platform/errors.ts'

/** A time of ours: UTC, to the millisecond. */
export const time = z.iso.datetime().describe('UTC, to the millisecond.')
/** A time in a query, in any zone. */
export const moment = z.iso.datetime({ offset: true }).transform((at) => new Date(at))
export const timeOrNull = time.nullable()
export const uuid = z.uuid()
export const text = z.string()
export const textOrNull = z.string().nullable()
export const role = z.enum(userRoles)

const problem = z
  .object({
    type: z.string().describe('Address of a page about the code, relative to the hub.'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.enum(Object.keys(errorCodes) as [string, ...string[]]),
    retryable: z.boolean().describe('Whether the same request may succeed unchanged.'),
    traceId: z.string(),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('RFC 6901 pointer into the body, or a parameter.'),
          code: z.string(),
          message: z.string(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' })

/** What every guarded route may answer beside what it is there for. */
export const problems = {
  default: {
    description: 'A problem document (RFC 9457).',
    content: { 'application/problem+json': { schema: problem } },
  },
}

/** An answer in JSON with words of its own; the schema stays the one that others refer to. */
export function described<Schema extends z.ZodType>(schema: Schema, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

export const iso = (at: Date): string => at.toISOString()
export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null
