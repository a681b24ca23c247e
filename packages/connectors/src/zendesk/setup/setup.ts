import type { SetupContext, SetupDefinition, SetupPlan, SetupStep } from '@backhaul/sdk/connector'
import type { Config } from '../config.ts'
import { type FieldIds, fieldParts, listFields } from './fields.ts'
import { callerOf, type Part, stepOf } from './part.ts'
import { webhookParts } from './webhook.ts'

/**
 * Makes the ticket fields, the webhook and its trigger. Fields are found by their ids, else by their titles; webhook and
 * trigger by the connection's name. An administrator has to do it.
 */
export const setup: SetupDefinition<Config> = {
  async plan(context) {
    const { ids, parts } = await open(context)
    const steps: SetupStep[] = []
    for (const part of parts) steps.push(stepOf(part, await part.look()))
    return planOf(steps, ids)
  },

  async apply(context, onStep) {
    const { ids, parts } = await open(context)
    const steps: SetupStep[] = []
    for (const part of parts) {
      const before = await part.look()
      const isDue = before.state === 'missing' || before.state === 'differs'
      if (isDue) await part.make?.()
      const step = stepOf(part, isDue ? await part.look() : before)
      onStep(step)
      steps.push(step)
    }
    return planOf(steps, ids)
  },

  async remove(context, onStep) {
    const { ids, parts } = await open(context)
    const steps: SetupStep[] = []
    // A webhook that a trigger calls cannot be removed, nor a field that a trigger names.
    for (const part of parts.toReversed()) {
      const look = await part.takeBack?.()
      if (look === undefined) continue
      const step = stepOf(part, look)
      onStep(step)
      steps.push(step)
    }
    return planOf(steps, ids)
  },
}

async function open(
  context: SetupContext<Config>,
): Promise<{ readonly ids: FieldIds; readonly parts: readonly Part[] }> {
  const caller = callerOf(context)
  const ids: FieldIds = {}
  const known = await listFields(caller)
  return { ids, parts: [...fieldParts(caller, { known, ids }), ...webhookParts(caller, ids)] }
}

function planOf(steps: readonly SetupStep[], ids: FieldIds): SetupPlan {
  return { steps, settings: { fields: { ...ids } } }
}
