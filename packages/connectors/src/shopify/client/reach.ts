import type { GuardedFetch } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'

/** What everything of the hub that reaches a system is given. */
export interface Reach {
  readonly config: Config
  readonly fetch: GuardedFetch
  readonly signal: AbortSignal
  readonly now: Date
}

/** Without a slash at its end. */
export function origin({ url }: Config): string {
  return new URL(url).origin
}

export const tokenHeader = 'x-shopify-access-token'
