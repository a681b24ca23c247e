import type { IncomingHttpHeaders } from 'node:http'
import { newId } from '../platform/ids.ts'

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/
const zeros = /^0+$/

/** A `traceparent` header (W3C Trace Context) if it is valid; an invalid one is as good as none. */
export function traceparentOf(headers: IncomingHttpHeaders): string | null {
  const { traceparent } = headers
  if (typeof traceparent !== 'string') return null
  const [, traceId, parentId] = pattern.exec(traceparent) ?? []
  const isValid = traceId !== undefined && parentId !== undefined
  return isValid && !zeros.test(traceId) && !zeros.test(parentId) ? traceparent : null
}

/** The trace that a request belongs to: its sender's, or one that begins with it. 32 hexadecimal digits. */
export function traceIdOf(headers: IncomingHttpHeaders): string {
  return traceparentOf(headers)?.slice(3, 35) ?? newTraceId()
}

function newTraceId(): string {
  return newId().replaceAll('-', '')
}

/** The header that an answer carries: the trace, and this request as a span of it. */
export function answeredTraceparent(traceId: string): string {
  return `00-${traceId}-${newId().slice(-12).padStart(16, '1')}-01`
}

const requestIdPattern = /^[\w.-]{1,64}$/

/** The sender's name for the request, where it gave a sensible one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && requestIdPattern.test(given) ? given : newId()
}
