import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Caller, callJson, type JsonCall } from '../json-call.ts'
import type { Config } from './config.ts'

const refusal = z.object({
  response: z.object({ errors: z.array(z.object({ code: z.string().regex(/^[A-Z0-9]{1,20}$/) })) }),
})

/**
 * Calls UPS, with its own codes for what it refuses. The hub adds the token. `transId` is for tracing; UPS drops no
 * repeat by it.
 */
export function call<Answer extends z.ZodType>(
  caller: Caller<Config> & { readonly idempotencyKey?: string },
  wanted: JsonCall<Answer>,
): Promise<z.output<Answer>> {
  const seed = caller.idempotencyKey ?? `${caller.now.getTime()}`
  const transId = createHash('sha256').update(`${seed} ${wanted.path}`).digest('hex').slice(0, 32)
  const headers = { transId, transactionSrc: 'backhaul' }
  return callJson(caller, { headers, reasonOf }, { ...wanted, path: `/api${wanted.path}` })
}

/** Codes, for the sentences repeat what was sent. */
function reasonOf(said: unknown): string | undefined {
  const parsed = refusal.safeParse(said)
  return parsed.success
    ? parsed.data.response.errors.map(({ code }) => code).join(', ') || undefined
    : undefined
}
