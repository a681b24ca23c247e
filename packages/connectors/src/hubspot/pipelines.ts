import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { type Caller, call, crm, readAs } from './hubspot.ts'

const stage = z.looseObject({
  id: z.string(),
  label: z.string(),
  displayOrder: z.int(),
  metadata: z.looseObject({ ticketState: z.string().optional() }).optional(),
})
const pipeline = z
  .looseObject({
    id: z.string(),
    label: z.string(),
    displayOrder: z.int(),
    stages: z.array(stage),
  })
  .transform((one) => ({ ...one, stages: inOrder(one.stages) }))
const list = z.looseObject({ results: z.array(pipeline).min(1) })
export type Pipeline = z.output<typeof pipeline>

const keptMs = 600_000
const known = new WeakMap<
  Config,
  { readonly at: number; readonly pipelines: readonly Pipeline[] }
>()

/** Pipelines of tickets, read again after ten minutes: somebody may have added a stage. */
export async function readPipelines(caller: Caller): Promise<readonly Pipeline[]> {
  const { config, now } = caller
  const kept = known.get(config)
  if (kept !== undefined && Math.abs(now.getTime() - kept.at) < keptMs) return kept.pipelines
  const { body } = await call(caller, { path: `${crm(config, 'pipelines')}/tickets` })
  const pipelines = inOrder(readAs(list, body).results)
  known.set(config, { at: now.getTime(), pipelines })
  return pipelines
}

function inOrder<Thing extends { readonly displayOrder: number }>(
  things: readonly Thing[],
): Thing[] {
  return things.toSorted((a, b) => a.displayOrder - b.displayOrder)
}

/** @throws {TerminalError} PIPELINE_UNKNOWN. */
export function pipelineFor({ pipeline: asked }: Config, pipelines: readonly Pipeline[]): Pipeline {
  const found = asked === undefined ? pipelines[0] : byName(pipelines, asked)
  if (found !== undefined) return found
  const reason = `There is no pipeline "${asked}" of tickets.`
  throw new TerminalError({ code: 'PIPELINE_UNKNOWN', reason })
}

function byName<Thing extends { readonly id: string; readonly label: string }>(
  things: readonly Thing[],
  name: string,
): Thing | undefined {
  const label = name.trim().toLowerCase()
  return (
    things.find(({ id }) => id === name) ??
    things.find((thing) => thing.label.trim().toLowerCase() === label)
  )
}

/** Stages of the pipeline that HubSpot gives every account, in English; `closed`: the first that ends a ticket. */
const usual: Readonly<Record<string, string | { readonly ends: true }>> = {
  requested: 'Waiting on us',
  exception_hold: 'Waiting on us',
  info_needed: 'Waiting on contact',
  canceled: { ends: true },
  rejected: { ends: true },
  expired: { ends: true },
  closed: { ends: true },
}

/** Said in the configuration to leave the stage as it is. */
const asItIs = '-'

/**
 * The stage of a pipeline for where a return stands; null where it is left as it is. A usual stage that a pipeline does
 * not have is left as it is, too; one that the configuration names has to be there.
 *
 * @throws {TerminalError} STAGE_UNKNOWN.
 */
export function stageFor({ stages }: Config, headline: string, within: Pipeline): string | null {
  const asked = Object.hasOwn(stages, headline) ? stages[headline] : undefined
  if (asked === asItIs) return null
  if (asked !== undefined) {
    const found = byName(within.stages, asked)
    if (found !== undefined) return found.id
    const reason = `The pipeline "${within.label}" has no stage "${asked}".`
    throw new TerminalError({ code: 'STAGE_UNKNOWN', reason })
  }
  const wanted = usual[headline]
  if (wanted === undefined) return null
  const found =
    typeof wanted === 'string'
      ? byName(within.stages, wanted)
      : within.stages.find(({ metadata }) => metadata?.ticketState === 'CLOSED')
  return found?.id ?? null
}
