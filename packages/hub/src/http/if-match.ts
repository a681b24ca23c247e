import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { HubError } from '../platform/errors.ts'

/** The header by which a change says what it is a change of. */
export const ifMatch = z.object({ 'If-Match': z.string() })

/** @throws {HubError} MALFORMED_REQUEST for anything but one entity tag of ours. */
export function expectedVersionOf({ headers }: FastifyRequest): number | undefined {
  const given = headers['if-match']
  if (given === undefined) return undefined
  const [, version] = /^"(\d{1,9})"$/.exec(given) ?? []
  if (version !== undefined) return Number(version)
  throw new HubError('MALFORMED_REQUEST', 'If-Match takes one ETag, such as "3".')
}
