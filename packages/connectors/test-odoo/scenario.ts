import type { CommandBody, CommandType } from '@backhaul/sdk/canonical'
import type { Delivered, DeliveryDefinition } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { Odoo } from '../src/odoo/client/odoo.ts'
import type { Config } from '../src/odoo/config.ts'
import { directFetch, type Tap } from './connection.ts'

/** Which Odoo scenarios run on. */
export interface Stage {
  /** Major version: 17, 18, 19. */
  readonly version: number
  readonly isDouble: boolean
}

/** What a scenario gets: two users of one database, and the configuration of the hub's. */
export interface ScenarioContext {
  readonly stage: Stage
  /** Prepares and looks at things that the hub's user may not. */
  readonly admin: Odoo
  /** Of the hub's user, with the places of the first warehouse. */
  readonly config: Config
}

export interface Scenario {
  /** A sentence about returns. */
  readonly name: string
  /** Goes through every call of a step: long, and the same in every version. */
  readonly isLong?: true
  /** Why it cannot be played there; null where it can. */
  readonly skip?: (stage: Stage) => string | null
  /** @throws {AssertionError} when Odoo, or the connector on it, did something else. */
  readonly run: (context: ScenarioContext) => Promise<void>
}

/** The client as a handler of the hub's user has it. */
export function openAsHub(config: Config, tapped?: Tap): Promise<Odoo> {
  const signal = AbortSignal.timeout(120_000)
  return Odoo.open({ config, fetch: tapped?.fetch ?? directFetch, signal, now: new Date() })
}

/** One attempt to deliver a command, as the hub makes it. */
export function attempt<T extends CommandType>(
  config: Config,
  definition: DeliveryDefinition<Config, T>,
  options: {
    readonly type: T
    readonly caseNo: string
    readonly body: CommandBody<T>
    readonly key?: string
    readonly tap?: Tap
    /** Of the delivery; the first when left out. */
    readonly attempt?: number
    readonly now?: Date
  },
): Promise<Delivered> {
  const { type, caseNo, body, key = `${caseNo}/${type}`, tap, now = new Date() } = options
  const command = {
    type,
    caseId: `case-${caseNo}`,
    caseNo,
    caseVersion: 1,
    occurredAt: now.toISOString(),
    body,
  }
  return definition.deliver({
    config,
    command,
    idempotencyKey: key,
    attempt: options.attempt ?? 1,
    signal: AbortSignal.timeout(120_000),
    fetch: tap?.fetch ?? directFetch,
    dial: noDial,
    now,
  })
}
