import { z } from 'zod'
import { type Caller, callJson, type JsonCall } from '../json-call.ts'
import type { Config } from './config.ts'

const word = z.string().regex(/^[a-z_]{1,60}$/)
const refusal = z.object({
  errors: z.array(z.object({ error_source: word, error_code: word })).min(1),
})

/** Calls ShipEngine, with its own codes for what it refuses. */
export function call<Answer extends z.ZodType>(
  caller: Caller<Config>,
  wanted: JsonCall<Answer>,
): Promise<z.output<Answer>> {
  return callJson(caller, { headers: { 'api-key': caller.config.apiKey }, reasonOf }, wanted)
}

function reasonOf(said: unknown): string | undefined {
  const parsed = refusal.safeParse(said)
  if (!parsed.success) return undefined
  const told = parsed.data.errors.map(({ error_source: by, error_code: code }) => `${by}: ${code}`)
  return [...new Set(told)].join(', ')
}
