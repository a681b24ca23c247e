import { z } from 'zod'
import { type Caller, callJson, type JsonCall } from '../json-call.ts'
import type { Config } from './config.ts'

const refusal = z.object({
  error: z.object({
    code: z.string().regex(/^[A-Z][A-Z0-9_.]{0,99}$/),
    errors: z
      .array(z.object({ field: z.string().regex(/^[\w.]{1,60}$/) }))
      .catch([])
      .default([]),
  }),
})

/** Calls EasyPost, with its own codes and names of fields for what it refuses. */
export function call<Answer extends z.ZodType>(
  caller: Caller<Config>,
  wanted: JsonCall<Answer>,
): Promise<z.output<Answer>> {
  const key = Buffer.from(`${caller.config.apiKey}:`).toString('base64')
  return callJson(caller, { headers: { authorization: `Basic ${key}` }, reasonOf }, wanted)
}

function reasonOf(said: unknown): string | undefined {
  const parsed = refusal.safeParse(said)
  if (!parsed.success) return undefined
  const { code, errors } = parsed.data.error
  const fields = errors.map(({ field }) => field).join(', ')
  return fields === '' ? code : `${code}: ${fields}`
}
