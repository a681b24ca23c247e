export type Readiness = 'ready' | 'not_ready' | 'unreachable'

/** What a person reads for each state; none says it by color alone. */
export const readinessWords: Readonly<Record<Readiness, string>> = {
  ready: 'The hub is ready: it takes messages in and delivers.',
  not_ready:
    'The hub runs but is not ready: a part it needs is missing. Its parts are listed below.',
  unreachable: 'The hub does not answer. It may be starting or stopped.',
}

/**
 * Asks `GET /readyz`. 2xx is ready, any other answer is not.
 *
 * Never throws: no answer, or none within `timeoutMs`, is `unreachable`.
 */
export async function askReadiness(
  send: (path: string, init: RequestInit) => Promise<Response>,
  timeoutMs: number,
): Promise<Readiness> {
  try {
    const response = await send('/readyz', {
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    })
    return response.ok ? 'ready' : 'not_ready'
  } catch {
    return 'unreachable'
  }
}
