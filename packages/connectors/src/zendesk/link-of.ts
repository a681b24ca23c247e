import type { LinkOf } from '@backhaul/sdk/connector'
import type { Config } from './config.ts'

/** The ticket, as its agents see it. */
export const linkOf: LinkOf<Config> = ({ url }, { type, value }) =>
  type === 'ticket' && /^\d+$/.test(value) ? new URL(`/agent/tickets/${value}`, url).href : null
