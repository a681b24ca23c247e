import {
  type DeliveryError,
  RetryableError,
  TerminalError,
  UnknownOutcomeError,
} from '../errors.ts'
import { type HeaderValues, header } from '../headers.ts'

const maxRetryAfterMs = 24 * 60 * 60 * 1000

// The three date forms of RFC 9110, section 5.6.7. Date.parse alone would take "1.5" for a day in January.
const httpDates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
]

/**
 * Reads `Retry-After`: seconds or an HTTP-date. A date in the past is 0, a delay over a day is a day,
 * and what is neither is undefined.
 */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d{1,15}$/.test(text)) return Math.min(Number(text) * 1000, maxRetryAfterMs)
  if (!httpDates.some((form) => form.test(text))) return undefined
  // The last form names no zone; all three are GMT.
  const timeMs = Date.parse(text.endsWith(' GMT') ? text : `${text} GMT`)
  if (Number.isNaN(timeMs)) return undefined
  return Math.min(Math.max(timeMs - now.getTime(), 0), maxRetryAfterMs)
}

/**
 * What a status says about a delivery, by the rules of Standard Webhooks: only 2xx is success, a redirect is
 * a failure, 410 wants no more from us, 429 and 5xx are tried again no sooner than `Retry-After` says.
 *
 * 401 can be healed by a new credential and stays retryable; 403 and the other 4xx need a person. A 303 says
 * that the request was handled and its result lies elsewhere: unknown.
 *
 * @returns null for 2xx; otherwise the error to throw.
 */
export function classifyStatus(
  status: number,
  headers: HeaderValues,
  now: Date,
): DeliveryError | null {
  if (status >= 200 && status < 300) return null
  const retryAfterMs = parseRetryAfter(header(headers, 'retry-after'), now)
  if (status >= 500 || status === 408 || status === 425) {
    return new RetryableError({ code: 'UPSTREAM_UNAVAILABLE', status, retryAfterMs })
  }
  switch (status) {
    case 429:
      return new RetryableError({ code: 'RATE_LIMITED', status, retryAfterMs })
    case 401:
      return new RetryableError({ code: 'AUTH_REJECTED', status, retryAfterMs })
    case 403:
      return new TerminalError({ code: 'AUTH_REJECTED', status })
    case 410:
      return new TerminalError({ code: 'ENDPOINT_GONE', status, disablesConnection: true })
    case 303:
      return new UnknownOutcomeError({ code: 'REDIRECT_REFUSED', status })
    default:
      return status < 400
        ? new RetryableError({ code: 'REDIRECT_REFUSED', status, retryAfterMs })
        : new TerminalError({ code: 'REQUEST_REJECTED', status })
  }
}
