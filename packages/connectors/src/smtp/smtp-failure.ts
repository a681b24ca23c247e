import {
  DeliveryError,
  type DeliveryFailure,
  networkFailure,
  RetryableError,
  TerminalError,
} from '@backhaul/sdk/connector'

/** How far a mail had come when something failed. */
export interface Progress {
  /** Whether the text of the mail was under way: from then on, the server may have taken it. */
  isSent: boolean
}

/**
 * What a failed conversation means to its delivery. A reply is told by its code alone, for its words repeat
 * addresses: 4xx comes right by itself (RFC 5321, 4.2.1), greylisting among it; 5xx does not.
 *
 * A connection that is lost before the text of the mail was sent has had no effect. After it the server may
 * have the mail and only its answer is missing: unknown.
 */
export function smtpFailure(
  error: unknown,
  { isSent }: Progress,
  signal: AbortSignal,
): DeliveryError {
  if (error instanceof DeliveryError) return error
  const code = fieldOf(error, 'code')
  const reply = replyOf(error)
  const isUntrusted = code === 'ETLS' || tlsCodes.test(fieldOf(error, 'originalCode') || code)
  if (isUntrusted && !isSent) {
    const reason =
      'no encrypted connection came about: STARTTLS is not offered or its certificate is not trusted'
    return new RetryableError({ code: 'CONNECT_FAILED', reason })
  }
  if (reply !== null && reply.status >= 400) return refusal(code, reply)
  const isLate = signal.aborted || code === 'ETIMEDOUT'
  return networkFailure({ code: isLate ? 'TIMEOUT' : 'CONNECTION_LOST', isSent, isRead: false })
}

interface Reply {
  readonly status: number
  /** `5.1.1`, where the server says one (RFC 3463). */
  readonly enhanced: string
  readonly command: string
}

const tlsCodes = /CERT|SIGNATURE|ERR_TLS|ERR_SSL|EPROTO/

function refusal(code: string, reply: Reply): DeliveryError {
  const { status, enhanced, command } = reply
  const at = command === '' ? '' : ` to ${command}`
  const failure: DeliveryFailure = {
    code: codeOf(code, reply),
    reason: `the server answered ${[status, enhanced].filter(Boolean).join(' ')}${at}`,
  }
  // Credentials can be renewed, so that a later attempt gets through.
  if (status < 500 || failure.code === 'AUTH_REJECTED') return new RetryableError(failure)
  return new TerminalError(failure)
}

function codeOf(code: string, { status, command }: Reply): string {
  if (code === 'EAUTH' || [530, 534, 535, 538].includes(status)) {
    return status < 500 ? 'UPSTREAM_UNAVAILABLE' : 'AUTH_REJECTED'
  }
  if (status < 500) return 'UPSTREAM_UNAVAILABLE'
  if (command === 'RCPT TO') return 'RECIPIENT_REFUSED'
  return command === 'MAIL FROM' ? 'SENDER_REFUSED' : 'MAIL_REFUSED'
}

function replyOf(error: unknown): Reply | null {
  const response = fieldOf(error, 'response')
  const [, status, enhanced = ''] = /^(\d{3})[ -]?(\d\.\d{1,3}\.\d{1,3})?/.exec(response) ?? []
  if (status === undefined) return null
  const command = fieldOf(error, 'command').replace(/^AUTH.*/, 'AUTH')
  return { status: Number(status), enhanced, command }
}

function fieldOf(error: unknown, name: string): string {
  if (typeof error !== 'object' || error === null || !(name in error)) return ''
  const value = (error as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
