import type { SetupContext, SetupState, SetupStep } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'

export interface Look {
  readonly state: SetupState
  readonly detail: string
}

/** One thing over there that returns need. */
export interface Part {
  readonly key: string
  readonly title: string
  readonly look: () => Promise<Look>
  /** Only where a person cannot be spared is there none. */
  readonly make?: () => Promise<void>
  /** Takes back what `make` made. */
  readonly takeBack?: () => Promise<Look>
}

export function stepOf({ key, title }: Part, look: Look): SetupStep {
  return { key, title, ...look }
}

/** With an administrator's token where one is given for the set-up, else with the connection's own. */
export function callerOf(context: SetupContext<Config>): SetupContext<Config> {
  const { adminKey, adminLogin, config } = context
  if (adminKey === null) return context
  const { email: _own, ...rest } = config
  const email = adminLogin ?? config.email
  return {
    ...context,
    config: { ...rest, ...(email === undefined ? {} : { email }), token: adminKey },
  }
}
