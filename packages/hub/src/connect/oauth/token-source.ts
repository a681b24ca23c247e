import { setTimeout as pause } from 'node:timers/promises'
import type { ConnectionId } from '@backhaul/sdk/canonical'
import {
  type GuardedFetch,
  type OAuthDefinition,
  type OAuthSettings,
  RetryableError,
} from '@backhaul/sdk/connector'
import type { Clock } from '../../platform/clock.ts'
import type { KeyRing } from '../../platform/crypto/key-ring.ts'
import { newId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { makeCheckDue } from '../../store/connection-checks.ts'
import type { Pool } from '../../store/database.ts'
import {
  findToken,
  leaseToken,
  type NewTokens,
  noteTokenFailure,
  type StoredToken,
  storeTokens,
} from '../../store/oauth-tokens.ts'
import { bindingOf, openTokens, sealTokens } from './token-box.ts'
import { askForTokens, type GrantedTokens, type TokenRefusal } from './token-endpoint.ts'

/** A token that can be sent, and which one of its connection it is. */
export interface UsableToken {
  readonly value: string
  readonly generation: number
  readonly expiresAt: Date
  readonly obtainedAt: Date
}

export interface SourceOptions {
  readonly connectionId: ConnectionId
  readonly settings: OAuthSettings
  readonly definition: Pick<OAuthDefinition<unknown>, 'rotation' | 'refreshTokenDays'>
  /** Out to the token endpoint, with its own time for each request. */
  readonly fetch: GuardedFetch
  readonly pool: Pool
  readonly keyRing: KeyRing
  readonly clock: Clock
  readonly log: Logger
}

/** Above the time that a token endpoint is given: a process that lives ends its lease itself. */
const leaseSeconds = 30
const lookAgainMs = 150
/** A token is replaced so long before it ends, or a fifth of its life where that is less. */
const aheadMs = 120_000
/** After credentials were refused, so long nobody asks again, unless they are changed. */
const refusedPauseMs = 10 * 60_000
const failurePauseMs = 2_000
const maxFailurePauseMs = 60_000
const storeAgainMs = 1_000
const storeTries = 600
const dayMs = 86_400_000

/** Whether a token is to be replaced: a little before it ends. */
export function isDue({ expiresAt, obtainedAt }: UsableToken, now: Date): boolean {
  const lifeMs = Math.max(0, expiresAt.getTime() - obtainedAt.getTime())
  return expiresAt.getTime() - Math.min(aheadMs, lifeMs / 5) <= now.getTime()
}

/** Where the tokens of one connection come from: the table, or the system, which one process asks for all. */
export class TokenSource {
  readonly #options: SourceOptions
  readonly #binding: Buffer

  constructor(options: SourceOptions) {
    this.#options = options
    this.#binding = bindingOf(options.settings)
  }

  /**
   * Waits for tokens newer than `generation`, or asks for them itself.
   *
   * @throws {RetryableError} AUTH_REJECTED, UPSTREAM_UNAVAILABLE. {HubError} DATABASE_UNAVAILABLE.
   */
  async newerThan(generation: number): Promise<UsableToken> {
    const { pool, connectionId, clock } = this.#options
    for (;;) {
      const row = await findToken(pool, connectionId)
      const found = row && this.#usable(row)
      if (found && found.generation > generation && !isDue(found, clock.now())) return found
      this.#refuseWhileResting(row)
      const leaseId = newId()
      const lease = { connectionId, binding: this.#binding, leaseId, seconds: leaseSeconds }
      const least = Math.max(generation, row?.generation ?? 0)
      const before = await leaseToken(pool, { ...lease, generation: least })
      if (before !== null) return this.#ask(before, leaseId)
      await pause(lookAgainMs)
    }
  }

  /** Takes in what a person has just agreed to. @throws {RetryableError} when there are no tokens. */
  async exchange(form: Readonly<Record<string, string>>): Promise<UsableToken> {
    const { fetch, settings, clock, pool, connectionId } = this.#options
    const askedAt = clock.now()
    const answer = await askForTokens(fetch, settings, { form, now: askedAt })
    if (!answer.ok) {
      const { code, reason } = answer.refusal
      throw new RetryableError({ code, reason })
    }
    const token = await this.#keep(answer.tokens, { askedAt, refreshToken: null, before: null })
    await makeCheckDue(pool, connectionId)
    return token
  }

  /** When the refresh token ends; null where it is not known or never. */
  async agreedUntil(): Promise<Date | null> {
    const row = await findToken(this.#options.pool, this.#options.connectionId)
    return row !== null && this.#isOurs(row) ? row.refreshExpiresAt : null
  }

  /** Of another client, or another refresh token in the configuration, what is stored is worth nothing. */
  #isOurs({ binding }: StoredToken): boolean {
    return binding.equals(this.#binding)
  }

  #open(row: StoredToken) {
    const { keyRing, connectionId } = this.#options
    return row.sealed === null || !this.#isOurs(row)
      ? null
      : openTokens(keyRing, connectionId, row.sealed)
  }

  #usable(row: StoredToken): UsableToken | null {
    const { expiresAt, obtainedAt, generation } = row
    const value = this.#open(row)?.accessToken
    if (value === undefined || expiresAt === null || obtainedAt === null) return null
    return { value, generation, expiresAt, obtainedAt }
  }

  /** What was refused a moment ago would be refused again; with another client, or a new agreement, it may not. */
  #refuseWhileResting(row: StoredToken | null): void {
    const { retryAt = null, lastCode, lastReason } = row ?? {}
    if (row === null || retryAt === null || !this.#isOurs(row)) return
    const leftMs = retryAt.getTime() - this.#options.clock.now().getTime()
    if (leftMs <= 0) return
    const code = lastCode ?? 'UPSTREAM_UNAVAILABLE'
    throw new RetryableError({ code, reason: lastReason ?? undefined, retryAfterMs: leftMs })
  }

  async #ask(before: StoredToken, leaseId: string): Promise<UsableToken> {
    const { fetch, settings, clock, connectionId } = this.#options
    const form = this.#formOf(before)
    if (form === null) {
      const reason = `nobody has agreed yet: backhaul connection authorize ${connectionId}`
      const refusal = { code: 'AUTH_REJECTED', reason, isOutstanding: false } as const
      return this.#fail({ ...before, askedAt: null }, refusal, leaseId)
    }
    const askedAt = clock.now()
    const answer = await askForTokens(fetch, settings, { form, now: askedAt })
    if (!answer.ok) return this.#fail(before, answer.refusal, leaseId)
    const refreshToken = form['refresh_token'] ?? null
    return this.#keep(answer.tokens, { askedAt, refreshToken, before })
  }

  #formOf(before: StoredToken): Record<string, string> | null {
    const { grant, scopes = [], refreshToken: first } = this.#options.settings
    if (grant === 'client_credentials') {
      const scope = scopes.length === 0 ? {} : { scope: scopes.join(' ') }
      return { grant_type: grant, ...scope }
    }
    const refreshToken = this.#open(before)?.refreshToken ?? first
    return refreshToken === undefined
      ? null
      : { grant_type: 'refresh_token', refresh_token: refreshToken }
  }

  /** Stored before anybody uses it: a new refresh token may be all that is left to get in with. */
  async #keep(tokens: GrantedTokens, given: KeepContext): Promise<UsableToken> {
    const { pool, keyRing, connectionId, log } = this.#options
    const { askedAt, before } = given
    const { accessToken } = tokens
    const refreshToken = tokens.refreshToken ?? given.refreshToken
    const expiresAt = new Date(askedAt.getTime() + tokens.expiresInSeconds * 1_000)
    const row: NewTokens = {
      connectionId,
      binding: this.#binding,
      sealed: sealTokens(keyRing, connectionId, { accessToken, refreshToken }),
      obtainedAt: askedAt,
      expiresAt,
      refreshExpiresAt: this.#refreshEnd(tokens, given),
    }
    const last = before?.generation ?? 0
    const generation = await storeTokens(pool, row).catch((error: unknown) => {
      log.error({ connectionId, err: error }, 'new tokens not stored yet')
      void this.#storeLater(row, last)
      return null
    })
    return {
      value: accessToken,
      generation: generation ?? last + 1,
      expiresAt,
      obtainedAt: askedAt,
    }
  }

  #refreshEnd(tokens: GrantedTokens, { askedAt, before }: KeepContext): Date | null {
    const { settings, definition } = this.#options
    if (settings.grant === 'client_credentials') return null
    const after = (ms: number) => new Date(askedAt.getTime() + ms)
    if (tokens.refreshExpiresInSeconds !== null)
      return after(tokens.refreshExpiresInSeconds * 1_000)
    if (tokens.refreshToken === null && before?.refreshExpiresAt) return before.refreshExpiresAt
    const { refreshTokenDays } = definition
    return refreshTokenDays === undefined ? null : after(refreshTokenDays * dayMs)
  }

  /** The database is away, and what this process holds may be the only way in: it does not give up soon. */
  async #storeLater(row: NewTokens, newerThan: number): Promise<void> {
    const { pool, connectionId, log } = this.#options
    for (let tried = 0; tried < storeTries; tried += 1) {
      await pause(storeAgainMs, undefined, { ref: false })
      try {
        await storeTokens(pool, row, newerThan)
        return
      } catch (error) {
        log.warn({ connectionId, err: error }, 'new tokens not stored yet')
      }
    }
  }

  async #fail(before: StoredToken, refusal: TokenRefusal, leaseId: string): Promise<never> {
    const { pool, connectionId, log, clock, definition } = this.#options
    const { code, isOutstanding } = refusal
    const isRefused = code === 'AUTH_REJECTED'
    const lostAt = isRefused && definition.rotation !== 'never' ? before.askedAt : null
    const reason =
      lostAt === null
        ? refusal.reason
        : `${refusal.reason}; an answer of ${lostAt.toISOString()} was lost, and with it the newest refresh token`
    const grownMs = Math.min(maxFailurePauseMs, failurePauseMs * 2 ** Math.min(before.failures, 5))
    const pauseMs = refusal.retryAfterMs ?? (isRefused ? refusedPauseMs : grownMs)
    const retryAt = new Date(clock.now().getTime() + pauseMs)
    const failure = { connectionId, binding: this.#binding, leaseId, code, reason, retryAt }
    await noteTokenFailure(pool, { ...failure, isOutstanding })
    log.warn({ connectionId, code, reason }, 'no token')
    // Whoever checks connections says so to people.
    if (isRefused) await makeCheckDue(pool, connectionId)
    throw new RetryableError({ code, reason, retryAfterMs: pauseMs })
  }
}

interface KeepContext {
  readonly askedAt: Date
  /** What was asked with, where the answer has no other. */
  readonly refreshToken: string | null
  readonly before: StoredToken | null
}
