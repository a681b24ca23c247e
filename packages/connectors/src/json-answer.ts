import { RetryableError, UnknownOutcomeError } from '@backhaul/sdk/connector'
import type { z } from 'zod'

/** Nothing is written: an answer that is none may come out well another time. */
export function asReading(error: unknown): never {
  if (!(error instanceof UnknownOutcomeError)) throw error
  const { code, status, reason } = error
  throw new RetryableError({ code, status, reason, cause: error })
}

/** An answer that is not what the shop's interface gives. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  { isRead }: { readonly isRead: boolean },
): z.output<Schema> {
  const parsed = schema.safeParse(answer)
  if (parsed.success) return parsed.data
  const fault = { code: 'RESPONSE_MALFORMED' }
  throw isRead ? new RetryableError(fault) : new UnknownOutcomeError(fault)
}
