import type { SetupContext, SetupState } from '@backhaul/sdk/connector'
import type { Odoo } from '../client/odoo.ts'
import type { Config } from '../config.ts'
import type { Site } from './site.ts'

/** How it stands with a part of the set-up. */
export interface Look {
  readonly state: SetupState
  /** In plain words. */
  readonly detail: string
}

/** What a part may use to change something. */
export interface Workplace {
  readonly site: Site
  readonly admin: Odoo
  readonly webhooks: SetupContext<Config>['webhooks']
}

/** One thing that has to be in place. Parts come in the order in which they need each other. */
export interface Part {
  /** kebab-case. */
  readonly key: string
  readonly title: string
  /** Reads only. */
  readonly look: (site: Site) => Promise<Look>
  /** Makes it, or mends it; also when it is there already. Left out for what only a person can do. */
  readonly make?: (place: Workplace) => Promise<void>
  /**
   * Takes back what `make` made, as far as nothing uses it: `missing` when it is gone, `differs` when it is in use,
   * `present` when it was never ours.
   */
  readonly takeBack?: (place: Workplace) => Promise<Look>
}

export const present = (detail: string): Look => ({ state: 'present', detail })
export const missing = (detail: string): Look => ({ state: 'missing', detail })
export const differs = (detail: string): Look => ({ state: 'differs', detail })
export const byHand = (detail: string): Look => ({ state: 'by_hand', detail })
export const unknown = (detail: string): Look => ({ state: 'unknown', detail })
