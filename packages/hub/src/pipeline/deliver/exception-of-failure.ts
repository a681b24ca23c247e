import type { DeliveryCode } from '@backhaul/sdk'
import type { ExceptionCode } from '@backhaul/sdk/canonical'

/** What is wrong by a delivery that ended with a code, where its connector has not said it. */
const exceptions: Readonly<Record<DeliveryCode | 'READ_BACK_FAILED', ExceptionCode>> = {
  AUTH_REJECTED: 'IT01',
  CONNECTION_LOST: 'IT01',
  CONNECTOR_DEFECT: 'IT03',
  CONNECT_FAILED: 'IT01',
  ENDPOINT_GONE: 'IT01',
  RATE_LIMITED: 'IT01',
  READ_BACK_FAILED: 'IT02',
  REDIRECT_REFUSED: 'IT01',
  REQUEST_REJECTED: 'IT01',
  RESPONSE_MALFORMED: 'IT03',
  RESPONSE_TOO_LARGE: 'IT03',
  TIMEOUT: 'IT01',
  UPSTREAM_UNAVAILABLE: 'IT01',
}

/** A code that only the connector knows says nothing to the hub. */
export function exceptionOfFailure(code: string): ExceptionCode {
  return Object.hasOwn(exceptions, code) ? exceptions[code as keyof typeof exceptions] : 'IT01'
}
