import { HubError } from '../errors.ts'

/** The embedded database cannot be set up or started; the message says what a person can do. */
export function embeddedDatabaseFailure(message: string, cause?: unknown): HubError {
  return new HubError('EMBEDDED_DATABASE_FAILED', message, { cause })
}
