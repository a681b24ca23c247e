import type { Socket } from 'node:net'

export interface DialTarget {
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
  /** Ends the socket early. The end of the attempt always does, too. */
  readonly signal?: AbortSignal
}

/**
 * The way out for a connector whose system speaks no HTTP: a TCP connection that is open when it is given. What
 * is said on it, TLS among that (`tls.connect({ socket, servername })`), is the connector's own.
 *
 * The hub limits its rate, checks the address as it does for `GuardedFetch`, and closes the socket when the
 * attempt ends or its time is up, with an error of the code ETIMEDOUT for the latter. The ports of mail
 * submission, IMAP and SSH (22, 465, 587, 993) are open besides those of the fetch.
 *
 * Nothing was sent when it fails: it throws `networkFailure(…)` CONNECT_FAILED or TIMEOUT, RetryableError
 * RATE_LIMITED, and TerminalError TARGET_NOT_ALLOWED. What fails later comes as an error of the socket; only the
 * connector knows by then whether it has sent what has an effect, and says so with `networkFailure`.
 */
export type GuardedDial = (target: DialTarget) => Promise<Socket>
