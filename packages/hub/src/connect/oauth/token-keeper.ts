import { RetryableError } from '@backhaul/sdk/connector'
import type { Clock } from '../../platform/clock.ts'
import { HubError } from '../../platform/errors.ts'
import { isDue, type TokenSource, type UsableToken } from './token-source.ts'

/** One that was refused at this age was no good from the start: another one would not be either. */
const freshMs = 30_000

/**
 * Keeps the token of one connection in memory. However many requests find it due, the source is asked once, and no
 * request waits longer than it has time.
 */
export class TokenKeeper {
  readonly #source: TokenSource
  readonly #clock: Clock
  #known: UsableToken | null = null
  #asked: Promise<UsableToken> | null = null

  constructor({ source, clock }: { readonly source: TokenSource; readonly clock: Clock }) {
    this.#source = source
    this.#clock = clock
  }

  /**
   * A token with some time left.
   *
   * @throws {RetryableError} AUTH_REJECTED, UPSTREAM_UNAVAILABLE, TIMEOUT, DATABASE_UNAVAILABLE: nothing was sent.
   */
  async token(signal?: AbortSignal): Promise<UsableToken> {
    const last = this.#known
    if (last !== null && !isDue(last, this.#clock.now())) return last
    try {
      return await unlessAborted(this.#newerThan(last?.generation ?? -1), signal)
    } catch (error) {
      // It was only to be replaced ahead of time: until it ends it serves.
      if (last !== null && last.expiresAt > this.#clock.now()) return last
      throw error
    }
  }

  /** Another token than one that was refused; null when there is none that would be any better. */
  async renew(refused: UsableToken, signal?: AbortSignal): Promise<UsableToken | null> {
    const known = this.#known
    if (known !== null && known.generation > refused.generation) return known
    const ageMs = this.#clock.now().getTime() - refused.obtainedAt.getTime()
    if (ageMs < freshMs) return null
    return unlessAborted(this.#newerThan(refused.generation), signal).catch(() => null)
  }

  /** Takes in what a person has just agreed to. @throws {RetryableError} when there are no tokens. */
  async take(form: Readonly<Record<string, string>>): Promise<void> {
    this.#known = await this.#source.exchange(form)
  }

  #newerThan(generation: number): Promise<UsableToken> {
    this.#asked ??= this.#source
      .newerThan(generation)
      .then((token) => {
        this.#known = token
        return token
      }, rethrowUnsent)
      .finally(() => {
        this.#asked = null
      })
    return this.#asked
  }
}

/** To whoever wanted to send something, a table that cannot be read is a token that is not there. */
function rethrowUnsent(error: unknown): never {
  if (error instanceof HubError)
    throw new RetryableError({ code: error.code, reason: error.message })
  throw error
}

/** @throws {RetryableError} TIMEOUT, when whoever waits has no time left; what is waited for goes on. */
async function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return answer
  const done = new AbortController()
  const overdue = new Promise<never>((_resolve, reject) => {
    const giveUp = () =>
      reject(new RetryableError({ code: 'TIMEOUT', reason: 'its time was over before a token' }))
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { signal: done.signal })
  })
  try {
    return await Promise.race([answer, overdue])
  } finally {
    done.abort()
  }
}
