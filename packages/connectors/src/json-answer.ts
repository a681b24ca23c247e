import { type GuardedResponse, RetryableError, UnknownOutcomeError } from '@backhaul/sdk/connector'
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

/** The body of an answer, as `schema` has it. @throws {RetryableError} RESPONSE_MALFORMED. */
export function bodyOf<Schema extends z.ZodType>(
  response: GuardedResponse,
  schema: Schema,
): Promise<z.output<Schema>> {
  return bodyOr(RetryableError, response, schema)
}

/** The same of the answer to something that was written. @throws {UnknownOutcomeError} RESPONSE_MALFORMED. */
export function written<Schema extends z.ZodType>(
  response: GuardedResponse,
  schema: Schema,
): Promise<z.output<Schema>> {
  return bodyOr(UnknownOutcomeError, response, schema)
}

async function bodyOr<Schema extends z.ZodType>(
  Failure: typeof RetryableError | typeof UnknownOutcomeError,
  response: GuardedResponse,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await response.json())
  if (parsed.success) return parsed.data
  throw new Failure({ code: 'RESPONSE_MALFORMED', reason: placesOf(parsed.error) })
}

/** Where, and not what: values may be a customer's. */
function placesOf(error: z.ZodError): string {
  const places = error.issues
    .slice(0, 5)
    .map(({ path }) => path.map(String).join('.') || 'the whole')
  return `unexpected in the answer: ${places.join(', ')}`
}
