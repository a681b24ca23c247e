import type { SetupContext, SetupDefinition, SetupPlan, SetupStep } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Config } from './config.ts'
import { call, crm, readAs } from './hubspot.ts'
import { pipelineFor, readPipelines } from './pipelines.ts'
import { group, properties } from './properties.ts'
import { readOwnProperties } from './site.ts'

/** Makes the properties of tickets. Webhooks of a private app can only be set by a person, in the app's settings. */
export const setup: SetupDefinition<Config> = {
  plan: planFor,

  async apply(context, onStep) {
    const { missing } = await readOwnProperties(context)
    if (missing.length > 0) await make(context, missing)
    const plan = await planFor(context)
    for (const step of plan.steps) onStep(step)
    return plan
  },

  async remove(context, onStep) {
    const step = await takeBack(context)
    onStep(step)
    return { steps: [step] }
  },
}

const step = { key: 'properties', title: 'Properties of tickets' } as const

async function planFor(context: SetupContext<Config>): Promise<SetupPlan> {
  const pipeline = pipelineFor(context.config, await readPipelines(context))
  const stages = pipeline.stages.map(({ label }) => label).join(', ')
  return {
    steps: [
      await propertiesStep(context),
      {
        key: 'pipeline',
        title: 'Pipeline',
        state: 'present',
        detail: `New tickets go to "${pipeline.label}", with the stages ${stages}.`,
      },
      {
        key: 'webhooks',
        title: 'Webhooks',
        state: 'by_hand',
        detail:
          'In the settings of the app: the target address of the connection with the topic ticket.changed, and a subscription to ticket.propertyChange of return_action.',
      },
    ],
  }
}

async function propertiesStep(context: SetupContext<Config>): Promise<SetupStep> {
  const { missing, isUnique } = await readOwnProperties(context)
  if (missing.length > 0) return { ...step, state: 'missing', detail: missing.join(', ') }
  if (isUnique) return { ...step, state: 'present', detail: `All ${properties.length} are there.` }
  const detail = 'return_case_id is not unique, which cannot be changed: delete it and begin again.'
  return { ...step, state: 'by_hand', detail }
}

/** What is there already is left as it is: 409. */
async function make(context: SetupContext<Config>, missing: readonly string[]): Promise<void> {
  const path = `${crm(context.config, 'properties')}/tickets`
  const allow = [409]
  await call(context, { method: 'POST', path: `${path}/groups`, send: group, allow })
  for (const property of properties.filter(({ name }) => missing.includes(name))) {
    const send = { ...property, groupName: group.name }
    await call(context, { method: 'POST', path, send, allow })
  }
}

const counted = z.looseObject({ total: z.int().min(0) })

/** Properties that tickets have values in stay: with them would go what agents have written. */
async function takeBack(context: SetupContext<Config>): Promise<SetupStep> {
  const filters = [{ propertyName: 'return_case_id', operator: 'HAS_PROPERTY' }]
  const { missing } = await readOwnProperties(context)
  if (missing.includes('return_case_id'))
    return { ...step, state: 'missing', detail: 'None there.' }
  const { body } = await call(context, {
    method: 'POST',
    path: `${crm(context.config, 'objects')}/tickets/search`,
    send: { filterGroups: [{ filters }], limit: 1 },
    isRead: true,
  })
  const { total } = readAs(counted, body)
  if (total > 0) return { ...step, state: 'differs', detail: `${total} tickets use them.` }
  for (const { name } of properties.filter((one) => !missing.includes(one.name))) {
    const path = `${crm(context.config, 'properties')}/tickets/${name}`
    await call(context, { method: 'DELETE', path, allow: [404] })
  }
  return { ...step, state: 'missing', detail: 'They are gone.' }
}
