import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HubError } from '../../platform/errors.ts'
import { readJson } from './strict-json.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types that the route reads beside application/json. */
    alsoReads?: readonly string[]
  }
}

export const cloudEvent = 'application/cloudevents+json'
export const cloudEventBatch = 'application/cloudevents-batch+json'
const json = 'application/json'

/** Makes a part of the API read JSON, strictly, and nothing else. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    [json, cloudEvent, cloudEventBatch],
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      try {
        refuseOtherTypes(request)
        done(null, readBody(body))
      } catch (error) {
        done(error as Error)
      }
    },
  )
}

/** Where there is none, the route's schema says whether there has to be one; `null` is not nothing. */
function readBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  const value = readJson(bytes)
  if (value === null) throw new HubError('VALIDATION_FAILED', 'The body is null.')
  return value
}

const utf8Only = /^[^;]+(;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i

function refuseOtherTypes({ headers, routeOptions }: FastifyRequest): void {
  const given = headers['content-type'] ?? ''
  const type = given.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const isRead = type === json || routeOptions.config.alsoReads?.includes(type) === true
  if (isRead && utf8Only.test(given)) return
  throw new HubError('UNSUPPORTED_MEDIA_TYPE', 'Send JSON in UTF-8, as application/json.')
}

/** Nothing is decompressed: a small body could not be told from one that fills the memory. */
export function refuseCompressed(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new HubError('UNSUPPORTED_MEDIA_TYPE', 'Send the body uncompressed.')
}
