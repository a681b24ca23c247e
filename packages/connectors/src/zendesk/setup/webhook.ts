import type { SetupContext } from '@backhaul/sdk/connector'
import { z } from 'zod'
import { written } from '../../json-answer.ts'
import { call, read } from '../client.ts'
import type { Config } from '../config.ts'
import { placeholderOf, type TicketMessage } from '../message.ts'
import { ticketTopic } from '../webhook.ts'
import type { FieldIds } from './fields.ts'
import type { Look, Part } from './part.ts'

const webhook = z.looseObject({
  id: z.string(),
  name: z.string(),
  endpoint: z.string(),
  status: z.string().nullish(),
})
const trigger = z.looseObject({
  id: z.int(),
  title: z.string(),
  active: z.boolean().nullish(),
  actions: z.array(z.looseObject({ field: z.string(), value: z.unknown() })).default([]),
})

/** What the trigger sends: a ticket's message, byte for byte as the poll writes it when Zendesk has filled in the values. */
function templateOf(ids: FieldIds): string {
  const message: TicketMessage = {
    id: '{{ticket.id}}',
    caseNo: placeholderOf(ids.caseNo),
    requester: { email: '{{ticket.requester.email}}', name: '{{ticket.requester.name}}' },
    action: placeholderOf(ids.action),
    order: placeholderOf(ids.order),
    sku: placeholderOf(ids.sku),
    quantity: placeholderOf(ids.quantity),
    reason: placeholderOf(ids.reason),
    resolution: placeholderOf(ids.resolution),
  }
  return JSON.stringify(message)
}

/** The webhook and the trigger that calls it. */
export function webhookParts(caller: SetupContext<Config>, ids: FieldIds): Part[] {
  const name = `Backhaul ${caller.connectionId}`
  const findWebhook = async () => {
    const list = z.looseObject({ webhooks: z.array(webhook) })
    const query = { 'filter[name_contains]': name, 'page[size]': '100' }
    const { webhooks } = await read(caller, { path: '/webhooks', query }, list)
    return webhooks.find((one) => one.name === name)
  }
  const findTrigger = async () => {
    const list = z.looseObject({ triggers: z.array(trigger) })
    const { triggers } = await read(
      caller,
      { path: '/triggers', query: { 'page[size]': '100' } },
      list,
    )
    return triggers.find(({ title }) => title === name)
  }
  return [
    {
      key: 'webhook',
      title: 'Webhook',
      look: async () => lookAtWebhook(caller, await findWebhook()),
      make: async () => makeWebhook(caller, { name, known: await findWebhook() }),
      takeBack: async () => remove(caller, '/webhooks', (await findWebhook())?.id),
    },
    {
      key: 'trigger',
      title: 'Trigger that calls the webhook',
      look: async () => {
        const known = await findTrigger()
        if (known === undefined)
          return { state: 'missing', detail: 'It fires when an agent asks for something.' }
        const isCurrent = JSON.stringify(known.actions).includes(
          JSON.stringify(templateOf(ids)).slice(1, -1),
        )
        if (isCurrent) return { state: 'present', detail: `Trigger ${known.id}.` }
        return { state: 'differs', detail: `Trigger ${known.id} sends something else.` }
      },
      make: async () => {
        const hook = await findWebhook()
        if (hook === undefined) return
        const known = await findTrigger()
        await call(caller, {
          method: known === undefined ? 'POST' : 'PUT',
          path: known === undefined ? '/triggers' : `/triggers/${known.id}`,
          body: { trigger: triggerOf(name, hook.id, ids) },
        })
      },
      takeBack: async () => {
        const known = await findTrigger()
        return remove(caller, '/triggers', known && String(known.id))
      },
    },
    secretPart(caller),
  ]
}

function triggerOf(title: string, webhookId: string, ids: FieldIds): object {
  const asked = [ids.action, ids.order, ids.sku, ids.quantity, ids.reason, ids.resolution]
  return {
    title,
    conditions: {
      all: [{ field: `custom_fields_${ids.action}`, operator: 'present', value: '' }],
      any: asked.flatMap((id) =>
        id === undefined ? [] : [{ field: `custom_fields_${id}`, operator: 'changed', value: '' }],
      ),
    },
    actions: [{ field: 'notification_webhook', value: [webhookId, templateOf(ids)] }],
  }
}

function lookAtWebhook(
  { webhooks }: SetupContext<Config>,
  known: z.output<typeof webhook> | undefined,
): Look {
  if (webhooks === null) {
    const detail =
      'The hub does not know at which address it can be reached; the poll works without.'
    return { state: 'by_hand', detail }
  }
  if (known === undefined)
    return { state: 'missing', detail: 'It tells what agents ask for, at once.' }
  const isCurrent = webhooks.isCurrent(ticketTopic, known.endpoint) && known.status !== 'inactive'
  return isCurrent
    ? { state: 'present', detail: `Webhook ${known.id}.` }
    : { state: 'differs', detail: `Webhook ${known.id} calls another address, or none.` }
}

async function makeWebhook(
  caller: SetupContext<Config>,
  { name, known }: { readonly name: string; readonly known: z.output<typeof webhook> | undefined },
): Promise<void> {
  if (caller.webhooks === null) return
  const addressOf = await caller.webhooks.renew()
  const made = {
    name,
    endpoint: addressOf(ticketTopic),
    http_method: 'POST',
    request_format: 'json',
    status: 'active',
    // Called by triggers, and not by events: those do not say what stands in fields.
    subscriptions: ['conditional_ticket_events'],
  }
  const response = await call(caller, {
    method: known === undefined ? 'POST' : 'PATCH',
    path: known === undefined ? '/webhooks' : `/webhooks/${known.id}`,
    body: { webhook: made },
  })
  if (known === undefined) await written(response, z.looseObject({ webhook }))
}

/** Zendesk makes the secret up, and shows it to administrators only: a person carries it over. */
function secretPart({ config }: SetupContext<Config>): Part {
  return {
    key: 'signing-secret',
    title: 'Signing secret of the webhook',
    look: async () =>
      config.webhookSecrets.length > 0
        ? { state: 'present', detail: 'One is configured.' }
        : {
            state: 'by_hand',
            detail:
              'Reveal it in Admin Center, Apps and integrations, Webhooks, and set it as `webhookSecrets` of the connection.',
          },
  }
}

async function remove(
  caller: SetupContext<Config>,
  path: string,
  id: string | undefined,
): Promise<Look> {
  if (id === undefined) return { state: 'missing', detail: 'There is none.' }
  await call(caller, { method: 'DELETE', path: `${path}/${id}`, accepts: [404] })
  return { state: 'missing', detail: 'It was removed.' }
}
