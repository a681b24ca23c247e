import type {
  SetupContext,
  SetupDefinition,
  SetupPlan,
  SetupState,
  SetupStep,
} from '@backhaul/sdk/connector'
import { z } from 'zod'
import { written } from '../json-answer.ts'
import { type AccountField, listFields } from './account-fields.ts'
import { call } from './client.ts'
import type { Config, FieldName } from './config.ts'
import { fieldPlan } from './field-plan.ts'

type Planned = (typeof fieldPlan)[number]

/** Makes the ticket fields. The automation that calls the hub is made by hand: it is to be chosen when it fires. */
export const setup: SetupDefinition<Config> = {
  async plan(context) {
    const caller = callerOf(context)
    return planOf(caller, await listFields(caller))
  },

  async apply(context, onStep) {
    const caller = callerOf(context)
    const known = await listFields(caller)
    for (const planned of fieldPlan) {
      if (!find(caller, known, planned)) known.push(await makeField(caller, planned))
    }
    const plan = planOf(caller, known)
    for (const step of plan.steps) onStep(step)
    return plan
  },

  async remove(context, onStep) {
    const caller = callerOf(context)
    const known = await listFields(caller)
    const steps: SetupStep[] = []
    for (const planned of fieldPlan) {
      const step = await removeField(caller, find(caller, known, planned), planned)
      onStep(step)
      steps.push(step)
    }
    return { steps }
  },
}

/** With an administrator's key where one is given for the set-up. */
function callerOf(context: SetupContext<Config>): SetupContext<Config> {
  const { adminKey, config } = context
  return adminKey === null ? context : { ...context, config: { ...config, apiKey: adminKey } }
}

function find(
  { config }: SetupContext<Config>,
  known: readonly AccountField[],
  { name, label }: Planned,
): AccountField | undefined {
  return (
    known.find((one) => one.name === config.fields[name]) ??
    known.find((one) => one.label === label)
  )
}

function planOf(caller: SetupContext<Config>, known: readonly AccountField[]): SetupPlan {
  const fields: Partial<Record<FieldName, string>> = {}
  const steps = fieldPlan.map((planned) => {
    const found = find(caller, known, planned)
    if (found) fields[planned.name] = found.name
    return found
      ? stepOf(planned, 'present', `Field ${found.name}.`)
      : stepOf(planned, 'missing', `A field of the type ${planned.type}.`)
  })
  return { steps: [...steps, webhookStep], settings: { fields } }
}

const webhookStep: SetupStep = {
  key: 'automation',
  title: 'Automation that calls the hub',
  state: 'by_hand',
  detail:
    'Admin, Workflows, Automations, Ticket updates: when "Return action", order, SKU, quantity or reason change, call the webhook address of the topic ticket-changed by POST in JSON with {"ticket_id": {{ticket.id}}}. Without it the poll looks every minute.',
}

function stepOf({ name, label }: Planned, state: SetupState, detail: string): SetupStep {
  return { key: `field-${name.toLowerCase()}`, title: `Ticket field "${label}"`, state, detail }
}

const made = z.looseObject({
  id: z.int(),
  name: z.string(),
  label: z.string(),
  type: z.string(),
  choices: z.unknown().optional(),
})

async function makeField(
  caller: SetupContext<Config>,
  { label, type, choices }: Planned,
): Promise<AccountField> {
  const response = await call(caller, {
    method: 'POST',
    path: '/admin/ticket_fields',
    body: {
      label,
      label_for_customers: label,
      type,
      displayed_to_customers: false,
      customers_can_edit: false,
      ...(choices === undefined
        ? {}
        : { choices: choices.map((value, index) => ({ value, position: index + 1 })) }),
    },
  })
  return written(response, made)
}

/** What has another label or type is people's own. */
async function removeField(
  caller: SetupContext<Config>,
  found: AccountField | undefined,
  planned: Planned,
): Promise<SetupStep> {
  if (!found) return stepOf(planned, 'missing', 'There is none.')
  if (found.label !== planned.label || found.type !== planned.type) {
    return stepOf(planned, 'present', `Field ${found.name} was not made by the set-up.`)
  }
  await call(caller, { method: 'DELETE', path: `/admin/ticket_fields/${found.id}`, accepts: [404] })
  return stepOf(planned, 'missing', `Field ${found.name} was removed, with its values.`)
}
