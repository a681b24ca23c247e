import { allScenarios, type GroupedScenario, whySkipped } from './all-scenarios.ts'
import type { Server } from './connection.ts'
import type { Undo } from './fixtures.ts'
import { openContext } from './open-context.ts'
import type { Transport } from './options.ts'
import type { ScenarioContext } from './scenario.ts'

export interface Played {
  readonly group: string
  readonly name: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped. */
  readonly reason: string | null
  readonly seconds: number
}

/** Scenarios on one server over one transport. */
export interface Run {
  readonly version: string
  readonly transport: Transport
  readonly seconds: number
  readonly played: readonly Played[]
}

/**
 * Plays scenarios one after the other.
 *
 * @param undos - gets what takes back what was changed of the server itself.
 * @throws {DeliveryError} when the server cannot be worked with at all.
 */
export async function play(
  server: Server,
  given: {
    readonly transport: Transport
    readonly isDouble: boolean
    readonly only: string
    readonly undos: Undo[]
    readonly say: (played: Played) => void
  },
): Promise<Run> {
  const { transport, isDouble, only, undos, say } = given
  const startMs = performance.now()
  const context = await openContext(server, { transport, isDouble, undos })
  const asked = only.toLowerCase()
  const played: Played[] = []
  for (const scenario of allScenarios) {
    if (!`${scenario.group}: ${scenario.name}`.toLowerCase().includes(asked)) continue
    const one = await playOne(scenario, context)
    say(one)
    played.push(one)
  }
  const version = context.admin.server.name
  return { version, transport, seconds: secondsSince(startMs), played }
}

async function playOne(scenario: GroupedScenario, context: ScenarioContext): Promise<Played> {
  const { group, name } = scenario
  const startMs = performance.now()
  const skipped = whySkipped(scenario, context.stage)
  if (skipped !== null) return { group, name, outcome: 'skipped', reason: skipped, seconds: 0 }
  try {
    await scenario.run(context)
    return { group, name, outcome: 'passed', reason: null, seconds: secondsSince(startMs) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { group, name, outcome: 'failed', reason, seconds: secondsSince(startMs) }
  }
}

function secondsSince(startMs: number): number {
  return Math.round(performance.now() - startMs) / 1_000
}
